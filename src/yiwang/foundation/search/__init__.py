"""The bigram index and its BM25 ranking, the same on SQLite and PostgreSQL."""

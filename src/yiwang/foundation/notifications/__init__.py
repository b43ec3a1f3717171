"""The inbox of every person, and e-mail."""

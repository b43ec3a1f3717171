"""One person, one enterprise: which records of which registers are about the same subject.

Columns mean elements (`meanings`, `columns`); values are levelled to features (`names`, `values`, `features`); records
that could be the same meet in blocks (`blocking`); each pair shows a pattern of agreement (`comparisons`) that a
Fellegi-Sunter model weighs, trained without truth (`model`); what it believes becomes clusters that contradictions hold
apart (`clusters`), with ids that stay (`identity`). `linking` does all of it once, `state` keeps it for the next day's
records. The work on pairs is SQL that runs on DuckDB or on Spark (`engine`, `spark`). Nothing here knows Django.
"""

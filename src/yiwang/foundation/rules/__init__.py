"""The one expression language (FEEL) for situations, plan conditions and machine decisions.

Pure: parse once, evaluate against a mapping of answers, never touch a database."""

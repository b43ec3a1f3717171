"""Measurements: one module per bench, named as in `./dev bench NAME`.

A bench is a function `run(quick: bool) -> dict[str, float]` that returns its figures by name. It asserts that what it
times is correct, and never passes or fails by time. It may add `"sizes"`, a dict of what it measured on, which is
written beside the figures. It finds Django set up on a freshly migrated scratch SQLite database; `tools.servers` runs a
web server and a worker, `tools.postgres` gives a PostgreSQL database. A ratio is measured against its peer in the same
run, alternating, median of at least five: `benchmarks.ratios` does that.
"""

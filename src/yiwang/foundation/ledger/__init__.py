"""Append-only events, their sealed order, cursors of those who hear them, idempotency of requests.

A package that changes something writes an event beside the row, in one transaction (`actions.append`). After commit
the *sealer* gives every event a position; consumers (`hearing.hears`) follow positions, never ids, because ids commit
out of order. `replay` rebuilds rows from events and compares.
"""

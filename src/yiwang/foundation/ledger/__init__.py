"""Append-only events, their sealed order, cursors of those who hear them, idempotency of requests."""

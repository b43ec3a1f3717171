"""Cities, districts and streets."""

"""What residents and enterprises meet."""

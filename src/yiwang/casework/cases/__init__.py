"""The case: its parts, plan, clock, tasks and links; the officer's desk."""

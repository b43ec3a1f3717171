"""Background work: leases, retries, timers and schedules on the injected clock."""

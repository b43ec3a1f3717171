"""Background work: jobs with leases, retries, timers and schedules on the injected clock.

Declare with `job` and `schedule` in a package's `jobs.py`; ask for work with `actions.enqueue`, inside the transaction
whose effect the work belongs to. A job runs at least once: handlers bear a repetition.
"""

from yiwang.foundation.jobs.declarations import job, schedule

__all__ = ["job", "schedule"]

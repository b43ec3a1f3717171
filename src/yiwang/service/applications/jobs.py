"""What applications do by themselves as time passes."""

from yiwang.foundation.jobs.declarations import schedule
from yiwang.service.applications import actions


@schedule("applications.forget_expired", at="02:40")
def forget_expired() -> None:
    """Drafts that nobody went on with for 90 days."""
    while actions.forget_expired() >= 500:
        pass

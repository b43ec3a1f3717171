"""What applications do by themselves as time passes."""

from datetime import timedelta

from yiwang.foundation.jobs.declarations import schedule
from yiwang.service.applications import actions, arrivals


@schedule("applications.forget_expired", at="02:40")
def forget_expired() -> None:
    """Drafts that nobody went on with for 90 days."""
    while actions.forget_expired() >= 500:
        pass


@schedule("applications.ask_again", every=timedelta(minutes=2))
def ask_again() -> None:
    """Departments that did not answer when an application was filled in, until they do."""
    arrivals.ask_again()

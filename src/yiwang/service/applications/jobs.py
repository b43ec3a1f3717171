"""What applications do by themselves as time passes."""

from datetime import timedelta

from yiwang.foundation.jobs.declarations import job, schedule
from yiwang.service.applications import actions, arrivals, checking


@schedule("applications.forget_expired", at="02:40")
def forget_expired() -> None:
    """Drafts that nobody went on with for 90 days."""
    while actions.forget_expired() >= 500:
        pass


@job("applications.check_submission", lease=timedelta(minutes=5), retries=3)
def check_submission(case_id: int) -> None:
    """Rules look at what was submitted, its papers' texts included, before an officer opens it."""
    checking.check_submission(case_id)


@schedule("applications.ask_again", every=timedelta(minutes=2))
def ask_again() -> None:
    """Departments that did not answer when an application was filled in, until they do."""
    arrivals.ask_again()

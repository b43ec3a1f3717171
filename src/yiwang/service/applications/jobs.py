"""What applications do by themselves as time passes."""

from datetime import timedelta

from yiwang.foundation.jobs.declarations import job, schedule
from yiwang.foundation.kernel.time import city_date, now
from yiwang.service.applications import actions, arrivals, checking, payment, payments


@schedule("applications.forget_expired", at="02:40")
def forget_expired() -> None:
    """Drafts that nobody went on with for 90 days."""
    while actions.forget_expired() >= 500:
        pass


@job("applications.check_submission", lease=timedelta(minutes=5), retries=3)
def check_submission(case_id: int) -> None:
    """Rules look at what was submitted, its papers' texts included, before an officer opens it."""
    checking.check_submission(case_id)


@schedule("applications.ask_about_payments", every=timedelta(minutes=5))
def ask_about_payments() -> None:
    """Orders of which the cashier has told nothing."""
    payments.ask_about_open_orders()


@schedule("applications.reconcile_payments", at="03:10", retries=6)
def reconcile_payments() -> None:
    """Yesterday's payments are held against the cashier's statement; a difference stops the job, where it is seen."""
    if payment.cashier() is None:
        return
    found = payments.reconcile(city_date(now()) - timedelta(days=1))
    if found.only_ours or found.unknown:
        raise RuntimeError(f"the cashier's statement differs: ours {found.only_ours}, theirs {found.unknown}")


@schedule("applications.ask_again", every=timedelta(minutes=2))
def ask_again() -> None:
    """Departments that did not answer when an application was filled in, until they do."""
    arrivals.ask_again()

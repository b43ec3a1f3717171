from datetime import timedelta

from django.contrib.sessions.models import Session

from yiwang.foundation.directory import limits, unsent
from yiwang.foundation.directory.phones import codes
from yiwang.foundation.jobs.declarations import schedule
from yiwang.foundation.kernel import time


@schedule("directory.forget_unsent", every=timedelta(minutes=10))
def forget_unsent() -> None:
    """Delete forms that nobody came back for within the hour."""
    unsent.forget_expired()


@schedule("directory.forget", at="03:20")
def forget() -> None:
    """Delete what is no longer needed to recognise or to limit anybody: old attempts, sessions that are over."""
    limits.forget_old_attempts()
    codes.forget_old_codes()
    Session.objects.filter(expire_date__lt=time.now()).delete()

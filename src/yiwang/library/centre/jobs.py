"""What the centre does by itself as time passes."""

from datetime import timedelta

from yiwang.foundation.jobs import job, schedule
from yiwang.library.centre import following, quality, questions, unusual_access


@schedule("centre.follow", every=timedelta(minutes=1))
def follow() -> None:
    following.follow_all()


@schedule("centre.watch", every=timedelta(minutes=15))
def watch_accesses() -> None:
    unusual_access.watch_all()


@schedule("centre.quality", at="02:30", lease=timedelta(minutes=5), longest=timedelta(hours=3))
def check_quality() -> None:
    quality.check_all()


@schedule("centre.forget", every=timedelta(minutes=10))
def forget_answers() -> None:
    questions.forget()


@job("centre.answer", retries=0, lease=timedelta(minutes=2))
def answer(question: int) -> None:
    questions.answer(question)

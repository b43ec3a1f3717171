"""What linkage does by itself as time passes."""

from datetime import timedelta

from yiwang.foundation.jobs import schedule
from yiwang.library.gateways.contract import Subject
from yiwang.library.subjects import actions


@schedule("subjects.relink", at="03:30", lease=timedelta(minutes=5), longest=timedelta(hours=3))
def relink() -> None:
    for kind in (Subject.PERSON, Subject.ENTERPRISE):
        actions.relink(kind)

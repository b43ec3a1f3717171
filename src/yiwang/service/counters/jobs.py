"""What windows do by themselves as time passes."""

from datetime import timedelta

from yiwang.foundation.jobs.declarations import schedule
from yiwang.service.counters import appointments


@schedule("counters.note_missed", every=timedelta(minutes=10))
def note_missed() -> None:
    """Appointments that nobody came to."""
    appointments.note_missed()


@schedule("counters.remind", at="16:00")
def remind() -> None:
    """Whoever has an appointment tomorrow."""
    appointments.remind()


@schedule("counters.forget", at="03:30")
def forget() -> None:
    """Appointments that lie a year back."""
    appointments.forget()

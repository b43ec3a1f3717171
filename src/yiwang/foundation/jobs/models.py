from django.db import models
from django.db.models import Q


class State(models.TextChoices):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (State.WAITING, State.RUNNING)


class Job(models.Model):
    """One piece of work. `ready_at` says from when a worker may take it: the time it was asked for while it waits,
    the end of the lease while it runs, nothing once it is closed. One small index therefore finds all work,
    however many finished jobs there are."""

    name = models.CharField(max_length=100)
    args = models.JSONField()
    key = models.CharField(max_length=200, null=True)
    """At most one open job bears it: the handle to cancel it and the guard against asking twice."""
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    run_at = models.DateTimeField()
    """When it was asked to run, or to be tried again."""
    ready_at = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, null=True)
    """Fence: only the worker that holds the present token can close the job."""
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(default="")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("key", condition=Q(ready_at__isnull=False), name="jobs_key_unique_while_open"),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, ready_at__isnull=False, finished_at__isnull=True)
                | (~Q(state__in=OPEN) & Q(ready_at__isnull=True, finished_at__isnull=False)),
                name="jobs_open_is_ready_some_time",
            ),
            models.CheckConstraint(
                condition=Q(state=State.RUNNING, lease_token__isnull=False)
                | (~Q(state=State.RUNNING) & Q(lease_token__isnull=True)),
                name="jobs_running_holds_a_lease",
            ),
        ]
        indexes = [
            models.Index("ready_at", "id", condition=Q(ready_at__isnull=False), name="jobs_ready"),
            models.Index("state", "finished_at", condition=Q(finished_at__isnull=False), name="jobs_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk} ({self.state})"


class Schedule(models.Model):
    """When the clock next asks for a declared schedule; `rhythm` is the declaration this was reckoned from."""

    name = models.CharField(max_length=100, primary_key=True)
    rhythm = models.CharField(max_length=100)
    next_run = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.rhythm}"

"""Rows of the case. `Case.state` is the truth that `evolve` made; Part and Task rows are drawn from it for queries."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from yiwang.foundation.directory.models import Person


class PublishedPlan(models.Model):
    """A plan under its digest. Inserted once, never changed: running cases keep the plan they started with."""

    digest = models.CharField(max_length=64, primary_key=True)
    body = models.TextField()


class Case(models.Model):
    """Any piece of work with a clock. `version` counts its events: the compare-and-set of the one write path."""

    number = models.CharField(max_length=32)
    kind = models.CharField(max_length=20)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=200)
    plan = models.ForeignKey(PublishedPlan, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField()
    state = models.TextField()
    district = models.CharField(max_length=20, blank=True, default="")
    channel = models.CharField(max_length=20)
    received_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    promise_due = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number"], name="cases_case_number_once")]


class Party(models.Model):
    """Who the case is for: personal data, erasable. The Received event commits to it (`salt`)."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="+", primary_key=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    identifier = models.CharField(max_length=40)
    salt = models.CharField(max_length=32)


class Statement(models.Model):
    """Words that a person wrote in a case: reasons, corrections, notes; or a fact about a person that a grant created.
    Erasable; events commit to them."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    body = models.JSONField()
    salt = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="cases_statement_once")]


class Part(models.Model):
    """One matter's share of a case, with its own clocks, drawn from the state and the calendar in force.

    `wake_at`: when the passing of time next becomes a fact (accepted by law, due soon, missed).
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=40)
    matter = models.CharField(max_length=80)
    department = models.CharField(max_length=40)
    stage = models.CharField(max_length=16)
    revision = models.PositiveIntegerField()
    clock = models.CharField(max_length=12)
    opened_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    acceptance_due = models.DateTimeField(null=True)
    promise_due = models.DateTimeField(null=True)
    statute_due = models.DateTimeField(null=True)
    provisional = models.BooleanField(default=False)
    wake_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "key"], name="cases_part_once")]
        indexes = [
            models.Index(fields=["wake_at"], condition=Q(wake_at__isnull=False), name="cases_part_wakes"),
            models.Index(fields=["id"], condition=Q(provisional=True), name="cases_part_provisional"),
            models.Index(
                fields=["matter", "department", "-ended_at"],
                condition=Q(stage__in=("granted", "refused"), ended_at__isnull=False),
                name="cases_part_decided",
            ),
        ]


def _desk_index(name: str, *first: str, condition: Q | None = None) -> models.Index:
    """A department's open tasks, by `first`; behind it stands whatever else the desk filters or sorts by.

    So every question picks its page out of one index, and the rows of that page alone are looked up.
    """
    covered = ("id", "due", "ready_at", "matter", "kind", "officer", "clock")
    return models.Index(
        fields=["department", *first, *(field for field in covered if field not in first)],
        condition=condition or Q(is_open=True),
        name=f"cases_desk_{name}",
    )


class Task(models.Model):
    """One task of a part: a row of somebody's desk while it is open.

    `due` is never null, so that one index sorts the desk: while the clock stands still, and where nothing is due, it
    is the end of time. `applicant` repeats the party's name, and `clock` its part's clock, for open tasks only.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    part = models.CharField(max_length=40)
    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    matter = models.CharField(max_length=80)
    department = models.CharField(max_length=40)
    post = models.CharField(max_length=80)
    state = models.CharField(max_length=10)
    is_open = models.BooleanField()
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    clock = models.CharField(max_length=12, blank=True, default="")
    ready_at = models.DateTimeField(null=True)
    due = models.DateTimeField()
    applicant = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "part", "key"], name="cases_task_once")]
        indexes = [
            _desk_index("due", "due"),
            _desk_index("ready", "ready_at"),
            _desk_index("matter", "matter", "due"),
            _desk_index("officer", "officer", "due", condition=Q(is_open=True, officer__isnull=False)),
            models.Index(
                fields=["department", "applicant"],
                opclasses=["text_ops", "text_pattern_ops"],
                condition=Q(is_open=True),
                name="cases_desk_applicant",
            ),
        ]


class DoneOnDay(models.Model):
    """How many tasks a post has finished by hand on one of the city's days: its pace, without looking through cases."""

    department = models.CharField(max_length=40)
    post = models.CharField(max_length=80)
    day = models.DateField()
    done = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "day"], name="cases_done_on_day_once")]
        indexes = [models.Index(fields=["department", "day"], name="cases_done_of_department")]


class Link(models.Model):
    """Two cases that belong together: an on-site check and the application it checks. Drawn from `Linked` events."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    part = models.CharField(max_length=40)
    other = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    relation = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "part", "other", "relation"], name="cases_link_once"),
        ]


class Letterhead(models.Model):
    """How an office's letters begin their numbers (锦市监), where one may object; without a department: the usual."""

    department = models.CharField(max_length=40, unique=True, blank=True)
    word = models.CharField(max_length=20, blank=True)
    review_zh = models.CharField(max_length=120)
    review_en = models.CharField(max_length=120)
    court_zh = models.CharField(max_length=120)
    court_en = models.CharField(max_length=120)


class LetterSeries(models.Model):
    """The last number given in a series of letters in one year: no gap, nothing twice."""

    series = models.CharField(max_length=100)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="cases_letter_series_once")]


class Letter(models.Model):
    """A numbered letter (文书) to the applicant, drawn from the event that names it; its text is a Statement."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    part = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    series = models.CharField(max_length=100)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    statement = models.PositiveIntegerField()
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "year", "number"], name="cases_letter_number_once"),
            models.UniqueConstraint(fields=["case", "statement"], name="cases_letter_once"),
        ]

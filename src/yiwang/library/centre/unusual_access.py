"""Unusual access to personal data (异常查阅): found in the owners' logs, put to the owner's data steward as a case.

The looks of a day are gone through again until the day is over; officer, day and reason make one case. Of a day that is
over the centre keeps how many looks each post took, no more. Case, plan and events name no person: the row beside the
case says which account looked, and where in the owner's log; what was read stays there.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Avg, Count, F, FloatField
from django.db.models.functions import Cast

from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.events import ChosenPart
from yiwang.casework.cases.models import Case
from yiwang.casework.cases.plan import PartPlan, Plan, Task, TaskKind
from yiwang.casework.cases.receipt import Applicant, Receipt, receive
from yiwang.casework.cases.record import PartRef
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import MACHINE, actor_of
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel.calendar import Limit, Unit
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date, now
from yiwang.foundation.places import queries as places
from yiwang.library.centre import gateways, in_force, queries, watching
from yiwang.library.centre.models import FollowedLog, PostHabit, UnusualAccess
from yiwang.library.centre.models import Grant as GrantRow
from yiwang.library.centre.sharing import HEAD, STEWARD
from yiwang.library.centre.unusual import Cluster, Habit, Look, Reason, clusters
from yiwang.library.gateways.access import AccessRecord
from yiwang.library.gateways.gateway import Gateway, Offline
from yiwang.library.gateways.grant import CLEAR, MaskKind

log = logging.getLogger(__name__)

UNUSUAL = "unusual-access"
"""The kind of case."""
PART = "ask"
ANSWERED = Limit(10, Unit.WORKING_DAY)
BATCH, MOST_BATCHES = 1000, 200
HABIT = timedelta(days=60)
"""How far back a post's habit is looked for, and kept."""
MOST_SHOWN, MOST_KEPT = 50, 1000
TELLING = (MaskKind.NONE, MaskKind.PARTIAL)
"""Masks behind which a person may still be known."""


def watch_all() -> int:
    """Go through every log that answers; how many cases were opened."""
    opened = 0
    for department in gateways.departments():
        try:
            opened += watch(department)
        except Offline as offline:
            log.info("The log of %s is not watched now: %s", department, offline.why)
    return opened


def watch(department: str) -> int:
    """Go through one department's log, from where the last day began that was not over. Raises Offline."""
    gateway = gateways.gateway(department)
    row, _created = FollowedLog.objects.get_or_create(department=department)
    start, today = row.watched, city_date(now())
    looks, end = _read(gateway, start)
    looks = _with_own(gateway, looks)
    ended = [each for each in looks if each.day < today]
    later = min((each.position for each in looks if each.day >= today), default=end)
    # A day with more records than are read at once is gone through in pieces.
    if later == start and end - start >= BATCH * MOST_BATCHES:
        later, ended = end, looks
    found = clusters(
        looks,
        wants_case=_purposes_that_want_a_case(),
        unknown_cases=_unknown({each.case for each in looks}),
        habits=_habits(department, min((each.day for each in looks), default=today)),
    )
    with transaction.atomic():
        locked = FollowedLog.objects.select_for_update().get(pk=row.pk)
        if locked.watched != start:
            return 0
        opened = sum(_open(department, each) for each in found)
        _learn(department, ended)
        FollowedLog.objects.filter(pk=row.pk).update(watched=later)
    return opened


def _read(gateway: Gateway, start: int) -> tuple[list[Look], int]:
    """Officers' looks at personal data from a position on, and where the next record will be."""
    telling = _Telling()
    looks: list[Look] = []
    position = start
    for _batch in range(MOST_BATCHES):
        records = gateway.accesses(after=position, limit=BATCH)
        looks += [_look(each) for each in records if telling.of(each)]
        if records:
            position = records[-1].position + 1
        if len(records) < BATCH:
            break
    return looks, position


def _look(record: AccessRecord) -> Look:
    asker = record.asker
    one = record.subjects[0] if len(record.subjects) == 1 and not record.everyone else b""
    return Look(record.position, record.at, asker.actor, asker.post, asker.purpose, asker.case, one)


class _Telling:
    """Whether a record is of an officer who could tell persons by what was read. Keeps contracts and grants ready."""

    def __init__(self) -> None:
        self._fields: dict[tuple[str, str], frozenset[str] | None] = {}

    def of(self, record: AccessRecord) -> bool:
        if not record.asker.actor.startswith("officer:") or record.statistics or not record.rows:
            return False
        key = (record.product, record.grant)
        if key not in self._fields:
            self._fields[key] = _telling_fields(*key)
        fields = self._fields[key]
        return fields is None or not fields.isdisjoint(record.fields)


def _telling_fields(reference: str, code: str) -> frozenset[str] | None:
    """Personal fields that the grant does not hide; None, and so any field, where contract or grant is not known."""
    row = GrantRow.objects.filter(code=code).first()
    try:
        product = queries.product(reference)
    except queries.NoSuchProduct:
        return None
    if row is None:
        return None
    masks = in_force.issued(row).grant.fields
    return frozenset(
        field.name for field in product.fields if field.personal and masks.get(field.name, CLEAR).kind in TELLING
    )


def _with_own(gateway: Gateway, looks: list[Look]) -> list[Look]:
    """The same looks; those at the officer's own record, or at an enterprise of theirs, say so."""
    by_actor: defaultdict[str, set[int]] = defaultdict(set)
    for look in looks:
        if look.subject:
            by_actor[look.actor].add(look.position)
    own: set[int] = set()
    for actor, positions in by_actor.items():
        number = int(actor.partition(":")[2])
        person = directory.identity(number)
        identifiers = [person.resident_id] if person is not None and person.resident_id else []
        identifiers += [enterprise.uscc for enterprise in directory.represented_by(number)]
        for identifier in identifiers:
            own |= positions & {record.position for record in gateway.accesses_of(identifier, limit=1000)}
    return [replace(each, own=True) if each.position in own else each for each in looks]


def _purposes_that_want_a_case() -> frozenset[str]:
    """Those for which some grant wants a case named."""
    rows = GrantRow.objects.all().defer("signature")
    return frozenset(row.purpose for row in rows.iterator() if in_force.issued(row).grant.needs_case)


def _unknown(numbers: Iterable[str]) -> frozenset[str]:
    """Numbers of cases that no case has; what a draft is read for is none of them."""
    named = sorted({number for number in numbers if number and not number.startswith("draft:")})
    known: set[str] = set()
    for start in range(0, len(named), 500):
        chunk = named[start : start + 500]
        known.update(Case.objects.filter(number__in=chunk).values_list("number", flat=True))
    return frozenset(named) - known


def _habits(department: str, before: date) -> Mapping[str, Habit]:
    rows = PostHabit.objects.filter(owner=department, day__lt=before, day__gte=before - HABIT)
    each = Cast(F("looks"), FloatField()) / F("officers")
    found = rows.order_by().values("post").annotate(days=Count("pk"), average=Avg(each))
    return {row["post"]: Habit(row["days"], row["average"]) for row in found}


def _learn(department: str, looks: Iterable[Look]) -> None:
    """Count what each post looked at on days that are over, and forget what is older than a habit."""
    counted: defaultdict[tuple[date, str], list[str]] = defaultdict(list)
    for look in looks:
        counted[look.day, look.post].append(look.actor)
    for (day, post), actors in sorted(counted.items()):
        row, created = PostHabit.objects.get_or_create(
            owner=department,
            post=post,
            day=day,
            defaults={"looks": len(actors), "officers": len(set(actors))},
        )
        if not created:
            PostHabit.objects.filter(pk=row.pk).update(looks=F("looks") + len(actors))
    PostHabit.objects.filter(owner=department, day__lt=city_date(now()) - HABIT).delete()


def _open(department: str, found: Cluster) -> bool:
    """Open the case of a cluster; one that is open takes the further records. Whether it was opened now."""
    row = UnusualAccess.objects.filter(
        owner=department, actor=found.actor, day=found.day, reason=str(found.reason)
    ).first()
    if row is not None:
        positions = sorted({*row.positions, *found.positions})[:MOST_KEPT]
        if positions != row.positions:
            UnusualAccess.objects.filter(pk=row.pk).update(positions=positions)
        return False
    city = places.city()
    plan = unusual_plan(department, found.reason, _keeper(department, found.actor))
    case = receive(
        Receipt(
            kind=UNUSUAL,
            title=unusual_title(found.reason),
            plan=plan,
            parts=(ChosenPart(PART),),
            applicant=Applicant(None, directory.post_name(f"{department}/*").zh[:120]),
            area=city.code if city else "000000",
            channel="library",
        ),
        by=MACHINE,
    )
    cases.accept(PartRef(case.number, PART), by=MACHINE)
    UnusualAccess.objects.create(
        case_id=case.id,
        owner=department,
        actor=found.actor,
        post=found.post,
        day=found.day,
        reason=str(found.reason),
        positions=list(found.positions[:MOST_KEPT]),
    )
    return True


def _keeper(department: str, actor: str) -> str:
    """The owner's data steward; its head, where it is the steward who looked."""
    user = User.objects.filter(pk=int(actor.partition(":")[2])).first()
    steward = f"{department}/{STEWARD}"
    return f"{department}/{HEAD}" if user is not None and steward in actor_of(user).posts else steward


def unusual_plan(department: str, reason: Reason, keeper: str) -> Plan:
    """One part: the owner asks the officer's department, then says whether the looks were in order."""
    title = unusual_title(reason)
    ask = Task("ask", Words("向查阅的部门了解情况", "Asking who looked, and why"), keeper)
    decide = Task(
        "decide", Words("认定查阅是否正当", "Say whether it was in order"), keeper, ("ask",), None, TaskKind.DECIDE
    )
    part = PartPlan.build(
        key=PART,
        matter=UNUSUAL,
        name=title,
        department=department,
        statute=ANSWERED,
        promise=ANSWERED,
        tasks=[ask, decide],
        verdicts=(Words("查阅正当", "The looks were in order"), Words("查阅不当", "The looks were not in order")),
    )
    return Plan(title, (part,))


def unusual_title(reason: Reason) -> Words:
    return Words(f"异常查阅：{reason.words.zh}", f"Unusual access: {reason.words.en}")


@dataclass(frozen=True, slots=True)
class UnusualView:
    """What the steward sees beside the case. `more`: records not listed; `offline`: the log does not answer."""

    owner: str
    reason: Reason
    day: date
    post: Words
    number: int
    records: tuple[watching.AccessLine, ...]
    offline: bool

    @property
    def more(self) -> int:
        return 0 if self.offline else self.number - len(self.records)

    @property
    def before(self) -> int:
        """Where the page of the log begins that shows the last of them."""
        return max((each.record.position for each in self.records), default=0) + 1


def of_case(case_id: int) -> UnusualView | None:
    row = UnusualAccess.objects.filter(pk=case_id).first()
    if row is None:
        return None
    wanted = list(row.positions[:MOST_SHOWN])
    records: list[AccessRecord] = []
    offline = False
    try:
        gateway = gateways.gateway(row.owner)
        while wanted:
            batch = gateway.accesses(after=wanted[0], limit=min(BATCH, wanted[-1] - wanted[0] + 1))
            here = set(wanted)
            records += [each for each in batch if each.position in here]
            last = batch[-1].position if batch else wanted[-1]
            wanted = [each for each in wanted if each > last]
    except Offline:
        offline = True
    return UnusualView(
        owner=row.owner,
        reason=Reason(row.reason),
        day=row.day,
        post=queries.consumer_words(row.post),
        number=len(row.positions),
        records=tuple(watching.line(each) for each in records),
        offline=offline,
    )

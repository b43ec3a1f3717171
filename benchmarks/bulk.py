"""Write many cases into the tables at once: a few thousand told stories, repeated with other people and other minutes.

Every copy is a case of its own: its number, its applicant, its events with their digests, and all its moments moved by
some minutes within their days, so that what is due stays due. `yiwang ledger replay` finds nothing wrong with it. Rows
go in through COPY on PostgreSQL and prepared inserts on SQLite, a batch of cases at a time.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random

from django.db import connection, transaction
from django.db.models import Model

from benchmarks.histories import History
from benchmarks.town import Resident, Town, continue_numbers
from benchmarks.townscape import AREA
from yiwang.casework.cases import projection
from yiwang.casework.cases.models import Case, Part, Party, Statement, Task
from yiwang.casework.cases.record import STREAM, publish_plan
from yiwang.casework.cases.statements import salted_digest
from yiwang.foundation.kernel.calendar import CHINA
from yiwang.foundation.kernel.time import city_date, to_city
from yiwang.foundation.ledger import events as ledger
from yiwang.foundation.ledger.models import Event

BATCH = 5000
"""cases"""
MOST_MINUTES = 40
"""A copy is later than its story by up to so many minutes."""

_MOMENT = re.compile(rb'(?<=")\d{4}-\d\d-\d\dT[0-9:.]+Z(?=")')


Value = str | int | bool | None
Rows = dict[type[Model], list[tuple[Value, ...]]]


@dataclass(frozen=True)
class Pattern:
    """JSON with the moments taken out: `pieces` stand around the moments numbered in `moments`."""

    pieces: tuple[str, ...]
    moments: tuple[int, ...]

    def filled(self, texts: Sequence[str]) -> str:
        woven = [self.pieces[0]]
        for number, piece in zip(self.moments, self.pieces[1:], strict=True):
            woven.append(texts[number])
            woven.append(piece)
        return "".join(woven)


class Template:
    """A told story, ready to be repeated."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.moments: list[datetime] = []
        self._numbers: dict[datetime, int] = {}
        plan = history.service.plan
        self.plan = plan
        self.rows = projection.project(history.state, plan, CHINA, history.until)
        self.states = [self._pattern(happened.state) for happened in history.happened]
        self.at = [self._number(happened.at) for happened in history.happened]
        self.bodies = [ledger.encode(happened.event) for happened in history.happened]
        self.types = [ledger.name_of(type(happened.event)) for happened in history.happened]
        self.said = [(json_text(body), salt) for body, salt in history.said]
        self.received = self._number(history.at)
        self.closed = self._number(self.rows.closed_at)
        self.parts = [
            (part, tuple(self._number(at) for at in (part.opened_at, part.accepted_at, part.ended_at)))
            for part in self.rows.parts.values()
        ]
        self.tasks = [(task, self._number(task.ready_at)) for task in self.rows.tasks.values()]
        latest = max(to_city(moment).timetz().replace(tzinfo=None) for moment in self.moments)
        self.slack = min(MOST_MINUTES * 60, 86_399 - latest.hour * 3600 - latest.minute * 60 - latest.second)

    def _number(self, moment: datetime | None) -> int | None:
        if moment is None:
            return None
        if moment not in self._numbers:
            self._numbers[moment] = len(self.moments)
            self.moments.append(moment)
        return self._numbers[moment]

    def _pattern(self, state: bytes) -> Pattern:
        pieces, numbers, end = [], [], 0
        for found in _MOMENT.finditer(state):
            pieces.append(state[end : found.start()].decode())
            number = self._number(datetime.fromisoformat(found[0].decode()))
            assert number is not None
            numbers.append(number)
            end = found.end()
        pieces.append(state[end:].decode())
        return Pattern(tuple(pieces), tuple(numbers))


COLUMNS: Mapping[type[Model], str] = {
    Case: "id number kind title_zh title_en plan_id version state district channel received_at closed_at promise_due",
    Party: "case_id person_id name identifier salt",
    Part: "case_id key matter department stage revision clock opened_at accepted_at ended_at "
    "acceptance_due promise_due statute_due provisional wake_at",
    Task: "case_id part key kind matter department post state is_open officer_id clock ready_at due applicant",
    Statement: "case_id number body salt",
    Event: "stream stream_id version type body at actor salt digest",
}


def load(
    histories: Iterable[History], count: int, town: Town, *, seed: int = 1, first: int = 1, with_events: bool = True
) -> None:
    """Write `count` cases, numbered from `first`, in the order in which they came in; the town is settled.

    Their events are written unsealed. Whoever reads tables of cases only may leave out the events and statements: they
    are two thirds of all rows.
    """
    templates = [Template(history) for history in histories]
    for plan in {template.plan.digest: template.plan for template in templates}.values():
        publish_plan(plan)
    rng = Random(seed)
    with _insertion() as insert:
        rows: Rows = {model: [] for model in COLUMNS}
        for number in range(count):
            template = templates[number * len(templates) // count]
            _copy(template, first + number, rng, town, rows, with_events)
            if (number + 1) % BATCH == 0 or number + 1 == count:
                insert(rows)
                for written in rows.values():
                    written.clear()
    continue_numbers(Case)
    _settle_down()


def _copy(template: Template, case_id: int, rng: Random, town: Town, rows: Rows, with_events: bool) -> None:
    """One more case like the template's, with an applicant and minutes of its own."""
    history, plan = template.history, template.plan
    who: Resident = rng.choice(town.residents)
    delay = timedelta(seconds=rng.randrange(template.slack + 1), microseconds=rng.randrange(1_000_000))
    moved = [moment + delay for moment in template.moments]
    texts = [json_moment(moment) for moment in moved]
    stored = [column_moment(moment) for moment in moved]
    wanted = template.states if with_events else template.states[-1:]
    states = [pattern.filled(texts) for pattern in wanted]
    salt = f"{rng.getrandbits(128):032x}"
    number = f"{AREA}-{city_date(history.at).year}-{case_id:07d}"

    def at(number: int | None) -> str | None:
        return None if number is None else stored[number]

    rows[Case].append(
        (
            *(
                case_id,
                number,
                "application",
                plan.name.zh,
                plan.name.en,
                plan.digest,
                len(template.states),
                states[-1],
            ),
            *(history.district, history.channel, at(template.received), at(template.closed)),
            column_due(template.rows.promise_due),
        )
    )
    rows[Party].append((case_id, who.id, who.name, who.identifier, salt))
    for part, (opened, accepted, ended) in template.parts:
        rows[Part].append(
            (
                *(case_id, part.key, part.matter, part.department, part.stage, part.revision, part.clock),
                *(at(opened), at(accepted), at(ended), column_due(part.acceptance_due), column_due(part.promise_due)),
                *(column_due(part.statute_due), part.provisional, column_due(part.wake_at)),
            )
        )
    for task, ready in template.tasks:
        rows[Task].append(
            (
                *(case_id, task.part, task.key, task.kind, task.matter, task.department, task.post, task.state),
                *(task.is_open, task.officer_id, task.clock, at(ready), column_due(task.due)),
                who.name if task.is_open else "",
            )
        )
    if not with_events:
        return
    for place, (body, said_salt) in enumerate(template.said, start=1):
        rows[Statement].append((case_id, place, body, said_salt))
    _copy_events(template, case_id, rng, who, salt, states, stored, rows[Event])


def _copy_events(
    template: Template,
    case_id: int,
    rng: Random,
    who: Resident,
    salt: str,
    states: Sequence[str],
    stored: Sequence[str],
    rows: list[tuple[Value, ...]],
) -> None:
    history = template.history
    former = str(history.applicant.actor)
    commitment = salted_digest(salt, [who.name, who.identifier])
    for place, happened in enumerate(history.happened):
        body = template.bodies[place]
        if place == 0:
            body = body.replace(happened.event.party, commitment)  # type: ignore[union-attr]
        event_salt = rng.randbytes(16)
        digest = hashlib.sha256(event_salt + states[place].encode()).hexdigest()
        actor = str(who.actor) if happened.by == former else happened.by
        moment = template.at[place]
        assert moment is not None
        rows.append(
            (STREAM, case_id, place + 1, template.types[place], body, stored[moment], actor, event_salt.hex(), digest)
        )


def json_text(body: object) -> str:
    """As Django writes a JSONField."""
    return json.dumps(body)


def json_moment(moment: datetime) -> str:
    """As msgspec writes it."""
    return moment.isoformat().replace("+00:00", "Z")


def column_moment(moment: datetime) -> str:
    """As Django writes it into SQLite, which PostgreSQL reads too once the zone stands behind it."""
    text = str(moment.replace(tzinfo=None))
    return f"{text}+00" if connection.vendor == "postgresql" else text


@lru_cache(maxsize=100_000)
def column_due(moment: datetime | None) -> str | None:
    return None if moment is None else column_moment(moment)


@contextmanager
def _insertion() -> Iterator[Callable[[Rows], None]]:
    """How to put rows into the database fast. Foreign keys are not looked at meanwhile, nor is the disk waited for."""
    for model, columns in COLUMNS.items():
        known = {field.column for field in model._meta.concrete_fields}
        assert known - {"id"} == set(columns.split()) - {"id"}, f"{model.__name__} has other columns by now"
    connection.ensure_connection()
    with _unwatched("postgresql" if connection.vendor == "postgresql" else "sqlite"):
        yield _copy_in if connection.vendor == "postgresql" else _insert_prepared


@contextmanager
def _unwatched(vendor: str) -> Iterator[None]:
    before, after = {
        "sqlite": (
            ("PRAGMA foreign_keys=OFF", "PRAGMA synchronous=OFF"),
            ("PRAGMA foreign_keys=ON", "PRAGMA synchronous=FULL"),
        ),
        "postgresql": (
            ("SET session_replication_role=replica", "SET synchronous_commit=off"),
            ("RESET session_replication_role", "RESET synchronous_commit"),
        ),
    }[vendor]
    with connection.cursor() as cursor:
        for statement in before:
            cursor.execute(statement)
        try:
            yield
        finally:
            for statement in after:
                cursor.execute(statement)


def _insert_prepared(rows: Rows) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for model, written in rows.items():
            columns = COLUMNS[model].split()
            places = ", ".join("?" * len(columns))
            # The driver's own statement: Django's wrapper would rewrite every placeholder.
            cursor.connection.executemany(
                f'INSERT INTO "{model._meta.db_table}" ({_quoted(columns)}) VALUES ({places})', written
            )


def _copy_in(rows: Rows) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for model, written in rows.items():
            columns = COLUMNS[model].split()
            with cursor.copy(f'COPY "{model._meta.db_table}" ({_quoted(columns)}) FROM STDIN') as copy:
                copy.write("".join("\t".join(map(_copied, row)) + "\n" for row in written).encode())


def _quoted(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _copied(value: Value) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPED) if "\\" in value or not value.isprintable() else value
    return str(value)


def _settle_down() -> None:
    """What a running database would have done by itself by then."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in COLUMNS:
                cursor.execute(f'VACUUM (ANALYZE) "{model._meta.db_table}"')

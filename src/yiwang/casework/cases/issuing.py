"""Letters get their numbers and are written down, in the transaction of the event that they tell of.

A number is taken last, when nothing else can fail but the commit: a series has no gap and nobody waits for it long.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db import connection
from msgspec.structs import replace

from yiwang.casework.cases import events, letters
from yiwang.casework.cases.models import Letter as LetterRow
from yiwang.casework.cases.models import Letterhead as LetterheadRow
from yiwang.casework.cases.models import Statement
from yiwang.casework.cases.plan import Plan
from yiwang.casework.cases.published import ANY_COURT, NOWHERE
from yiwang.casework.cases.state import DISTRICT_DIGITS, from_bytes
from yiwang.casework.cases.statements import commit_to
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date
from yiwang.foundation.ledger.actions import Step
from yiwang.foundation.places import queries as places


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter that has no number yet: which step it belongs to, in which series it will stand."""

    step: int
    part: str
    series: str
    letter: letters.Letter


def owes(steps: Sequence[Step], plan: Plan) -> bool:
    """Whether these steps owe the applicant a letter."""
    return bool(_owed(steps, plan))


def _owed(steps: Sequence[Step], plan: Plan) -> list[tuple[int, str, letters.LetterKind]]:
    together = [step.body for step in steps]
    owed = []
    for place, step in enumerate(steps):
        part = getattr(step.body, "part", None)
        kind = letters.kind_of(step.body, plan.by_key[part], together) if part else None
        if kind is not None and part is not None:
            owed.append((place, part, kind))
    return owed


def draft(
    steps: Sequence[Step], plan: Plan, said: Iterable[Statement], applicant: str, at: datetime
) -> tuple[Draft, ...]:
    """The letters that these steps owe. Asks the directory only where there are any."""
    owed = _owed(steps, plan)
    if not owed:
        return ()
    states = {place: from_bytes(steps[place].state) for place, _part, _kind in owed}
    offices = {
        (place, part): states[place].parts[part].office(plan.by_key[part].department) for place, part, _kind in owed
    }
    heads = letterheads(set(offices.values()))
    words = {statement.number: statement.body for statement in said}
    drafts = []
    for place, part, kind in owed:
        event: Any = steps[place].body
        part_plan = plan.by_key[part]
        head = heads[offices[place, part]]
        commitment = getattr(event, "words", None)
        body = words.get(commitment.number, ()) if commitment else ()
        occasion = letters.Occasion(
            part=states[place].parts[part],
            plan=part_plan,
            said=(body,) if isinstance(body, str) else tuple(body),
            applicant=applicant,
            office=head,
            today=city_date(at),
        )
        letter = letters.compose(kind, event, occasion)
        drafts.append(Draft(place, part, letters.series_of(kind, part_plan, head), letter))
    return tuple(drafts)


@dataclass(frozen=True, slots=True)
class Issued:
    """Steps whose events name their letters, with the rows to write."""

    steps: tuple[Step, ...]
    statements: tuple[Statement, ...]
    rows: tuple[dict[str, object], ...]


def issue(case_id: int, steps: Sequence[Step], drafts: Sequence[Draft], first_statement: int, at: datetime) -> Issued:
    """Number the drafts. Call it inside the transaction, after the case's own row was won."""
    year = city_date(at).year
    numbered: dict[int, int] = {}
    # Always in the order of the series' names, so that two who write in two series never wait for each other.
    for place in sorted(range(len(drafts)), key=lambda each: drafts[each].series):
        numbered[place] = _next(drafts[place].series, year)
    done = list(steps)
    statements, rows = [], []
    for place, each in enumerate(drafts):
        statement, commitment = commit_to(case_id, first_statement + place, each.letter.to_json())
        kind, number = each.letter.kind.value, numbered[place]
        event = cast(Any, done[each.step].body)
        named = replace(event, letter=events.Letter(kind, each.series, year, number, commitment))
        done[each.step] = Step(named, done[each.step].state)
        statements.append(statement)
        rows.append(row(case_id, each.part, named.letter, at))
    return Issued(tuple(done), tuple(statements), tuple(rows))


def row(case_id: int, part: str, letter: events.Letter, at: datetime) -> dict[str, object]:
    """The row that an event's letter leads to."""
    return {
        "case_id": case_id,
        "part": part,
        "kind": letter.kind,
        "series": letter.series,
        "year": letter.year,
        "number": letter.number,
        "statement": letter.words.number,
        "issued_at": at,
    }


def rows_told(case_id: int, history: Iterable[Any]) -> list[LetterRow]:
    """Unsaved rows of all letters that recorded events name."""
    return [
        LetterRow(**row(case_id, recorded.body.part, recorded.body.letter, recorded.at))
        for recorded in history
        if getattr(recorded.body, "letter", None) is not None
    ]


def letterheads(departments: set[str]) -> dict[str, letters.Letterhead]:
    """The letterheads of these offices; who has none of their own writes under their name, and a branch says that one
    objects at its district's government or court."""
    found = {each.department: each for each in LetterheadRow.objects.filter(department__in=[*departments, ""])}
    names = directory.department_names()
    usual = found.get("")
    heads = {}
    for code in departments:
        name = names.get(code, Words(code, code))
        own = found.get(code) or _of_a_branch(code) or usual
        heads[code] = letters.Letterhead(
            name=name,
            word=(own.word if own else "") or name.zh,
            review=Words(own.review_zh, own.review_en) if own else NOWHERE,
            court=Words(own.court_zh, own.court_en) if own else ANY_COURT,
        )
    return heads


def _of_a_branch(code: str) -> LetterheadRow | None:
    """An unsaved letterhead of a branch; None for a department of the city, and where the place is unknown."""
    branch = directory.branch(code)
    district = places.place(branch.place[:DISTRICT_DIGITS]) if branch is not None else None
    if district is None:
        return None
    return LetterheadRow(
        department=code,
        review_zh=f"{district.name.zh}人民政府",
        review_en=f"the People's Government of {district.name.en}",
        court_zh=f"{district.name.zh}人民法院",
        court_en=f"the People's Court of {district.name.en}",
    )


def _next(series: str, year: int) -> int:
    """The next number of a series; who asks after us waits until we have committed or given up."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_letterseries (series, year, last) VALUES (%s, %s, 1) "
            "ON CONFLICT (series, year) DO UPDATE SET last = cases_letterseries.last + 1 RETURNING last",
            [series, year],
        )
        return int(cursor.fetchone()[0])

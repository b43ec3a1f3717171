"""Questions about the letters (文书) that applicants were sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from yiwang.casework.cases import permissions
from yiwang.casework.cases.letters import Letter, LetterKind, number_text, title_of
from yiwang.casework.cases.models import Case, Statement, Task
from yiwang.casework.cases.models import Letter as LetterRow
from yiwang.casework.cases.plan import Plan
from yiwang.casework.cases.record import plan_of
from yiwang.casework.cases.refusals import NoSuchCase
from yiwang.casework.cases.speaking import speaker
from yiwang.foundation.directory.actor import Actor, ActorKind
from yiwang.foundation.documents.typesetting import typeset
from yiwang.foundation.kernel.text import Words


@dataclass(frozen=True, slots=True)
class LetterCard:
    """A letter in a list: what it is, its number, when it was sent."""

    id: int
    part: str
    kind: LetterKind
    title: Words
    number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter as it was sent. `letter` is None where its text was erased."""

    card: LetterCard
    case: str
    letter: Letter | None


def letters_of(case_id: int, plan: Plan, parts: Collection[str]) -> tuple[LetterCard, ...]:
    """The letters of these parts, the newest first."""
    rows = LetterRow.objects.filter(case=case_id, part__in=parts).order_by("-issued_at", "-id")
    return tuple(_card(row, plan) for row in rows)


def sent_letter(letter_id: int, by: Actor) -> SentLetter:
    """A letter that this actor may read: the applicant, and who acts for them, theirs; officers those of parts of which
    they see a task.

    Raises NoSuchCase.
    """
    row = LetterRow.objects.filter(pk=letter_id).first()
    if row is not None and by.kind is ActorKind.RESIDENT:
        by = speaker(row.case_id, by)
    case = Case.objects.filter(permissions.see_case(by), pk=row.case_id).first() if row else None
    if row is None or case is None:
        raise NoSuchCase(str(letter_id))
    plan = plan_of(case.plan_id)
    if by.kind is ActorKind.OFFICER:
        seen = Task.objects.filter(permissions.see_task(by), case=case.pk, part=row.part)
        if not seen.exists():
            raise NoSuchCase(str(letter_id))
    body = Statement.objects.filter(case=case.pk, number=row.statement).values_list("body", flat=True).first()
    return SentLetter(_card(row, plan), case.number, Letter.from_json(body) if body else None)


def pdf(sent: SentLetter) -> bytes:
    """The letter as PDF/A, in Chinese. Raises CannotTypeset, and NoSuchCase where the text was erased."""
    if sent.letter is None:
        raise NoSuchCase(sent.case)
    return typeset(_source(), _data(sent, sent.letter), sent.card.at)


def _data(sent: SentLetter, letter: Letter) -> Mapping[str, Any]:
    return {
        "title": letter.title.zh,
        "number": sent.card.number,
        "to": letter.to,
        "matter": letter.matter.zh,
        "case": sent.case,
        "office": letter.office.zh,
        "date": f"{letter.date.year}年{letter.date.month}月{letter.date.day}日",
        "sections": [
            {"heading": each.heading.zh, "text": each.text.zh, "items": [item.zh for item in each.items]}
            for each in letter.sections
        ],
    }


@cache
def _source() -> bytes:
    return (Path(__file__).parent / "letter.typ").read_bytes()


def _card(row: LetterRow, plan: Plan) -> LetterCard:
    kind = LetterKind(row.kind)
    number = number_text(row.series, row.year, row.number)
    return LetterCard(row.pk, row.part, kind, title_of(kind, plan.by_key[row.part]), number, row.issued_at)

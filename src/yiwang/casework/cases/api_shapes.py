"""What the desk's API takes and gives: every text, number and list bounded."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Path, Schema
from pydantic import AwareDatetime, Field

from yiwang.casework.cases.correspondence import LetterCard, SentLetter
from yiwang.casework.cases.plan import SpecialProcedure
from yiwang.casework.cases.queries import CaseView, HearingView, PartView, TaskView
from yiwang.casework.cases.timeline import Entry
from yiwang.foundation.directory.api import Problem
from yiwang.foundation.kernel.text import Words

Number = Annotated[str, Path(max_length=32, pattern=r"^[0-9]{6}-[0-9]{4}-[0-9]{7,12}$")]
Key = Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9_-]+$")]
LetterId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Seen = Annotated[int | None, Field(default=None, ge=0, le=2**31 - 1, description="The part's revision you looked at")]
Text = Annotated[str, Field(min_length=1, max_length=2000)]


class DeskProblem(Problem):
    """Why a verb did not happen. Somebody was faster: `revision` is what the part is now, `changes` what happened."""

    revision: int | None = None
    changes: list[str] = []


class Row(Schema):
    case: str
    title: Words
    applicant: str
    part: str
    matter: str
    task: str
    kind: str
    post: str
    officer: int | None
    ready_at: datetime | None
    due: datetime | None
    stopped: bool
    days_left: int | None


class Desk(Schema):
    """One page of a department's open tasks; counts stop at 1,000."""

    rows: list[Row]
    page: int
    has_next: bool
    open: int
    late: int
    today: int


class TaskOut(Schema):
    key: str
    name: Words
    kind: str
    post: str
    state: str
    officer: int | None
    ready_at: datetime | None
    done_at: datetime | None
    due: datetime | None

    @staticmethod
    def of(task: TaskView) -> TaskOut:
        return TaskOut(
            key=task.key,
            name=task.name,
            kind=task.kind,
            post=task.post,
            state=task.state,
            officer=task.officer,
            ready_at=task.ready_at,
            done_at=task.done_at,
            due=task.due,
        )


class ProcedureOut(Schema):
    """A special procedure that the matter lists; `key` starts it."""

    key: str
    name: Words
    basis: str
    at_most: Words

    @staticmethod
    def of(procedure: SpecialProcedure) -> ProcedureOut:
        return ProcedureOut(
            key=procedure.key, name=procedure.name, basis=procedure.basis, at_most=procedure.at_most.words()
        )


class PartOut(Schema):
    """A part; `full` is false where your departments have no task in it. Due moments are exclusive ends. `department`
    is the office in charge, by the address in `place`; `handed_out_in` the place of the window that handed it out.

    `creates` names the facts that a grant must bring. `verbs` are those that would work now.
    """

    key: str
    name: Words
    matter: str
    department: str
    place: str
    handed_out_in: str
    stage: str
    clock: str
    revision: int
    opened_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    delivered_at: datetime | None
    promise: datetime | None
    statute: datetime | None
    at_least: bool
    provisional: bool
    correction: list[str]
    reason: str
    awaiting: list[str]
    deferral_due: datetime | None
    hearing: HearingOut | None
    procedures: list[ProcedureOut]
    creates: list[str]
    tasks: list[TaskOut]
    full: bool
    verbs: list[str]

    @staticmethod
    def of(part: PartView) -> PartOut:
        return PartOut(
            key=part.key,
            name=part.name,
            matter=part.matter,
            department=part.department,
            place=part.place,
            handed_out_in=part.handed_out_in,
            stage=part.stage,
            clock=part.clock,
            revision=part.revision,
            opened_at=part.opened_at,
            accepted_at=part.accepted_at,
            ended_at=part.ended_at,
            delivered_at=part.delivered_at,
            promise=part.promise,
            statute=part.statute,
            at_least=part.at_least,
            provisional=part.provisional,
            correction=list(part.correction),
            reason=part.reason,
            awaiting=list(part.awaiting),
            deferral_due=part.deferral_due,
            hearing=HearingOut.of(part.hearing) if part.hearing else None,
            procedures=[ProcedureOut.of(procedure) for procedure in part.procedures],
            creates=list(part.creates),
            tasks=[TaskOut.of(task) for task in part.tasks if part.full],
            full=part.full,
            verbs=sorted(part.verbs),
        )


class HappenedOut(Schema):
    at: datetime
    type: str
    words: Words
    part: str | None
    said: list[str]
    reported_at: datetime | None = Field(None, description="When it was done, if another system reports it")

    @staticmethod
    def of(entry: Entry) -> HappenedOut:
        return HappenedOut(
            at=entry.at,
            type=entry.type,
            words=entry.words,
            part=entry.part,
            said=list(entry.said),
            reported_at=entry.reported_at,
        )


class LetterCardOut(Schema):
    """A numbered letter (文书) to the applicant; `number` reads 锦市监许〔2026〕12号."""

    id: int
    part: str
    kind: str
    title: Words
    number: str
    at: datetime

    @staticmethod
    def of(card: LetterCard) -> LetterCardOut:
        return LetterCardOut(
            id=card.id, part=card.part, kind=card.kind.value, title=card.title, number=card.number, at=card.at
        )


class LetterSectionOut(Schema):
    heading: Words
    text: Words
    items: list[Words]


class LetterOut(LetterCardOut):
    """A letter with its text. The Chinese counts; `sections` is empty where the text was erased."""

    case: str
    to: str
    matter: Words | None
    office: Words | None
    sections: list[LetterSectionOut]

    @staticmethod
    def of_sent(sent: SentLetter) -> LetterOut:
        letter = sent.letter
        return LetterOut(
            **LetterCardOut.of(sent.card).dict(),
            case=sent.case,
            to=letter.to if letter else "",
            matter=letter.matter if letter else None,
            office=letter.office if letter else None,
            sections=[
                LetterSectionOut(heading=each.heading, text=each.text, items=list(each.items))
                for each in (letter.sections if letter else ())
            ],
        )


class CaseOut(Schema):
    """`district` is where it is decided, `received_in` the place of the window that took it in; empty where neither
    follows from an address or a window."""

    number: str
    kind: str
    title: Words
    applicant: str
    district: str
    received_in: str
    received_at: datetime
    closed_at: datetime | None
    promise: datetime | None
    facts: dict[str, str]
    parts: list[PartOut]
    timeline: list[HappenedOut]
    letters: list[LetterCardOut]

    @staticmethod
    def of(view: CaseView) -> CaseOut:
        return CaseOut(
            number=view.number,
            kind=view.kind,
            title=view.title,
            applicant=view.applicant,
            district=view.district,
            received_in=view.received_in,
            received_at=view.received_at,
            closed_at=view.closed_at,
            promise=view.promise,
            facts=dict(view.facts),
            parts=[PartOut.of(part) for part in view.parts],
            timeline=[HappenedOut.of(entry) for entry in view.timeline],
            letters=[LetterCardOut.of(letter) for letter in view.letters],
        )


class SeenIn(Schema):
    seen: Seen


class CorrectionRequestIn(SeenIn):
    items: Annotated[list[Text], Field(min_length=1, max_length=20)]


class ReasonIn(SeenIn):
    reason: Text


class TransferIn(SeenIn):
    """`place` is the code of a district or street, of the level at which the part is decided."""

    place: Annotated[str, Field(pattern=r"^[0-9]{6}(?:[0-9]{3})?$")]
    reason: Text


class ProcedureIn(SeenIn):
    procedure: Annotated[str, Field(max_length=40)]
    told: Text


class HearingIn(SeenIn):
    """`at` with its offset, seven working days ahead at least; `chair`: an officer of the office who did not review."""

    at: AwareDatetime
    place: Annotated[str, Field(min_length=1, max_length=120)]
    subject: Text
    chair: Annotated[int, Field(ge=1, le=2**31 - 1)]


class MinutesIn(SeenIn):
    minutes: Text
    attended: bool
    signed: bool


class HearingOut(Schema):
    """A hearing asked for (`asked_at`), called for `at`, held (`held_at`); `called` is subject, place and chair."""

    asked_at: datetime | None
    why: str
    at: datetime | None
    called: list[str]
    comes: bool | None
    answer: str
    held_at: datetime | None
    minutes: str
    attended: bool
    signed: bool

    @staticmethod
    def of(hearing: HearingView) -> HearingOut:
        return HearingOut(
            asked_at=hearing.asked_at,
            why=hearing.why,
            at=hearing.at,
            called=list(hearing.called),
            comes=hearing.comes,
            answer=hearing.answer,
            held_at=hearing.held_at,
            minutes=hearing.minutes,
            attended=hearing.attended,
            signed=hearing.signed,
        )


class ResultIn(SeenIn):
    result: Text


class DecisionIn(SeenIn):
    granted: bool
    reason: Text
    facts: Annotated[
        dict[Annotated[str, Field(max_length=80)], Annotated[str, Field(max_length=80)]], Field(max_length=10)
    ] = {}


class FeeIn(SeenIn):
    receipt: Annotated[str, Field(min_length=1, max_length=60, description="The receipt's number")]


class DeliveryIn(SeenIn):
    means: Annotated[str, Field(pattern="^(collection|post)$")]


class NoteIn(SeenIn):
    text: Text


class WordsIn(SeenIn):
    words: Annotated[str, Field(max_length=2000)] = ""


class AssignmentIn(SeenIn):
    officer: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None


class HandOverIn(SeenIn):
    post: Annotated[str, Field(max_length=81)]
    reason: Text

"""What the API takes and gives: every text, number and list bounded."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import File, Header, Path, Schema
from ninja.files import UploadedFile
from pydantic import Field

from yiwang.casework.cases.api_shapes import HappenedOut
from yiwang.foundation.directory.api import Problem
from yiwang.foundation.documents.actions import DocumentRef
from yiwang.foundation.kernel.text import Words
from yiwang.service.applications import actions
from yiwang.service.applications.drafts import OpenDraft
from yiwang.service.applications.glance import PartGlance
from yiwang.service.applications.progress import Missing
from yiwang.service.applications.queries import Card, Followed
from yiwang.service.catalogue.package import Question
from yiwang.service.catalogue.service import RequiredMaterial

Key = Annotated[str, Path(max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
Code = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[a-z0-9-]+$")]
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_.-]+$")]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Value = (
    bool
    | Annotated[int, Field(ge=-(10**17), le=10**17)]
    | float
    | Annotated[str, Field(max_length=4000)]
    | Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=100)]
    | None
)
Answers = Annotated[dict[Name, Value], Field(max_length=200, description="By element, as `GET /matters/{code}/schema`")]
Files = Annotated[list[UUID], Field(max_length=actions.MOST_FILES)]
Materials = Annotated[dict[Name, Files], Field(max_length=50, description="Documents by material")]
Upload = Annotated[UploadedFile, File(description="PDF, JPEG, PNG or WebP, 10 MB at most")]
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=100,
        pattern=r"^[\x21-\x7e]+$",
        description="Yours to choose, new for each application; sent again, it gets the first answer again",
    ),
]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=40, description='The draft\'s version as you saw it, such as "7"'),
]


class MissingOut(Schema):
    kind: str
    key: str
    name: Words

    @staticmethod
    def of(each: Missing) -> MissingOut:
        return MissingOut(kind=each.kind.value, key=each.key, name=each.name)


class WrongOut(Schema):
    element: str
    code: str
    detail: str


class ApplicationProblem(Problem):
    """Why it did not happen.

    `missing`: what an incomplete application lacks. `wrong`: answers that cannot be answers. `version`: what the draft
    is now. `number`: the case that the draft has become.
    """

    missing: list[MissingOut] = []
    wrong: list[WrongOut] = []
    version: int | None = None
    number: str | None = None


class NewDraft(Schema):
    code: Code


class AnswersIn(Schema):
    answers: Answers


class MaterialIn(Schema):
    """`documents` take the place of those that are there; `later`: bring a deferrable material after acceptance."""

    documents: Files = []
    later: bool = False


class SignedIn(Schema):
    parts: Annotated[list[Name], Field(max_length=50)]


class SubmitIn(Schema):
    version: Version
    declared: Annotated[bool, Field(description="That all of it is true")]


class ApplicationIn(Schema):
    """A whole application. What your account tells (name, identity number, phone) may be left out."""

    code: Code
    answers: Answers
    materials: Materials = {}
    deferred: Annotated[list[Name], Field(max_length=50, description="Materials to bring after acceptance")] = []
    signed: Annotated[list[Name], Field(max_length=50, description="Parts whose promise is signed")] = []
    declared: Annotated[bool, Field(description="That all of it is true")]


class CorrectionIn(Schema):
    """Answers that change, and the documents of materials that change; the rest stays as submitted."""

    answers: Answers = {}
    materials: Materials = {}
    declared: Annotated[bool, Field(description="That all of it is true")]


class WithdrawalIn(Schema):
    reason: Annotated[str, Field(max_length=1000)] = ""


class DocumentsIn(Schema):
    documents: Annotated[list[UUID], Field(min_length=1, max_length=actions.MOST_FILES)]


class TrackIn(Schema):
    code: Annotated[str, Field(min_length=1, max_length=80)]
    fact: Annotated[str, Field(min_length=1, max_length=8, description="Last four characters of the identity number")]
    number: Annotated[str, Field(max_length=32)] = ""


class QuestionOut(Schema):
    element: str
    kind: str
    question: Words
    why: Words | None
    basis: str | None
    required: bool
    choices: list[str]

    @staticmethod
    def of(question: Question) -> QuestionOut:
        element = question.element
        return QuestionOut(
            element=element.code,
            kind=element.kind.value,
            question=element.question or element.name,
            why=question.why,
            basis=question.basis,
            required=question.required,
            choices=[choice.code for choice in element.choices],
        )


class MaterialOut(Schema):
    key: str
    name: Words
    status: str
    source: str
    parts: list[str]
    later: bool
    documents: list[DocumentRef]

    @staticmethod
    def of(each: RequiredMaterial, draft: OpenDraft) -> MaterialOut:
        key = each.material.key
        return MaterialOut(
            key=key,
            name=each.material.name,
            status=each.status.value,
            source=each.source,
            parts=list(each.parts),
            later=draft.progress.later(key),
            documents=list(draft.files.get(key, ())),
        )


class PromiseOut(Schema):
    part: str
    name: Words
    text: Words
    signed: bool


class DraftOut(Schema):
    """A draft: what the situation asks, what is there, what is missing. `corrects`: the case that it corrects."""

    id: UUID
    code: str
    service_version: int
    version: int
    corrects: str
    part: str
    answers: dict[str, Value]
    questions: list[QuestionOut]
    materials: list[MaterialOut]
    promises: list[PromiseOut]
    missing: list[MissingOut]
    expires_at: datetime

    @staticmethod
    def of(draft: OpenDraft) -> DraftOut:
        progress = draft.progress
        return DraftOut(
            id=draft.id,
            code=draft.published.code,
            service_version=draft.published.version,
            version=draft.version,
            corrects=draft.corrects,
            part=draft.part,
            answers=draft.answers,
            questions=[QuestionOut.of(question) for question in progress.questions],
            materials=[MaterialOut.of(each, draft) for each in progress.materials],
            promises=[
                PromiseOut(part=each.part, name=each.name, text=each.commitment.text, signed=each.signed)
                for each in progress.promises
            ],
            missing=[MissingOut.of(each) for each in progress.missing],
            expires_at=draft.expires_at,
        )


class SubmittedOut(Schema):
    """The tracking code is given here and nowhere else."""

    number: str
    tracking_code: str
    service: str
    received_at: datetime


class CorrectedOut(Schema):
    number: str


class StandingOut(Schema):
    """Where it is and what is awaited: a sentence and a paragraph."""

    heading: Words
    text: Words


class CardOut(Schema):
    number: str
    title: Words
    received_at: datetime
    closed: bool
    standing: StandingOut

    @staticmethod
    def of(card: Card) -> CardOut:
        standing = StandingOut(heading=card.standing.heading, text=card.standing.text)
        return CardOut(
            number=card.number, title=card.title, received_at=card.received_at, closed=card.closed, standing=standing
        )


class ApplicationsOut(Schema):
    """A page, newest first; `before` asks for the next."""

    applications: list[CardOut]
    before: int | None


class PartStateOut(Schema):
    """Due moments are exclusive ends. `correction`: what was asked for, once and completely."""

    key: str
    name: Words
    department: Words
    stage: str
    acceptance_due: datetime | None
    promise_due: datetime | None
    statute_due: datetime | None
    stopped_for: Words | None
    stopped_until: datetime | None
    awaiting: list[str]
    correction: list[str] = []
    reason: str = ""
    verbs: list[str] = []

    @staticmethod
    def of(part: PartGlance) -> PartStateOut:
        return PartStateOut(
            key=part.key,
            name=part.name,
            department=part.department,
            stage=part.stage.value,
            acceptance_due=part.acceptance_due,
            promise_due=part.promise_due,
            statute_due=part.statute_due,
            stopped_for=part.stop,
            stopped_until=part.stop_until,
            awaiting=[key for key, _name in part.awaiting],
        )


class TrackedOut(Schema):
    number: str
    code: str
    title: Words
    received_at: datetime
    closed_at: datetime | None
    standing: StandingOut
    parts: list[PartStateOut]

    @staticmethod
    def of(found: Followed) -> TrackedOut:
        return TrackedOut(
            number=found.number,
            code=found.published.code,
            title=found.title,
            received_at=found.received_at,
            closed_at=found.closed_at,
            standing=StandingOut(heading=found.standing.heading, text=found.standing.text),
            parts=[PartStateOut.of(part) for part in found.parts],
        )


class ApplicationOut(TrackedOut):
    """One's own application: what was submitted, what grants created (`facts`), and what happened, oldest first."""

    answers: dict[str, Value]
    facts: dict[str, str]
    materials: dict[str, list[DocumentRef]]
    timeline: list[HappenedOut]
    checks: list[str]

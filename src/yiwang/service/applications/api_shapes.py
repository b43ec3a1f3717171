"""What the API takes and gives: every text, number and list bounded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import File, Header, Path, Schema
from ninja.files import UploadedFile
from pydantic import Field

from yiwang.casework.cases.api_shapes import HappenedOut
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.directory.api import Problem
from yiwang.foundation.documents.actions import DocumentRef
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import Element
from yiwang.service.applications import actions, asking, model_papers
from yiwang.service.applications.drafts import OpenDraft
from yiwang.service.applications.glance import PartGlance
from yiwang.service.applications.known import Known, LookUp, readable
from yiwang.service.applications.progress import Missing
from yiwang.service.applications.queries import Card, Followed
from yiwang.service.catalogue.package import Question
from yiwang.service.catalogue.service import RequiredMaterial, elements_of

Key = Annotated[str, Path(max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
Code = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[a-z0-9-]+$")]
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_.-]+$")]
Reference = Annotated[str, Field(min_length=3, max_length=90, pattern=r"^[a-z0-9-]+\.[a-z0-9-]+@[0-9]{1,5}$")]
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
Adopted = Annotated[list[Name], Field(max_length=50, description="Materials whose model text is adopted")]
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


MandateNumber = Annotated[
    int | None, Field(ge=1, le=2**63 - 1, description="Apply for the principal of this mandate; left out: for yourself")
]


class NewDraft(Schema):
    code: Code
    mandate: MandateNumber = None


class AnswersIn(Schema):
    answers: Answers


class MaterialIn(Schema):
    """`documents` take the place of those that are there; `later`: bring a deferrable material after acceptance;
    `adopt`: adopt the model text instead of bringing documents."""

    documents: Files = []
    later: bool = False
    adopt: bool = False


class SignedIn(Schema):
    parts: Annotated[list[Name], Field(max_length=50)]
    ordinary: Annotated[list[Name], Field(max_length=50)] | None = None


class SubmitIn(Schema):
    version: Version
    declared: Annotated[bool, Field(description="That all of it is true")]


class ApplicationIn(Schema):
    """A whole application. What the directory knows of the applicant (name, identity number, phone) may be left out."""

    code: Code
    mandate: MandateNumber = None
    answers: Answers
    materials: Materials = {}
    deferred: Annotated[list[Name], Field(max_length=50, description="Materials promised for after acceptance")] = []
    signed: Annotated[list[Name], Field(max_length=50, description="Parts whose promise is signed")] = []
    consents: Annotated[dict[Reference, bool], Field(max_length=50, description="By product: it may be read")] = {}
    adopted: Adopted = []
    ordinary: Annotated[list[Name], Field(max_length=50, description="Parts to decide without a promise")] = []
    declared: Annotated[bool, Field(description="That all of it is true")]


class CorrectionIn(Schema):
    """Answers that change, and the documents of materials that change; the rest stays as submitted."""

    answers: Answers = {}
    materials: Materials = {}
    adopted: Adopted = []
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
    """`model` is the text that may be adopted instead of bringing documents, with the answers in their places, and
    `adopted` says that it is. When an answer in it changes, it has to be adopted anew."""

    key: str
    name: Words
    status: str
    source: str
    parts: list[str]
    later: bool
    model: Words | None
    adopted: bool
    documents: list[DocumentRef]

    @staticmethod
    def of(each: RequiredMaterial, draft: OpenDraft, applicant: str) -> MaterialOut:
        key, material = each.material.key, each.material
        return MaterialOut(
            key=key,
            name=each.material.name,
            status=each.status.value,
            source=each.source,
            parts=list(each.parts),
            later=draft.progress.later(key),
            model=model_papers.text_of(material, draft.progress, applicant) if material.model is not None else None,
            adopted=any(model_papers.is_adopted(document) for document in draft.files.get(key, ())),
            documents=list(draft.files.get(key, ())),
        )


class PromiseOut(Schema):
    part: str
    name: Words
    text: Words
    signed: bool


class KnownOut(Schema):
    """A value that a department holds: from which product, of which enterprise (its code; empty: of the person), when
    it was read, the position in the owner's log, and the case of its correction, where it is disputed."""

    element: str
    value: Value
    product: str
    title: Words
    department: str
    enterprise: str
    looked_up_at: datetime
    record: int | None
    correction: str

    @staticmethod
    def of(known: Known) -> KnownOut:
        lookup = known.lookup
        return KnownOut(
            element=known.element,
            value=known.value,
            product=lookup.product,
            title=lookup.title,
            department=lookup.department,
            enterprise=lookup.enterprise,
            looked_up_at=lookup.at,
            record=lookup.record,
            correction=known.dispute.case if known.dispute is not None else "",
        )


class WorkedOutOut(Schema):
    """An answer that follows from others: it stands until you answer this question yourself. Send null to have it
    back."""

    element: str
    value: Value
    because: Words
    basis: str | None


class ChoiceOut(Schema):
    """What a product holds of the applicant: `records` by element, `chosen` is a number of them, -1 for none. While
    nothing is chosen (null) a single record answers, of several none does."""

    product: str
    title: Words
    department: str
    records: list[dict[str, Value]]
    chosen: int | None

    @staticmethod
    def of(lookup: LookUp, elements: Mapping[str, Element]) -> ChoiceOut:
        return ChoiceOut(
            product=lookup.product,
            title=lookup.title,
            department=lookup.department,
            records=[
                {code: readable(elements.get(code), row.get(name)) for code, name in lookup.elements.items()}
                for row in lookup.rows
            ],
            chosen=lookup.chosen,
        )


class ConsentOut(Schema):
    """A product that is read only if the applicant agrees; null while they have not said."""

    product: str
    title: Words
    department: str
    agreed: bool | None


class ConsentsIn(Schema):
    consents: Annotated[dict[Reference, bool], Field(max_length=50, description="By product, whether it may be read")]


class ChoiceIn(Schema):
    product: Reference
    chosen: Annotated[int, Field(ge=-1, le=1000, description="The number of a record, or -1 for none of them")]


class DisputeIn(Schema):
    """What is right, and why; the owner of the record is asked to look."""

    element: Name
    value: Value
    words: Annotated[str, Field(max_length=1000)] = ""


class DraftOut(Schema):
    """A draft: what the situation asks, what is there, what is missing. `corrects`: the case that it corrects.

    `answers` are those given; `worked_out` those that follow from them and count as long as nobody gives another.
    `known` is what departments hold, `choices` where one of several records is meant, `consents` what is read only if
    the applicant agrees.
    """

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
    ordinary: list[str]
    missing: list[MissingOut]
    known: list[KnownOut]
    worked_out: list[WorkedOutOut]
    choices: list[ChoiceOut]
    consents: list[ConsentOut]
    expires_at: datetime

    @staticmethod
    def of(draft: OpenDraft, by: Actor) -> DraftOut:
        progress = draft.progress
        elements = elements_of(draft.published.service)
        applicant = directory.identity_of_person(draft.applicant).name
        offered = {each.product: each for each in draft.told.lookups if each.rows and each.elements}
        return DraftOut(
            id=draft.id,
            code=draft.published.code,
            service_version=draft.published.version,
            version=draft.version,
            corrects=draft.corrects,
            part=draft.part,
            answers=draft.answers,
            questions=[QuestionOut.of(question) for question in progress.questions],
            materials=[MaterialOut.of(each, draft, applicant) for each in progress.materials],
            promises=[
                PromiseOut(part=each.part, name=each.name, text=each.commitment.text, signed=each.signed)
                for each in progress.promises
            ],
            ordinary=sorted(draft.ordinary),
            missing=[MissingOut.of(each) for each in progress.missing],
            known=[KnownOut.of(each) for each in progress.known.values()],
            worked_out=[
                WorkedOutOut(
                    element=code, value=progress.relevant[code], because=suggestion.because, basis=suggestion.basis
                )
                for code, suggestion in progress.worked_out.items()
            ],
            choices=[ChoiceOut.of(each, elements) for each in offered.values()],
            consents=[
                ConsentOut(
                    product=each.product.reference,
                    title=each.product.title,
                    department=each.product.department,
                    agreed=draft.consents.get(each.product.reference),
                )
                for each in asking.wanted_consents(draft, by, decided=True)
            ],
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
    applicant: Annotated[str, Field(description="Whose it is, where that is somebody else")]
    standing: StandingOut

    @staticmethod
    def of(card: Card) -> CardOut:
        standing = StandingOut(heading=card.standing.heading, text=card.standing.text)
        return CardOut(
            number=card.number,
            title=card.title,
            received_at=card.received_at,
            closed=card.closed,
            applicant=card.applicant,
            standing=standing,
        )


class ApplicationsOut(Schema):
    """A page, newest first; `before` asks for the next."""

    applications: list[CardOut]
    before: int | None


class PartStateOut(Schema):
    """Due moments are exclusive ends. `owed`: what a department that does not answer adds by itself. `correction`: what
    was asked for, once and completely."""

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
    owed: list[Words] = []
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
            owed=[name for name, _department in part.owed],
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
    """One's own application: what was submitted, what grants created (`facts`), and what happened, oldest first.
    `worked_out` are the elements that nobody answered, as they followed from others."""

    answers: dict[str, Value]
    worked_out: list[str]
    facts: dict[str, str]
    materials: dict[str, list[DocumentRef]]
    known: list[KnownOut]
    timeline: list[HappenedOut]
    checks: list[str]

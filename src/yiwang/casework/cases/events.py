"""What the case publishes. Fields hold no personal data: words that people wrote, and facts about a person, are
`Commitment`s to erasable rows."""

from __future__ import annotations

from datetime import datetime

import msgspec

from yiwang.foundation.ledger.events import event


class Commitment(msgspec.Struct, frozen=True):
    """Points at a `Statement` row of the case; `digest` is SHA-256(salt || canonical JSON of its body)."""

    number: int
    digest: str


class Letter(msgspec.Struct, frozen=True):
    """The letter (文书) that tells the applicant of an event: 锦市监许〔2026〕12号 has `series` 锦市监许, `number` 12.

    `words` commits to its text.
    """

    kind: str
    series: str
    year: int
    number: int
    words: Commitment


class ChosenPart(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part of the plan that this case runs, the tasks it leaves out, the materials still to come; of these,
    `deferred` are those that the applicant promised to bring after acceptance (容缺受理).

    `place` is the code of the district or street whose offices are competent, `offices` those branches by the plan's
    departments; a department that is not named acts itself.
    """

    key: str
    skipped: tuple[str, ...] = ()
    awaiting: tuple[str, ...] = ()
    deferred: tuple[str, ...] = ()
    place: str = ""
    offices: dict[str, str] = {}


@event("cases.Received")
class Received(msgspec.Struct, frozen=True, omit_defaults=True):
    """A case opened at receipt. `plan` is the digest of the plan it keeps; `party` commits to the applicant's row.

    `submission`, here and below, commits to all that was submitted so far: a salted digest made by the package that
    took it in and keeps it. Empty where nothing was submitted. `district` is where the case is decided, where a rule
    on an address says so; `received_in` the place of the window that took it in, which may be another (跨区通办).
    """

    kind: str
    plan: str
    parts: tuple[ChosenPart, ...]
    channel: str
    district: str
    party: str
    facts: dict[str, str] = {}
    opened_by: str = ""
    submission: str = ""
    received_in: str = ""


@event("cases.Accepted")
class Accepted(msgspec.Struct, frozen=True, omit_defaults=True):
    """`by_law`: nobody answered within 5 working days, so the part is accepted from receipt (行政许可法 art. 32)."""

    part: str
    by_law: bool = False
    letter: Letter | None = None


@event("cases.CorrectionRequested")
class CorrectionRequested(msgspec.Struct, frozen=True, omit_defaults=True):
    part: str
    words: Commitment
    letter: Letter | None = None


@event("cases.Corrected")
class Corrected(msgspec.Struct, frozen=True, omit_defaults=True):
    """`place` and `offices` where the corrected address lies with other offices, which have the part from now on."""

    part: str
    skipped: tuple[str, ...] = ()
    awaiting: tuple[str, ...] = ()
    submission: str = ""
    deferred: tuple[str, ...] = ()
    place: str = ""
    offices: dict[str, str] = {}


@event("cases.Transferred")
class Transferred(msgspec.Struct, frozen=True):
    """移送: the office that had the part is not competent; the offices of `place` have it from now on."""

    part: str
    place: str
    offices: dict[str, str]
    words: Commitment


@event("cases.NotAccepted")
class NotAccepted(msgspec.Struct, frozen=True, omit_defaults=True):
    """不予受理: refused at the door, with reasons."""

    part: str
    words: Commitment
    letter: Letter | None = None


@event("cases.TaskAssigned")
class TaskAssigned(msgspec.Struct, frozen=True):
    """To an officer's user id, or to nobody."""

    part: str
    task: str
    officer: int | None


@event("cases.TaskHandedOver")
class TaskHandedOver(msgspec.Struct, frozen=True):
    part: str
    task: str
    to: str
    words: Commitment


@event("cases.TaskCompleted")
class TaskCompleted(msgspec.Struct, frozen=True, omit_defaults=True):
    part: str
    task: str
    words: Commitment | None = None


@event("cases.Arrived")
class Arrived(msgspec.Struct, frozen=True, omit_defaults=True):
    """A deferrable material, or what an arrival task waits for, has come."""

    part: str
    what: str
    submission: str = ""


@event("cases.SpecialProcedureStarted")
class SpecialProcedureStarted(msgspec.Struct, frozen=True, omit_defaults=True):
    """The part's clocks stand still (行政许可法 art. 45); `words` is what the applicant was told."""

    part: str
    procedure: str
    words: Commitment
    letter: Letter | None = None


@event("cases.SpecialProcedureEnded")
class SpecialProcedureEnded(msgspec.Struct, frozen=True):
    part: str
    procedure: str
    words: Commitment


@event("cases.Extended")
class Extended(msgspec.Struct, frozen=True, omit_defaults=True):
    """Once, by the head of the agency, with reasons (行政许可法 art. 42). The promise stays."""

    part: str
    words: Commitment
    letter: Letter | None = None


@event("cases.Decided")
class Decided(msgspec.Struct, frozen=True, omit_defaults=True):
    """`facts` are what a grant creates ("enterprise.uscc"), `personal` those about a person ("child.resident_id");
    `by_rule` when a published rule decided."""

    part: str
    granted: bool
    words: Commitment
    facts: dict[str, str] = {}
    personal: dict[str, Commitment] = {}
    by_rule: bool = False
    letter: Letter | None = None


@event("cases.Delivered")
class Delivered(msgspec.Struct, frozen=True, omit_defaults=True):
    """`means`: online, collection or post. `handed_out_in`: the place of the window, where one handed it out."""

    part: str
    means: str
    handed_out_in: str = ""


@event("cases.FeePaid")
class FeePaid(msgspec.Struct, frozen=True):
    """The fee of the part has come in, under our own order number."""

    part: str
    amount_fen: int
    order: str


@event("cases.FeeReturned")
class FeeReturned(msgspec.Struct, frozen=True):
    """A fee that came in is given back, because nothing is due for it any more."""

    part: str
    amount_fen: int
    order: str


@event("cases.Withdrawn")
class Withdrawn(msgspec.Struct, frozen=True):
    part: str
    words: Commitment


@event("cases.Revoked")
class Revoked(msgspec.Struct, frozen=True, omit_defaults=True):
    """A granted result is taken back, for instance because a signed promise was false."""

    part: str
    words: Commitment
    letter: Letter | None = None


@event("cases.Noted")
class Noted(msgspec.Struct, frozen=True):
    part: str
    words: Commitment


@event("cases.Reported")
class Reported(msgspec.Struct, frozen=True):
    """What happened just before this, of the same actor at the same moment, was done in a department's own system:
    `reported_at` is when, as that system says; the events' own moment is when Yiwang received it. `step` is the
    system's number of what it reported."""

    part: str
    step: str
    reported_at: datetime


@event("cases.Linked")
class Linked(msgspec.Struct, frozen=True):
    """This case led to another one, or came from it."""

    part: str
    other: int
    relation: str


@event("cases.HearingAsked")
class HearingAsked(msgspec.Struct, frozen=True):
    """The applicant asks for a hearing (听证)."""

    part: str
    words: Commitment


@event("cases.HearingDeclined")
class HearingDeclined(msgspec.Struct, frozen=True):
    part: str
    words: Commitment


@event("cases.HearingCalled")
class HearingCalled(msgspec.Struct, frozen=True, omit_defaults=True):
    """`words`: what it is about, where, and the chair's name; `chair` is their user id."""

    part: str
    at: datetime
    chair: int
    words: Commitment
    letter: Letter | None = None


@event("cases.HearingAnswered")
class HearingAnswered(msgspec.Struct, frozen=True, omit_defaults=True):
    part: str
    comes: bool
    words: Commitment | None = None


@event("cases.HearingCancelled")
class HearingCancelled(msgspec.Struct, frozen=True):
    part: str
    words: Commitment


@event("cases.HearingHeld")
class HearingHeld(msgspec.Struct, frozen=True):
    """`words` are the minutes (笔录): the decision rests on them (行政许可法 art. 48)."""

    part: str
    words: Commitment
    attended: bool
    signed: bool


@event("cases.DeferralNear")
class DeferralNear(msgspec.Struct, frozen=True):
    """The day is near by which the applicant promised to bring these materials; once."""

    part: str
    what: tuple[str, ...]
    due: datetime


@event("cases.DeferralLapsed")
class DeferralLapsed(msgspec.Struct, frozen=True, omit_defaults=True):
    """These materials had not come when their time was over: the part ends without a decision."""

    part: str
    what: tuple[str, ...]
    due: datetime
    letter: Letter | None = None


@event("cases.DueSoon")
class DueSoon(msgspec.Struct, frozen=True):
    """One working day before the promise; once for each revision of the part's clock."""

    part: str
    clock_revision: int


@event("cases.PromiseMissed")
class PromiseMissed(msgspec.Struct, frozen=True):
    part: str
    clock_revision: int
    due: datetime


@event("cases.StatuteMissed")
class StatuteMissed(msgspec.Struct, frozen=True):
    part: str
    clock_revision: int
    due: datetime


Event = (
    Received
    | Accepted
    | CorrectionRequested
    | Corrected
    | Transferred
    | NotAccepted
    | TaskAssigned
    | TaskHandedOver
    | TaskCompleted
    | Arrived
    | SpecialProcedureStarted
    | SpecialProcedureEnded
    | Extended
    | Decided
    | Delivered
    | FeePaid
    | FeeReturned
    | Withdrawn
    | Revoked
    | Noted
    | Reported
    | Linked
    | HearingAsked
    | HearingDeclined
    | HearingCalled
    | HearingAnswered
    | HearingCancelled
    | HearingHeld
    | DeferralNear
    | DeferralLapsed
    | DueSoon
    | PromiseMissed
    | StatuteMissed
)


def commitments(body: object) -> list[Commitment]:
    """All that an event commits to: words, facts about a person, the letter that tells of it."""
    words = getattr(body, "words", None)
    letter = getattr(body, "letter", None)
    personal = body.personal.values() if isinstance(body, Decided) else ()
    return [*([words] if words is not None else ()), *personal, *([letter.words] if letter is not None else ())]

"""What a department publishes: a matter, or a bundle (一件事) that joins matters. Pure values.

A published service carries everything it needs, its questions' elements included, so that a draft or a case keeps
exactly the version it started with, whatever the city's vocabulary says later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from yiwang.casework.cases.plan import SpecialProcedure, Task
from yiwang.foundation.directory.levels import Level, highest
from yiwang.foundation.kernel.calendar import Limit, Unit
from yiwang.foundation.kernel.readable import readable
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import Element
from yiwang.service.catalogue.national import NationalMatter

PLACEHOLDER = r"\{([a-z][a-z0-9_.]*)\}"
"""What stands for an answer in a model text: `{enterprise.proposed_name}`."""
APPLICANT_NAME = "applicant"
"""The placeholder for the name of the person who applies."""

SERVES: tuple[str, ...] = ("person", "sole_trader", "enterprise", "organisation")


class Delivery(StrEnum):
    """How the result reaches the applicant."""

    ONLINE = "online"
    COLLECTION = "collection"
    POST = "post"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked of the applicant, bound to an element.

    `when` is a FEEL condition on earlier answers; `why` and `basis` say why it is asked and which law wants it.
    """

    element: Element
    when: str | None = None
    why: Words | None = None
    required: bool = True
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An answer that follows from others and so is not asked (智能预填): `value` is FEEL, `because` says why to people,
    `basis` which standard or law has the rule. The applicant sees it and may answer otherwise."""

    element: str
    value: str
    because: Words
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold of the answers (审查要点): `holds` is FEEL, `words` say what is wrong where it does not, `basis`
    on which law. It advises the applicant before sending and the officer before deciding; it decides nothing."""

    key: str
    holds: str
    words: Words
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """A document or fact required (申请材料).

    `source` is "applicant", or the code of the department that issues it and so need not be told again (免交).
    A deferrable material may come after acceptance, by the applicant's choice (容缺受理). `licence` names the result of
    another matter that is this material. `media` are the accepted kinds of file, such as "application/pdf". `model` is
    a text that the applicant may adopt instead of bringing a file (示范文本); in it `{enterprise.proposed_name}` stands
    for that answer, `{applicant}` for their name.
    """

    key: str
    name: Words
    source: str = "applicant"
    deferrable: bool = False
    when: str | None = None
    form: str | None = None
    hint: Words | None = None
    media: tuple[str, ...] = ("application/pdf", "image/jpeg", "image/png")
    licence: str | None = None
    basis: str | None = None
    model: Words | None = None


@dataclass(frozen=True, slots=True)
class Ordinary:
    """The way of who does not promise: its limits, tasks, and the materials that a promise would have spared."""

    statute: Limit
    promise: Limit
    tasks: tuple[Task, ...]
    materials: tuple[Material, ...] = ()


BARRED = Limit(365, Unit.CALENDAR_DAY)
"""How long who promised falsely may not promise again in the same matter, where the matter says nothing."""


@dataclass(frozen=True, slots=True)
class Commitment:
    """Notification and commitment (告知承诺制): what the applicant signs, and the check on site that follows.

    `ordinary` is the way that is always offered beside it (None in versions published before there was one); `barred`
    is how long nobody takes the promise of who promised falsely.
    """

    text: Words
    check_name: Words
    check_by: str
    check_within: Limit
    basis: str
    ordinary: Ordinary | None = None
    barred: Limit = BARRED


@dataclass(frozen=True, slots=True)
class InstantRule:
    """A machine grants at once where the FEEL expression is true; otherwise a person looks at it."""

    expression: str
    explain: Words


@dataclass(frozen=True, slots=True)
class ResultSpec:
    """What the applicant gets: a licence by its code, valid for a time in words of FEEL ("5 years") or without end."""

    name: Words
    licence: str | None = None
    valid: str | None = None
    delivery: Delivery = Delivery.ONLINE
    delivered_by: str | None = None


@dataclass(frozen=True, slots=True)
class Competence:
    """Which office is competent (管辖): the one at `level` (district or street) of the place that is the answer to the
    element `by`."""

    by: str
    level: str


class Act(StrEnum):
    """What kind of act a decision is (行政行为): a filing is no permit, and refusing it is called otherwise."""

    PERMIT = "permit"
    REGISTRATION = "registration"
    FILING = "filing"
    CONFIRMATION = "confirmation"
    BENEFIT = "benefit"


VERDICTS: Mapping[Act, tuple[Words, Words]] = {
    Act.REGISTRATION: (Words("准予登记", "Registered"), Words("不予登记", "Registration refused")),
    Act.FILING: (Words("准予备案", "Filed"), Words("不予备案", "Filing refused")),
    Act.CONFIRMATION: (Words("予以确认", "Confirmed"), Words("不予确认", "Not confirmed")),
    Act.BENEFIT: (Words("准予给付", "Benefit granted"), Words("不予给付", "Benefit refused")),
}
"""What a decision is called, yes and no; a permit's words need no saying."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One service that a department must provide by law (政务服务事项).

    `statute` is the law's limit, `promise` the department's own, both counted from acceptance. `visits` is how often a
    person must come; `fee_fen` is 0 where it is free. `creates` names the facts its grant brings ("enterprise.uscc").
    `derived` are the elements that other answers tell, so that nobody asks them; `suggestions` fill questions that the
    applicant may answer otherwise. `extension` is what the law lets the
    head of the agency add; left out, it is the Licensing Law's ten working days. `deferral` is how long
    deferrable materials may take after acceptance; None where there are none. `identity` is how surely whoever
    applies must be known. Where `competent` is left out, the city's departments act themselves; else `task_code` is
    that of the city's department, and each office has its own.
    """

    code: str
    name: Words
    summary: Words
    guidance: Words
    catalogue_code: str
    task_code: str
    department: str
    serves: tuple[str, ...]
    basis: tuple[str, ...]
    statute: Limit
    promise: Limit
    visits: int
    tasks: tuple[Task, ...]
    result: ResultSpec
    fee_fen: int = 0
    fee_basis: str | None = None
    also_called: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    materials: tuple[Material, ...] = ()
    special_procedures: tuple[SpecialProcedure, ...] = ()
    commitment: Commitment | None = None
    rule: InstantRule | None = None
    creates: tuple[str, ...] = ()
    accept_by: str | None = None
    extension: Limit | None = None
    derived: tuple[Element, ...] = ()
    act: Act = Act.PERMIT
    suggestions: tuple[Suggestion, ...] = ()
    identity: Level = Level.UNVERIFIED
    deferral: Limit | None = None
    checks: tuple[Check, ...] = ()
    competent: Competence | None = None
    kind: Literal["matter"] = "matter"

    @property
    def instant(self) -> bool:
        """Decided at once (即办件), by a published rule."""
        return self.rule is not None

    @property
    def departments(self) -> tuple[str, ...]:
        """The department in charge first, then those who help, each once."""
        return tuple(dict.fromkeys((self.department, *(task.department for task in self.tasks))))


@dataclass(frozen=True, slots=True)
class BundlePart:
    """One matter's share of a bundle. `needs` names parts that must be granted first; `when` makes it situational."""

    key: str
    matter: Matter
    needs: tuple[str, ...] = ()
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """A life event that joins several matters in one application: asked once, one case, a part per matter.

    `questions` are asked before those of the parts; they decide which parts a person needs. `suggestions` may fill any
    question of the bundle, in the place of a part's own.
    """

    code: str
    name: Words
    summary: Words
    guidance: Words
    serves: tuple[str, ...]
    promise: Limit
    parts: tuple[BundlePart, ...]
    also_called: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    derived: tuple[Element, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    kind: Literal["bundle"] = "bundle"

    @property
    def departments(self) -> tuple[str, ...]:
        """Every department at work, in the order of the parts, each once."""
        return tuple(dict.fromkeys(code for part in self.parts for code in part.matter.departments))

    @property
    def identity(self) -> Level:
        """How sure the city must be of who applies, whatever parts the situation wants."""
        return highest(part.matter.identity for part in self.parts)

    @property
    def visits(self) -> int:
        """How often a person must come for the whole bundle: its parts share one visit."""
        return max(part.matter.visits for part in self.parts)

    @property
    def fee_fen(self) -> int:
        """What all parts cost together."""
        return sum(part.matter.fee_fen for part in self.parts)


Service = Matter | Bundle


@dataclass(frozen=True, slots=True)
class GuidanceOnly:
    """A matter known from another catalogue: people find it here and learn where to go, but cannot apply here yet.

    `matter` holds all national fields as they came, in Chinese, so that export writes them back unchanged.
    """

    matter: NationalMatter
    kind: Literal["guidance"] = "guidance"

    @property
    def code(self) -> str:
        """Its task code (实施编码)."""
        return self.matter.task_code

    @property
    def name(self) -> str:
        return self.matter.name

    @property
    def department(self) -> str:
        """The department's name; it need not be one of ours."""
        return self.matter.department


readable(Matter, Bundle, GuidanceOnly)

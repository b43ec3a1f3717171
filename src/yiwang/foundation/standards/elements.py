"""An element (数据元): one agreed field of the city's vocabulary.

Departments name elements instead of inventing fields, so that an answer given once means the same to all of them.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from yiwang.foundation.kernel.identifiers import date_of_birth
from yiwang.foundation.kernel.readable import readable
from yiwang.foundation.kernel.text import Words


class ElementKind(StrEnum):
    """What sort of value an element takes, and so how it is asked."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    RESIDENT_ID = "resident_id"
    USCC = "uscc"
    PHONE = "phone"
    ADDRESS = "address"
    MONEY = "money"
    MOMENT = "moment"
    """a date and time that a register writes; nobody is asked for one"""


ASKED = tuple(kind for kind in ElementKind if kind is not ElementKind.MOMENT)
"""The kinds that an element of the vocabulary may have."""

FEEL_TYPES: dict[ElementKind, str] = {
    ElementKind.INTEGER: "number",
    ElementKind.DECIMAL: "number",
    ElementKind.MONEY: "number",
    ElementKind.BOOLEAN: "boolean",
    ElementKind.DATE: "date",
    ElementKind.CHOICES: "list",
    ElementKind.MOMENT: "date and time",
}
"""The FEEL type of each kind; kinds that are not named are text ("string"). Money counts in fen."""


class Derivation(StrEnum):
    """What a resident identity number (GB 11643) tells without asking."""

    BIRTH_DATE = "birth_date"
    AGE = "age"
    SEX = "sex"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers that a `choice` or `choices` element allows."""

    code: str
    words: Words
    hint: Words | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """One field of the vocabulary.

    `question` is how a person is asked, a sentence; `name` is how a list shows it. `minimum` and `maximum` bound
    numbers (money: fen), `max_length` bounds text. `personal` marks data about a person, kept out of events and logs.
    A derived element is never asked: it follows from the resident identity number in `derived_from`.

    The answers of an element about a place are the city's districts or streets by code; `around` are the city and the
    districts in which they lie. `found_in` is the address in which such a place may be recognised.
    """

    code: str
    name: Words
    kind: ElementKind
    unit: Words | None = None
    choices: tuple[Choice, ...] = ()
    hint: Words | None = None
    question: Words | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_length: int = 200
    personal: bool = False
    derived_from: str | None = None
    derivation: Derivation | None = None
    around: tuple[Choice, ...] = ()
    found_in: str | None = None

    @property
    def feel_type(self) -> str:
        """The type a FEEL expression sees: string, number, boolean, date or list."""
        return FEEL_TYPES.get(self.kind, "string")

    def typed(self, answer: object) -> object:
        """An answer as it is stored (JSON) → the value FEEL computes with; None where nothing was answered.

        Raises ValueError if the stored answer is not of this element's kind.
        """
        if answer is None or answer == "":
            return None
        if self.kind is ElementKind.DATE:
            return answer if isinstance(answer, date) else date.fromisoformat(str(answer))
        if self.feel_type == "number":
            if isinstance(answer, bool):
                raise ValueError(f"{self.code}: a number is wanted")
            try:
                return Decimal(str(answer))
            except ArithmeticError as error:
                raise ValueError(f"{self.code}: a number is wanted") from error
        if self.kind is ElementKind.BOOLEAN:
            if not isinstance(answer, bool):
                raise ValueError(f"{self.code}: true or false is wanted")
            return answer
        if self.kind is ElementKind.CHOICES:
            if not isinstance(answer, list | tuple):
                raise ValueError(f"{self.code}: a list is wanted")
            return [str(item) for item in answer]
        return str(answer)

    def derive(self, resident_id: str, today: date) -> object:
        """What the resident identity number says of this element: a date, whole years, or "male"/"female"."""
        born = date_of_birth(resident_id)
        if self.derivation is Derivation.AGE:
            return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        if self.derivation is Derivation.SEX:
            return "male" if int(resident_id[16]) % 2 else "female"
        return born


readable(Element)

"""Facts that a grant creates and that other parts of the case go on with: what they are called, what they look like.

A fact is an element of the city's vocabulary; one that the vocabulary does not know is called by its code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from yiwang.foundation.kernel.identifiers import InvalidIdentifier, check_phone, check_resident_id, check_uscc
from yiwang.foundation.kernel.text import UnacceptableText, Words, canonical
from yiwang.foundation.standards import queries as standards
from yiwang.foundation.standards.elements import Element, ElementKind

LONGEST = 120
"""Characters of one fact."""
_CHECKS: Mapping[ElementKind, Callable[[str], str]] = {
    ElementKind.USCC: check_uscc,
    ElementKind.RESIDENT_ID: check_resident_id,
    ElementKind.PHONE: check_phone,
}


class WrongFact(ValueError):
    """What was entered cannot be this fact; `words` say what to do."""

    def __init__(self, name: str, words: Words) -> None:
        super().__init__(words.en)
        self.name = name
        self.words = words


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of a fact before it has a value."""

    code: str
    name: Words
    kind: ElementKind = ElementKind.TEXT
    longest: int = LONGEST
    personal: bool = False
    """about a person: it stands in an erasable row, and events commit to it"""

    def checked(self, value: str) -> str:
        """The value as it is kept; empty stays empty. Raises WrongFact."""
        try:
            plain = canonical(value, max_length=self.longest)
            check = _CHECKS.get(self.kind)
            return check(plain) if plain and check is not None else plain
        except (UnacceptableText, InvalidIdentifier) as refused:
            raise WrongFact(self.code, refused.words) from refused


def described(codes: Iterable[str]) -> dict[str, Fact]:
    """Each of these facts, in their order, by one query; by none where there are none."""
    wanted = list(codes)
    known = standards.elements(wanted) if wanted else {}
    return {code: _fact(known[code]) if code in known else Fact(code, Words(code, code)) for code in wanted}


def _fact(element: Element) -> Fact:
    return Fact(element.code, element.name, element.kind, min(element.max_length, LONGEST), element.personal)

"""Facts that a grant creates and that other parts of the case go on with: what they are called, what they look like."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from yiwang.foundation.kernel.identifiers import InvalidIdentifier, check_uscc
from yiwang.foundation.kernel.text import UnacceptableText, Words, canonical

NAMES: Mapping[str, Words] = {
    "enterprise.uscc": Words("统一社会信用代码", "Unified social credit code"),
    "enterprise.name": Words("企业名称", "Name of the business"),
}
"""By element of the city's vocabulary."""

LONGEST = 120
"""Characters of one fact."""
_CHECKS: Mapping[str, Callable[[str], str]] = {"enterprise.uscc": check_uscc}


class WrongFact(ValueError):
    """What was entered cannot be this fact; `words` say what to do."""

    def __init__(self, name: str, words: Words) -> None:
        super().__init__(words.en)
        self.name = name
        self.words = words


def name_of(fact: str) -> Words:
    return NAMES.get(fact, Words(fact, fact))


def checked(name: str, value: str) -> str:
    """The fact as it is kept; empty stays empty. Raises WrongFact."""
    try:
        plain = canonical(value, max_length=LONGEST)
        return _CHECKS[name](plain) if plain and name in _CHECKS else plain
    except (UnacceptableText, InvalidIdentifier) as refused:
        raise WrongFact(name, refused.words) from refused

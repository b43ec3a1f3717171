"""What a city writes about how its people speak: everyday words, what they mean, what to leave out.

Two files in the city's `search/` folder, edited by the city and read again when they change:

`synonyms.yaml`
    `spoken`     words of the region and common slips of the pen (`said`), each read as the `plain` word wherever it
                 stands, in questions and in what is indexed; without `plain`, as itself: a longer word is left alone
    `leave_out`  spoken filler that says nothing about the matter ("我想", "how do I")
    `synonyms`   groups of what is `said` and how it is `named` officially; "…" in what is said stands for a few words
    `aspects`    words in a name that narrow it to one step of a matter's life (change, cancellation, replacement).
                 Whoever says nothing of the kind means the plain matter, so an aspect not asked for ranks lower
                 (`unasked`, a factor), and one asked for ranks higher.
`scenarios.yaml`
    groups of `matters` (codes, or official names, "*" standing for anything) and sentences `said` by those who need
    them; they are indexed with the matter, and need not be met word by word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache

from yiwang.foundation.search.terms import fold

GAP = "…"
MAX_TITLES = 20_000


@dataclass(frozen=True, slots=True)
class Synonym:
    """`said` in its parts, in order, as they must occur; `named` the official words, any of which may be meant."""

    said: tuple[str, ...]
    named: tuple[str, ...]

    @property
    def length(self) -> int:
        return sum(map(len, self.said))


@dataclass(frozen=True, slots=True)
class Aspect:
    name: str
    said: tuple[str, ...]
    named: tuple[str, ...]
    unasked: float = 0.8

    def is_named_in(self, title: str) -> bool:
        return _any_of(self.named).search(title) is not None

    def is_asked_in(self, text: str) -> bool:
        return any(occurs(word, text) for word in self.said)


@dataclass(frozen=True, slots=True)
class Scenario:
    matters: tuple[str, ...]
    said: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """All of it, folded (`terms.fold`) and in plain words (`plain`)."""

    spoken: tuple[tuple[str, str], ...] = ()
    """Pairs of a spoken word and its plain one."""
    leave_out: tuple[str, ...] = ()
    synonyms: tuple[Synonym, ...] = ()
    aspects: tuple[Aspect, ...] = ()
    scenarios: tuple[Scenario, ...] = field(default=())

    def plain(self, text: str) -> str:
        """A folded text in plain words: at each place the longest spoken word gives way to its plain one."""
        return self._spoken.sub(lambda word: self._plain[word[0]], text) if self._spoken else text

    @cached_property
    def _plain(self) -> dict[str, str]:
        return dict(self.spoken)

    @cached_property
    def _spoken(self) -> re.Pattern[str] | None:
        return _longest_of(self._plain)

    def scenarios_of(self, code: str, name: str) -> str:
        """The sentences that lead to a matter, one a line: text for the index field "scenarios"."""
        said: list[str] = []
        names = _names_of(code, name)
        for scenario in self._scenarios_by_name(names):
            said.extend(sentence for sentence in scenario.said if sentence not in said)
        return "\n".join(said)

    def _scenarios_by_name(self, names: tuple[str, ...]) -> Iterable[Scenario]:
        met = {number for name in names for number in self._plain_scenarios.get(name, ())}
        met.update(n for pattern, n in self._scenario_patterns if any(fnmatchcase(name, pattern) for name in names))
        return [self.scenarios[number] for number in sorted(met)]

    @cached_property
    def _plain_scenarios(self) -> dict[str, list[int]]:
        plain: dict[str, list[int]] = {}
        for number, scenario in enumerate(self.scenarios):
            for matter in scenario.matters:
                if "*" not in matter:
                    plain.setdefault(matter, []).append(number)
        return plain

    @cached_property
    def _scenario_patterns(self) -> tuple[tuple[str, int], ...]:
        # Square brackets and question marks are plain characters in a name; only "*" stands for something else.
        return tuple(
            (matter.replace("[", "[[]").replace("?", "[?]"), number)
            for number, scenario in enumerate(self.scenarios)
            for matter in scenario.matters
            if "*" in matter
        )

    def aspects_named_in(self, title: str) -> tuple[Aspect, ...]:
        """The aspects in a folded title; remembered, because the same titles come up in every answer."""
        named = self._aspects_by_title.get(title)
        if named is None:
            if len(self._aspects_by_title) >= MAX_TITLES:
                self._aspects_by_title.clear()
            named = tuple(aspect for aspect in self.aspects if aspect.is_named_in(title))
            self._aspects_by_title[title] = named
        return named

    @cached_property
    def _aspects_by_title(self) -> dict[str, tuple[Aspect, ...]]:
        return {}

    @cached_property
    def longest_first(self) -> tuple[Synonym, ...]:
        return tuple(sorted(self.synonyms, key=lambda synonym: (-synonym.length, synonym.said)))

    def that_may_occur_in(self, *texts: str) -> list[Synonym]:
        """The synonyms whose first part begins somewhere in the texts, the longest first: a few of thousands."""
        numbers: set[int] = set()
        for text in texts:
            for place, character in enumerate(text):
                numbers.update(self._by_beginning.get(character, ()))
                numbers.update(self._by_beginning.get(text[place : place + 2], ()))
        return [self.longest_first[number] for number in sorted(numbers)]

    @cached_property
    def _by_beginning(self) -> dict[str, list[int]]:
        numbers: dict[str, list[int]] = {}
        for number, synonym in enumerate(self.longest_first):
            numbers.setdefault(synonym.said[0][:2], []).append(number)
        return numbers

    @cached_property
    def filler(self) -> re.Pattern[str] | None:
        """Matches the longest filler at a place; None when nothing is to be left out."""
        return _longest_of(self.leave_out)


EMPTY = Lexicon()


def _longest_of(words: Iterable[str]) -> re.Pattern[str] | None:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(bounded, longest_first))) if longest_first else None


@lru_cache(maxsize=256)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words)))


# What a district adds in brackets to a national name: 「…（县级）」, 「…（县级行使）」.
_BRACKETED_END = re.compile(r"\s*[(〔\[][^()〔〕\[\]]*[)〕\]]$")


def _names_of(code: str, name: str) -> tuple[str, ...]:
    folded = fold(name)
    return (fold(code), folded, _BRACKETED_END.sub("", folded))


def bounded(word: str) -> str:
    """A pattern for a folded word; at a Latin end it must be a whole word, so that "a" is not found in "cat"."""
    before = r"(?<![a-z0-9])" if word[0].isascii() and word[0].isalnum() else ""
    after = r"(?![a-z0-9])" if word[-1].isascii() and word[-1].isalnum() else ""
    return before + re.escape(word) + after


def occurs(word: str, text: str) -> bool:
    """Whether a folded word occurs in a folded text, a Latin one as a whole word."""
    if word not in text:
        return False
    return not word.isascii() or re.search(bounded(word), text) is not None

"""How two records are compared: for each meaning a ladder of levels, from the same to something else.

A level is a condition in SQL over the features of a left and a right record (`l`, `r`), in the common part of DuckDB's
and Spark's language, so that both engines answer alike. The first level that holds counts; 0 says that one of the two
says nothing. A pair's levels together are its pattern, one integer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from yiwang.library.linkage.meanings import Kind, Meaning

RADIX = 8
"""A comparison has at most six levels and "something else"; with nothing said that is eight, three bits."""


@dataclass(frozen=True, slots=True)
class BlockingKey:
    """What records must share to meet. `keeps`: how often two records of one subject are expected to share it."""

    name: str
    sql: str
    keeps: float


@dataclass(frozen=True)
class Comparison:
    """`column` prefixes its features. `told` names the level, if any, that people of one family reach without being the
    same; `rare` says that agreeing on a rare value says more than on a common one."""

    column: str
    meaning: Meaning
    features: tuple[str, ...]
    levels: tuple[tuple[str, str], ...]
    keys: tuple[BlockingKey, ...]
    told: str = ""
    rare: bool = False
    follows: str = ""
    """SQL: what the two say follows from another comparison that agrees, and is no evidence of its own"""

    @property
    def shared(self) -> bool:
        return self.meaning.shared

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Of every level, in the order of their numbers, from 1."""
        return (*(name for name, _ in self.levels), "other")

    @cached_property
    def bagged(self) -> tuple[str, ...]:
        """The features that are compared by their bags, too; these stand beside them, as `bag_of` names them."""
        return tuple(each for each in self.features if any(bag_of(each) in condition for _, condition in self.levels))

    def sql(self) -> str:
        """The level's number as an expression over `l` and `r`."""
        first = self.features[0]
        unsaid = f"l.{first} is null or r.{first} is null"
        if self.follows:
            unsaid += f" or ({self.follows})"
        cases = " ".join(f"when {condition} then {at}" for at, (_, condition) in enumerate(self.levels, 1))
        return f"case when {unsaid} then 0 {cases} else {len(self.levels) + 1} end"


def comparisons(meanings: Sequence[Meaning]) -> tuple[Comparison, ...]:
    """A comparison for each meaning, in their order; columns are named c0, c1, ..."""
    kinds = {meaning.kind: f"c{at}" for at, meaning in enumerate(meanings)}
    return tuple(_comparison(f"c{at}", meaning, kinds) for at, meaning in enumerate(meanings))


def pattern_sql(every: Sequence[Comparison]) -> str:
    return " + ".join(f"({each.sql()}) * {RADIX**at}" for at, each in enumerate(every)) or "0"


def levels_of(pattern: int, count: int) -> tuple[int, ...]:
    """A pattern taken apart again."""
    return tuple(pattern // RADIX**at % RADIX for at in range(count))


def _any(*conditions: str) -> str:
    return f"({' or '.join(f'({each})' for each in conditions)})"


def _at_least(name: str, shortest: int) -> str:
    return f"least(length(l.{name}), length(r.{name})) >= {shortest}"


def bag_of(feature: str) -> str:
    return f"{feature}_bag"


def _few(name: str, edits: int) -> str:
    """Their bags do not forbid that the two are so few edits apart. Much cheaper than to count them."""
    return f"bit_count(xor(l.{bag_of(name)}, r.{bag_of(name)})) <= {2 * edits}"


def _edited(name: str, most: int) -> str:
    """Of ASCII text: DuckDB counts bytes, Spark characters. What is cheaper is looked at first."""
    lengths = f"abs(length(l.{name}) - length(r.{name})) <= {most}"
    return f"({lengths} and {_few(name, most)} and levenshtein(l.{name}, r.{name}) <= {most})"


def _slip(column: str, shortest: int = 3, *, spelt: str = "spelt") -> str:
    """One letter wrong, missing or too many, or two that changed places."""
    text, letters = f"{column}_{spelt}", f"{column}_letters"
    return (
        f"least(length(l.{text}), length(r.{text})) >= {shortest} and ({_edited(text, 1)} or "
        f"(l.{letters} = r.{letters} and {_edited(text, 2)}))"
    )


def _near(column: str) -> str:
    """A third of the letters at most is different, or the one is the beginning of the other."""
    text = f"{column}_spelt"
    return (
        f"((abs(length(l.{text}) - length(r.{text})) * 3 <= greatest(length(l.{text}), length(r.{text})) "
        f"and levenshtein(l.{text}, r.{text}) * 3 <= greatest(length(l.{text}), length(r.{text}))) "
        f"or (least(length(l.{text}), length(r.{text})) >= 3 and "
        f"(starts_with(l.{text}, r.{text}) or starts_with(r.{text}, l.{text}))))"
    )


def _comparison(column: str, meaning: Meaning, kinds: Mapping[Kind, str]) -> Comparison:
    text, letters, same = f"{column}_text", f"{column}_letters", f"l.{column}_text = r.{column}_text"
    keeps = meaning.keeps
    whole = BlockingKey(text, text, keeps)
    told = meaning.element in ("person.birth_date", "person.sex") and Kind.RESIDENT_ID in kinds
    derived = (f"{column}_derived",) if told else ()
    spelt = (("same", same), ("slip", _slip(column)), ("near", _near(column)))
    match meaning.kind:
        case Kind.NAME:
            return _name(column, meaning)
        case Kind.GIVEN | Kind.FAMILY:
            return _part_of_name(column, meaning, kinds)
        case Kind.DATE:
            return _date(column, meaning, derived, _follows(column, kinds) if derived else "")
        case Kind.RESIDENT_ID | Kind.USCC | Kind.NUMBER:
            slip = ("slip", _slip(column, spelt="text"))
            levels: tuple[tuple[str, str], ...] = (("same", same), slip, ("near", _edited(text, 2)))
            if meaning.kind is not Kind.NUMBER:
                levels += (("both valid", f"l.{column}_valid and r.{column}_valid"),)
            features = (text, letters, f"{column}_valid")
            return Comparison(column, meaning, features, levels, (whole,))
        case Kind.PHONE:
            return Comparison(
                column, meaning, (text, letters), (("same", same), ("slip", _slip(column, 7, spelt="text"))), (whole,)
            )
        case Kind.SEX:
            return Comparison(
                column,
                meaning,
                (text, *derived),
                (("same", same),),
                (),
                follows=_follows(column, kinds) if derived else "",
            )
        case Kind.ADDRESS:
            return _address(column, meaning)
        case Kind.COMPANY:
            return _company(column, meaning)
        case _:
            return Comparison(
                column, meaning, (text, letters, f"{column}_spelt"), spelt, (whole,), rare=not meaning.shared
            )


def _name(column: str, meaning: Meaning) -> Comparison:
    def same(feature: str) -> str:
        return f"l.{column}_{feature} = r.{column}_{feature}"

    keeps, text = meaning.keeps, f"{column}_text"
    return Comparison(
        column,
        meaning,
        tuple(f"{column}_{each}" for each in ("text", "letters", "sound", "tones", "family", "given", "spelt", "wild")),
        (
            ("same", same("text")),
            ("same letters or sound", f"({same('letters')} or {same('tones')})"),
            ("same without tones", same("sound")),
            (
                "slip",
                _any(
                    f"{_few(text, 1)} and list_has_any(l.{column}_wild, r.{column}_wild)",
                    _slip(column),
                    f"length(l.{column}_given) >= 2 and {same('given')}",
                ),
            ),
            ("near in sound", f"{_at_least(f'{column}_sound', 6)} and {_edited(f'{column}_sound', 2)}"),
            ("same family", same("family")),
        ),
        (
            BlockingKey(text, text, keeps - 0.05),
            BlockingKey(f"{column}_sound", f"{column}_sound", keeps),
            BlockingKey(f"{column}_letters", f"{column}_letters", keeps - 0.02),
            BlockingKey(f"{column}_family", f"{column}_family", keeps + 0.1),
            BlockingKey(f"{column}_given", f"{column}_given", keeps),
        ),
        told="same family",
        rare=True,
    )


def _part_of_name(column: str, meaning: Meaning, kinds: Mapping[Kind, str]) -> Comparison:
    text = f"{column}_text"
    levels: tuple[tuple[str, str], ...] = (("same", f"l.{text} = r.{text}"),)
    keys = [
        BlockingKey(text, text, meaning.keeps),
        BlockingKey(f"{column}_sound", f"{column}_sound", meaning.keeps + 0.05),
    ]
    other = kinds.get(Kind.FAMILY if meaning.kind is Kind.GIVEN else Kind.GIVEN)
    if other:
        swapped = f"l.{text} = r.{other}_text or r.{text} = l.{other}_text"
        levels += (("swapped", f"({swapped})"),)
        if meaning.kind is Kind.GIVEN:
            both = f"least({text}, {other}_text) || ' ' || greatest({text}, {other}_text)"
            keys.append(BlockingKey(f"{column}_both", both, meaning.keeps**2))
    levels += (
        ("slip", _slip(column)),
        ("near", f"(l.{column}_sound = r.{column}_sound or {_near(column)})"),
    )
    features = (text, f"{column}_letters", f"{column}_sound", f"{column}_spelt")
    return Comparison(column, meaning, features, levels, tuple(keys), rare=meaning.kind is Kind.GIVEN)


def _follows(column: str, kinds: Mapping[Kind, str]) -> str:
    """A date of birth or a sex that only the resident number tells says nothing new where the numbers are the same."""
    number = f"{kinds[Kind.RESIDENT_ID]}_text"
    return f"(l.{column}_derived or r.{column}_derived) and l.{number} = r.{number}"


def _date(column: str, meaning: Meaning, derived: tuple[str, ...], follows: str) -> Comparison:
    text, letters = f"{column}_text", f"{column}_letters"

    def part(side: str, start: int, length: int) -> str:
        return f"substring({side}.{text}, {start}, {length})"

    year = f"{part('l', 1, 4)} = {part('r', 1, 4)}"
    turned = f"{year} and {part('l', 5, 2)} = {part('r', 7, 2)} and {part('l', 7, 2)} = {part('r', 5, 2)}"
    return Comparison(
        column,
        meaning,
        (text, letters, *derived),
        (
            ("same", f"l.{text} = r.{text}"),
            ("slip", f"({_edited(text, 1)} or ({turned}) or (l.{letters} = r.{letters} and {_edited(text, 2)}))"),
            (
                "same month or day of the year",
                f"({part('l', 1, 6)} = {part('r', 1, 6)} or {part('l', 5, 4)} = {part('r', 5, 4)})",
            ),
            ("near", _edited(text, 2)),
            ("same year", year),
        ),
        (
            BlockingKey(text, text, meaning.keeps),
            BlockingKey(f"{column}_year", f"substring({text}, 1, 4)", meaning.keeps + 0.07),
            BlockingKey(f"{column}_in_year", f"substring({text}, 5, 4)", meaning.keeps + 0.02),
        ),
        follows=follows,
    )


def _address(column: str, meaning: Meaning) -> Comparison:
    text, road, numbers, spelt = (f"{column}_{each}" for each in ("text", "road", "numbers", "spelt"))
    first = "split_part({side}.{numbers}, '-', 1)"
    house = f"{first.format(side='l', numbers=numbers)} = {first.format(side='r', numbers=numbers)}"
    return Comparison(
        column,
        meaning,
        (text, road, numbers, spelt),
        (
            ("same", f"l.{text} = r.{text}"),
            ("same door", f"l.{road} = r.{road} and l.{numbers} = r.{numbers}"),
            ("same numbers", f"length(l.{numbers}) >= 3 and l.{numbers} = r.{numbers} and {_edited(spelt, 2)}"),
            ("same house", f"l.{road} = r.{road} and {house}"),
            ("same road", f"l.{road} = r.{road}"),
        ),
        (
            BlockingKey(f"{column}_door", f"{road} || ' ' || {numbers}", meaning.keeps),
            BlockingKey(road, road, meaning.keeps + 0.1),
        ),
    )


def _company(column: str, meaning: Meaning) -> Comparison:
    text, own, sound, spelt = (f"{column}_{each}" for each in ("text", "own", "sound", "spelt"))
    return Comparison(
        column,
        meaning,
        (text, f"{column}_letters", own, sound, spelt),
        (
            ("same", f"l.{text} = r.{text}"),
            ("same own name", f"l.{own} = r.{own}"),
            ("same sound", f"l.{sound} = r.{sound}"),
            ("slip", f"({_slip(column)} or ({_at_least(own, 3)} and {_edited(sound, 1)}))"),
            ("near", f"(contains(l.{own}, r.{own}) or contains(r.{own}, l.{own}) or {_near(column)})"),
        ),
        (
            BlockingKey(own, own, meaning.keeps),
            BlockingKey(sound, sound, meaning.keeps + 0.05),
            BlockingKey(f"{column}_start", f"substring({own}, 1, 3)", meaning.keeps + 0.05),
        ),
        rare=True,
    )

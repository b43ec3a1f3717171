"""A question's shape: its text with the literals taken out, so that a decision made once serves every new literal.

One regular expression knows just enough of DuckDB's lexical grammar to be exact: quoted identifiers, text literals
with doubled quotes, plain numbers. Whatever it does not know for certain (comments, dollar quotes, prefixed literals,
digits with exponents or underscores) stays in the text as it stands or makes the whole question its own shape; that
costs time, never correctness.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PIECES = re.compile(
    r"""
    "(?:[^"]|"")*"                                              # a quoted identifier: stays
    | (?<![\w&\u0080-\U0010ffff])('(?:[^']|'')*')               # 1: a text literal
    | (?<![\w.$\#@:?"\u0080-\U0010ffff])(\d+(?:\.\d+)?)(?![\w.'"\u0080-\U0010ffff])    # 2: a plain number
    | (--|/\*|\$|\\|\x00|'|")                                   # 3: what is not known for certain
    """,
    re.VERBOSE,
)

MARK = "\ue000"
"""A private-use character that no question may contain: it marks the holes in a generated text."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal as it was written: `text` without quotes and with doubled quotes undone."""

    text: str
    quoted: bool

    def sql(self) -> str:
        """The literal again. Its lexical class is known, so this cannot be anything but a literal."""
        return "'" + self.text.replace("'", "''") + "'" if self.quoted else self.text


@dataclass(frozen=True, slots=True)
class Shape:
    """`pieces` are the texts around the literals: one more than there are literals."""

    pieces: tuple[str, ...]
    literals: tuple[Literal, ...]

    @property
    def key(self) -> tuple[object, ...]:
        return (self.pieces, tuple(literal.quoted for literal in self.literals))

    def with_literals(self, literals: list[str]) -> str:
        """The text with other literals (as SQL) in their places."""
        parts = [self.pieces[0]]
        for literal, piece in zip(literals, self.pieces[1:], strict=True):
            parts += (literal, piece)
        return "".join(parts)


def shape_of(sql: str) -> Shape:
    """The question's shape. Of a text with doubtful places: the whole text, without literals."""
    pieces: list[str] = []
    literals: list[Literal] = []
    start, after_text = 0, False
    for match in _PIECES.finditer(sql):
        which = match.lastindex
        if which is None:
            continue
        begin = match.start()
        # Two text literals with nothing but space between them are one.
        if which == 3 or (which == 1 and after_text and not sql[start:begin].strip()):
            return Shape((sql,), ())
        found = match.group(which)
        after_text = which == 1
        literals.append(Literal(found[1:-1].replace("''", "'"), True) if after_text else Literal(found, False))
        pieces.append(sql[start:begin])
        start = match.end()
    pieces.append(sql[start:])
    return Shape(tuple(pieces), tuple(literals))

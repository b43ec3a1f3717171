"""What an expression is made of: one frozen class per construct of FEEL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from yiwang.foundation.rules.values import Value

DEEPEST = 64


class TooDeep(Exception):
    """An expression nested more than DEEPEST levels; so every walk over a tree may recurse."""


@dataclass(frozen=True)
class Node:
    """A part of an expression. `depth` counts the levels below and including it."""

    depth: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        depth = 1 + max((child.depth for child in self.children()), default=0)
        if depth > DEEPEST:
            raise TooDeep
        object.__setattr__(self, "depth", depth)

    def children(self) -> Iterator[Node]:
        """The parts directly below, in the order in which they were written."""
        for part in vars(self).values():
            yield from _nodes(part)


def _nodes(part: object) -> Iterator[Node]:
    if isinstance(part, Node):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from _nodes(each)


@dataclass(frozen=True)
class Literal(Node):
    value: Value


@dataclass(frozen=True)
class Name(Node):
    """`premises.floor_area` is ("premises", "floor_area")."""

    parts: tuple[str, ...]

    @property
    def dotted(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True)
class Property(Node):
    """A property of something that is not a plain name: `date("2025-01-01").year`."""

    of: Node
    name: str


@dataclass(frozen=True)
class Negative(Node):
    item: Node


@dataclass(frozen=True)
class Arithmetic(Node):
    """A chain of operators of one precedence, worked from left to right: a - b + c."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Comparison(Node):
    left: Node
    operator: str
    right: Node


@dataclass(frozen=True)
class Between(Node):
    item: Node
    low: Node
    high: Node


@dataclass(frozen=True)
class UnaryTest(Node):
    """`< 5` on the right of an `in`."""

    operator: str
    bound: Node


@dataclass(frozen=True)
class Membership(Node):
    """`item in (tests)`."""

    item: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True)
class Interval(Node):
    """`[low..high]`, open at an end that is not included."""

    low: Node
    high: Node
    low_included: bool
    high_included: bool


@dataclass(frozen=True)
class And(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Or(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True)
class If(Node):
    """A chain of `if … then … else if … then … else …`."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node


@dataclass(frozen=True)
class Items(Node):
    """A list."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Call(Node):
    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Quantified(Node):
    """`some variable in items satisfies condition`, or `every …`."""

    every: bool
    variable: str
    items: Node
    condition: Node

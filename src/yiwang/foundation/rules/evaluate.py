"""Expressions as the rest of Yiwang holds them: read once, evaluated often."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy
from functools import lru_cache

from yiwang.foundation.rules import syntax, tree
from yiwang.foundation.rules.compile import Compiled
from yiwang.foundation.rules.values import Value


class Expression:
    """A FEEL expression, ready to be evaluated; equal to any other with the same text. Made by `parse`.

    `text` is what was written, `tree` its structure, `names` the dotted names it reads from the context.
    """

    __slots__ = ("_run", "names", "text", "tree")

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree: tree.Node = syntax.read(text)
        compiled = Compiled(self.tree)
        self.names: frozenset[str] = compiled.names
        self._run = compiled.run

    def evaluate(self, context: Mapping[str, object]) -> Value:
        """The value in a context of nested mappings, of dotted keys ("premises.floor_area"), or both.

        What the context does not say is null. `today()` reads the context's "today" (a date), `now()` its "now".
        Never raises for the values that `values.value_of` takes; TypeError for others.
        """
        value = self._run(context)
        # A list may be one that the expression keeps for the next evaluation.
        return deepcopy(value) if type(value) is list else value

    def uses(self, known: Collection[str]) -> frozenset[str]:
        """Those of the known names that the expression reads, by themselves or for a property such as `born.year`."""
        found = (_longest_prefix(name, known) for name in self.names)
        return frozenset(name for name in found if name is not None)

    def __eq__(self, other: object) -> bool:
        return self.text == other.text if isinstance(other, Expression) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"parse({self.text!r})"

    def __reduce__(self) -> tuple[type[Expression], tuple[str]]:
        return Expression, (self.text,)


@lru_cache(maxsize=4_096)
def parse(text: str) -> Expression:
    """Read an expression. Raises FeelSyntaxError with line and column."""
    return Expression(text)


def holds(expression: Expression, context: Mapping[str, object]) -> bool:
    """Whether the expression is exactly true: neither false nor null nor anything else."""
    return expression.evaluate(context) is True


def _longest_prefix(name: str, known: Collection[str]) -> str | None:
    parts = name.split(".")
    prefixes = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next((prefix for prefix in prefixes if prefix in known), None)

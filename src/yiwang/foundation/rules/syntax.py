"""From text to tree: the grammar of `feel.lark`, its tree, and errors that say what to write instead."""

from __future__ import annotations

import difflib
import re
from functools import cache
from typing import NoReturn

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args

from yiwang.foundation.rules import tree
from yiwang.foundation.rules.builtins import FUNCTIONS
from yiwang.foundation.rules.temporal import read_at_literal
from yiwang.foundation.rules.values import number_of

LONGEST_TEXT = 4_000


class FeelSyntaxError(ValueError):
    """An expression that cannot be read. `message` says what is wrong; `line` and `column` count from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        self.message = message
        self.line = line
        self.column = column
        super().__init__(f"line {line}, column {column}: {message}")


def read(text: str) -> tree.Node:
    """The tree of an expression. Raises FeelSyntaxError."""
    if len(text) > LONGEST_TEXT:
        raise FeelSyntaxError(f"an expression has at most {LONGEST_TEXT} characters, this one has {len(text)}", 1, 1)
    if found := re.search("[\ud800-\udfff]", text):
        _refuse("this character is damaged: type it again", text, found.start())
    try:
        result: object = _parser().parse(text)
    except tree.TooDeep:
        raise FeelSyntaxError(
            f"the expression is nested more than {tree.DEEPEST} levels deep: split it into several", 1, 1
        ) from None
    except UnexpectedInput as error:
        _explain(error, text)
    if not isinstance(result, tree.Node):
        raise TypeError(f"the grammar gave {type(result).__name__}")
    return result


@cache
def _parser() -> Lark:
    return Lark.open(
        "feel.lark",
        rel_to=__file__,
        parser="lalr",
        lexer="contextual",
        transformer=_Builder(),
        maybe_placeholders=False,
    )


@v_args(inline=True)
class _Builder(Transformer[Token, tree.Node]):
    """Called by the parser bottom up, rule by rule: no recursion, however long the text."""

    def start(self, expression: tree.Node) -> tree.Node:
        return expression

    # --- literals and names

    def number(self, token: Token) -> tree.Node:
        value = number_of(str(token))
        if value is None:
            _refuse_at(token, "this number is too large")
        return tree.Literal(value)

    def string(self, token: Token) -> tree.Node:
        return tree.Literal(_unquoted(token))

    def at_literal(self, token: Token) -> tree.Node:
        value = read_at_literal(_unquoted(token))
        if value is None:
            _refuse_at(token, 'this is no date, time or duration: write it like @"2025-03-12" or @"P20D"')
        return tree.Literal(value)

    def true(self) -> tree.Node:
        return tree.Literal(True)

    def false(self) -> tree.Node:
        return tree.Literal(False)

    def null(self) -> tree.Node:
        return tree.Literal(None)

    def name(self, token: Token) -> tree.Node:
        return tree.Name((str(token),))

    def path(self, of: tree.Node, token: Token) -> tree.Node:
        if not isinstance(of, tree.Name):
            return tree.Property(of, str(token))
        if len(of.parts) == tree.DEEPEST:
            raise tree.TooDeep
        return tree.Name((*of.parts, str(token)))

    def list(self, *items: tree.Node) -> tree.Node:
        return tree.Items(items)

    def empty_list(self, _token: Token) -> tree.Node:
        return tree.Items(())

    def range(self, left: Token, low: tree.Node, high: tree.Node, right: Token) -> tree.Node:
        return tree.Interval(low, high, low_included=left == "[", high_included=right == "]")

    def call(self, token: Token, *arguments: tree.Node) -> tree.Node:
        name = " ".join(token.split())
        function = FUNCTIONS.get(name)
        if function is None:
            near = difflib.get_close_matches(name, FUNCTIONS, 1)
            _refuse_at(token, f"there is no function {name}" + (f": did you mean {near[0]}?" if near else ""))
        if not function.accepts(len(arguments)):
            _refuse_at(token, f"{name}() does not take {len(arguments)} arguments: it takes {_how_many(name)}")
        return tree.Call(name, arguments)

    # --- operators

    def negative(self, _minus: Token, item: tree.Node) -> tree.Node:
        return tree.Negative(item)

    def sum(self, first: tree.Node, *rest: tree.Node | Token) -> tree.Node:
        return tree.Arithmetic(
            first,
            tuple(
                (str(operator), item)
                for operator, item in zip(rest[::2], rest[1::2], strict=True)
                if isinstance(item, tree.Node)
            ),
        )

    product = power = sum

    def comparison(self, left: tree.Node, operator: Token, right: tree.Node) -> tree.Node:
        return tree.Comparison(left, str(operator), right)

    def between(self, item: tree.Node, low: tree.Node, high: tree.Node) -> tree.Node:
        return tree.Between(item, low, high)

    def unary_test(self, operator: Token, bound: tree.Node) -> tree.Node:
        return tree.UnaryTest(str(operator), bound)

    def tests(self, *tests: tree.Node) -> tuple[tree.Node, ...]:
        return tests

    def membership(self, item: tree.Node, tests: tuple[tree.Node, ...]) -> tree.Node:
        return tree.Membership(item, tests)

    def conjunction(self, *items: tree.Node) -> tree.Node:
        return tree.And(items)

    def disjunction(self, *items: tree.Node) -> tree.Node:
        return tree.Or(items)

    # --- choices and quantifiers

    def conditional(self, condition: tree.Node, then: tree.Node, otherwise: tree.Node) -> tree.Node:
        if isinstance(otherwise, tree.If):
            return tree.If(((condition, then), *otherwise.branches), otherwise.otherwise)
        return tree.If(((condition, then),), otherwise)

    def iterator(self, variable: Token, items: tree.Node) -> tuple[str, tree.Node]:
        return str(variable), items

    def iterators(self, *iterators: tuple[str, tree.Node]) -> tuple[tuple[str, tree.Node], ...]:
        return iterators

    def quantified(
        self, quantifier: Token, iterators: tuple[tuple[str, tree.Node], ...], condition: tree.Node
    ) -> tree.Node:
        for variable, items in reversed(iterators):
            condition = tree.Quantified(quantifier == "every", variable, items, condition)
        return condition


def _how_many(name: str) -> str:
    function = FUNCTIONS[name]
    if function.many:
        return f"{function.needs} or more"
    most = len(function.takes)
    return str(most) if most == function.needs else f"{function.needs} to {most}"


_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "'": "'", "/": "/", "b": "\b", "f": "\f"}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)


def _unquoted(token: Token) -> str:
    def character(found: re.Match[str]) -> str:
        short, long, plain = found.groups()
        if plain is not None:
            # DMN leaves an unknown escape as it stands.
            return _ESCAPES.get(plain, f"\\{plain}")
        point = int(short or long, 16)
        if point > 0x10FFFF:
            _refuse_at(token, f"\\U{long} is no character")
        return chr(point)

    text = _ESCAPE.sub(character, token[1:-1])
    try:
        # Two halves of a surrogate pair are one character; a lone half is none.
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        _refuse_at(token, "this text holds half a character (a lone surrogate)")


# --- errors in plain words --------------------------------------------------------------------------------------------

_INSTEAD = {
    "==": "write = to compare",
    "<>": "write != for unequal",
    "&": "write and",
    "|": "write or",
    "!": "write not(…), or != for unequal",
    "'": 'write text between double quotes: "like this"',
    "“": 'write text between straight double quotes: "like this"',
    "”": 'write text between straight double quotes: "like this"',
    "‘": 'write text between straight double quotes: "like this"',
    "≥": "write >=",
    "≤": "write <=",
    "≠": "write !=",
    "＞": "write >, not the full-width ＞",
    "＜": "write <, not the full-width ＜",
    "＝": "write =, not the full-width ＝",
    "（": "write (, not the full-width （",
    "）": "write ), not the full-width ）",
    "，": "write a plain comma, not the full-width ，",
    "%": "there is no %: write a share as a number, such as 0.05",
    "{": "contexts cannot be written out here",
}
_STARTS_OPERAND = frozenset({"NAME", "NUMBER", "STRING"})


def _explain(error: UnexpectedInput, text: str) -> NoReturn:
    position: int | None = getattr(error, "pos_in_stream", None)
    ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    if not text.strip():
        raise FeelSyntaxError("the expression is empty", 1, 1) from None
    if ended or position is None:
        _refuse(f"the expression ends too early: {_wanted(error)} is missing", text, len(text.rstrip()))
    rest = text[position:]
    if rest[0] == "=" and text[position - 1 : position] == "=":
        _refuse(_INSTEAD["=="], text, position - 1)
    for wrong, instead in _INSTEAD.items():
        if rest.startswith(wrong):
            _refuse(instead, text, position)
    if rest[0] == '"':
        if isinstance(error, UnexpectedCharacters):
            _refuse("this text has no closing quote", text, position)
        _refuse("a text cannot stand here: an operator such as = or and is missing before it", text, position)
    found = re.match(r"\w+|\W", rest)
    word = found.group() if found else rest[0]
    _refuse(f"{word} is not understood here: {_wanted(error)} is expected", text, position)


_WANTED = {
    "THEN": "then",
    "ELSE": "else",
    "SATISFIES": "satisfies",
    "RSQB": "]",
    "RPAR": ")",
    "NAME": "a name",
    "STRING": "a text in double quotes",
}


def _wanted(error: UnexpectedInput) -> str:
    """What could stand where the error is."""
    wanted = error.accepts if isinstance(error, UnexpectedToken) and error.accepts else set()
    if wanted >= _STARTS_OPERAND:
        return "a value or a name"
    if wanted == {"IN"}:
        return "in"
    operator = "an operator such as = or and"
    for terminal, words in _WANTED.items():
        if terminal in wanted:
            return f"{words} or {operator}" if wanted & {"AND", "COMPARE", "IN", "OR", "PLUS"} else words
    return operator


def _refuse_at(token: Token, message: str) -> NoReturn:
    raise FeelSyntaxError(message, token.line or 1, token.column or 1)


def _refuse(message: str, text: str, position: int) -> NoReturn:
    before = text[:position]
    raise FeelSyntaxError(message, before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1) from None

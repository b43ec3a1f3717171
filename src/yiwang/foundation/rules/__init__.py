"""The one expression language (FEEL) for situations, plan conditions and machine decisions.

Pure: parse once, evaluate against a mapping of answers, never touch a database.

    condition = parse('premises.floor_area >= 300 and discharge.kind != "domestic"')
    condition.names                                  # {"premises.floor_area", "discharge.kind"}
    holds(condition, {"premises.floor_area": 420})   # False: the kind of discharge is not known

What is not known is null, and logic has three values: `and` is false if one side is, `or` true if one side is, else
null when either is null. `holds` is for decisions: only what is exactly true holds.

The part of DMN 1.5's FEEL spoken here: numbers (decimal128), text, booleans, null, dates, times, durations, lists,
ranges; `= != < <= > >=`, `between`, `in` with ranges, lists and unary tests; `and`, `or`, `not()`; `+ - * / **`;
`if … then … else`; `some`/`every … in … satisfies`; dotted names; properties of dates and durations; the functions in
`builtins`. Everything is bounded: 4,000 characters, 64 levels, lists of 10,000.
"""

from yiwang.foundation.rules.check import check
from yiwang.foundation.rules.evaluate import Expression, holds, parse
from yiwang.foundation.rules.syntax import FeelSyntaxError
from yiwang.foundation.rules.values import Months, Range, Value

__all__ = ["Expression", "FeelSyntaxError", "Months", "Range", "Value", "check", "holds", "parse"]

"""What a predicate means, in plain Python: true, false or None on one row."""

from collections.abc import Mapping

from yiwang.library.gateways.fragment import AllOf, AnyOf, Compare, IsNull, Not, OneOf, Predicate, StartsWith


def truth(predicate: Predicate, row: Mapping[str, object]) -> bool | None:
    match predicate:
        case Compare(field, operator, value):
            if row[field] is None:
                return None
            here: object = row[field]
            return {
                "=": lambda: here == value,
                "!=": lambda: here != value,
                "<": lambda: here < value,
                "<=": lambda: here <= value,
                ">": lambda: here > value,
                ">=": lambda: here >= value,
            }[operator]()  # type: ignore[operator]
        case OneOf(field, values):
            return None if row[field] is None else row[field] in values
        case StartsWith(field, text):
            return None if row[field] is None else str(row[field]).startswith(text)
        case IsNull(field):
            return row[field] is None
        case Not(item):
            found = truth(item, row)
            return None if found is None else not found
        case AllOf(items):
            each = [truth(item, row) for item in items]
            return False if False in each else None if None in each else True
        case AnyOf(items):
            each = [truth(item, row) for item in items]
            return True if True in each else None if None in each else False
    raise TypeError(type(predicate).__name__)

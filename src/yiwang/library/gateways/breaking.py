"""What a new version of a contract breaks for those who read the old one. Such a change needs a new major version.

A new field, a further proof, other words, a lower level break nobody. That a choice is added does: who reads codes that
did not exist may take a new one for none of them; so does a field that is no longer always there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from yiwang.library.gateways.contract import Field, Level, Privacy, Product, Sharing, Statistics

_WIDTH = (Sharing.WITHHELD, Sharing.CONDITIONAL, Sharing.UNCONDITIONAL)
_LEVELS = tuple(Level)
_FOREVER = timedelta.max


def breaking(old: Product, new: Product) -> tuple[str, ...]:
    """A sentence for each change that breaks readers; empty where the new version may keep its major."""
    return tuple(_changes(old, new))


def forbidden(old: Product, new: Product) -> tuple[str, ...]:
    """The same, where the new version does not say by its major that it breaks; also where it goes backwards."""
    if new.major > old.major:
        return ()
    if (new.major, new.minor) < (old.major, old.minor):
        return (f"version {new.version} is older than {old.version}",)
    return breaking(old, new)


def _changes(old: Product, new: Product) -> Iterator[str]:
    if old.code != new.code:
        yield f"{old.code} is now called {new.code}"
    for field in old.fields:
        later = new.by_name.get(field.name)
        yield from [f"field {field.name} is gone"] if later is None else _field_changes(field, later)
    yield from _row_changes(old, new)
    yield from _sharing_changes(old, new)
    if old.statistics is not None:
        yield from _statistics_changes(old.statistics, new.statistics)
    for material, condition in old.proves.items():
        if material not in new.proves:
            yield f"it no longer proves {material}"
        elif new.proves[material] != condition:
            yield f"it proves {material} under another condition"


def _row_changes(old: Product, new: Product) -> Iterator[str]:
    if old.key != new.key:
        yield f"a row is no longer known by {', '.join(old.key)}"
    if (old.subject, old.subject_field) != (new.subject, new.subject_field):
        yield "a row is about somebody else"
    if old.represents is not None and old.represents != new.represents:
        yield "it no longer says in the same field for which enterprise a person stands"
    if old.cursor is not None and old.cursor != new.cursor:
        yield f"changes can no longer be followed by {old.cursor}"
    if (new.fresh_within or _FOREVER) > (old.fresh_within or _FOREVER):
        yield "data may be older than was promised"


def _sharing_changes(old: Product, new: Product) -> Iterator[str]:
    if _WIDTH.index(new.sharing) < _WIDTH.index(old.sharing):
        yield f"it was shared as {old.sharing}, now {new.sharing}"
    if old.open and not new.open:
        yield "it is no longer open"
    if new.consent and not old.consent:
        yield "persons must now agree first"
    if _LEVELS.index(new.level) > _LEVELS.index(old.level):
        yield f"its level rises from {old.level} to {new.level}"


def _statistics_changes(old: Statistics, new: Statistics | None) -> Iterator[str]:
    if new is None:
        yield "it no longer promises figures"
    elif (old.privacy is None) != (new.privacy is None):
        yield "figures now have noise" if new.privacy is not None else "figures no longer have noise"
    elif old.privacy is not None and new.privacy is not None:
        yield from _privacy_changes(old.privacy, new.privacy)
    elif new.people > old.people:
        yield f"groups of fewer than {new.people} persons are withheld, before of fewer than {old.people}"


def _privacy_changes(old: Privacy, new: Privacy) -> Iterator[str]:
    if new.epsilon < old.epsilon:
        yield "figures have more noise"
    if new.budget / new.epsilon < old.budget / old.epsilon or (old.renewed and not new.renewed):
        yield "the budget pays for fewer questions"
    if new.rows_each != old.rows_each:
        yield "a person counts with another number of rows"
    for name in old.bounds:
        if name not in new.bounds:
            yield f"field {name} is no longer added up"
        elif new.bounds[name] != old.bounds[name]:
            yield f"field {name} is added up within other bounds"


def _field_changes(old: Field, new: Field) -> Iterator[str]:
    if old.kind != new.kind:
        yield f"field {old.name} was of kind {old.kind}, now {new.kind}"
    if old.element != new.element:
        yield f"field {old.name} means another element"
    before, after = {each.code for each in old.choices}, {each.code for each in new.choices}
    if gone := sorted(before - after):
        yield f"field {old.name} has no choice {', '.join(gone)} any more"
    if before and (added := sorted(after - before)):
        yield f"field {old.name} has new choices: {', '.join(added)}"
    if old.required and not new.required:
        yield f"field {old.name} may now be empty"
    if _LEVELS.index(new.level) > _LEVELS.index(old.level):
        yield f"the level of field {old.name} rises from {old.level} to {new.level}"
    if new.personal and not old.personal:
        yield f"field {old.name} now counts as personal"
    if old.authoritative and not new.authoritative:
        yield f"field {old.name} is no longer the one source of {old.element}"

"""What a grant lets a fragment read: pure decisions, made before a source is touched.

The consumer's view of a product is `mask(select the granted fields where the row rule holds)`, and everything a
consumer writes speaks of that view. So a condition on a field that is shown as it is may go to the source; a condition
on a masked field is worked out on masked values, here. A field that is not granted is answered like one that does not
exist. What is not plainly allowed is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from yiwang.library.gateways.access import Asker, Consent
from yiwang.library.gateways.contract import Product, Sharing, Subject
from yiwang.library.gateways.filtering import all_fit
from yiwang.library.gateways.fragment import (
    DEEPEST,
    MOST_KEYS,
    AllOf,
    AnyOf,
    Compare,
    Fragment,
    IsNull,
    Keys,
    Not,
    OneOf,
    Order,
    Predicate,
    StartsWith,
    Value,
)
from yiwang.library.gateways.gateway import NotGranted
from yiwang.library.gateways.grant import CLEAR, Grant, Mask, MaskKind
from yiwang.library.gateways.masks import check_mask
from yiwang.library.gateways.rows import check_rows, predicate_of
from yiwang.library.gateways.statistic import Statistic, fields_of, tells_apart
from yiwang.library.gateways.statistic import check as check_statistic
from yiwang.library.gateways.types import arrow_type

MOST_SCANNED = 5_000_000
"""Rows that a gateway reads to work out conditions on masked values; beyond them it gives up."""
MOST_LISTED = 10_000
"""Subjects that the log lists where a whole product was read."""
MOST_CONDITIONS = 100_000
"""Parts and values of one predicate."""


@dataclass(frozen=True, slots=True)
class Permission:
    """A grant made ready against the contract it speaks of, for one day: `rows` is the row rule with that `today()`."""

    grant: Grant
    product: Product
    rows: Predicate | None
    clear: frozenset[str]
    """granted fields that are shown as they are"""


@dataclass(frozen=True, slots=True)
class Allowed:
    """How one fragment is read under one permission.

    `read`, `where`, `keys`, `after`, `order`, `limit` go to the source. `rows` is checked again on what it answers.
    Then masks, then `masked_where` and `masked_keys`; where these or a masked field in the order are there, order and
    limit wait until after them (`ordered_here`). `give` are the fields handed out.
    """

    permission: Permission
    read: tuple[str, ...]
    where: Predicate | None
    keys: Keys | None
    after: Value
    order: tuple[Order, ...]
    limit: int
    rows: Predicate | None
    masked_where: Predicate | None
    masked_keys: Keys | None
    ordered_here: bool
    wanted_order: tuple[Order, ...]
    wanted_limit: int | None
    masks: Mapping[str, Mask]
    give: tuple[str, ...]
    unconditional: bool
    """the fragment leaves no row out that the grant lets through"""

    @property
    def looked_at(self) -> tuple[str, ...]:
        """Fields that what is told depends on."""
        return tuple(self.masks)

    @property
    def asked_for(self) -> tuple[str, ...]:
        """Whom the fragment names by their identifiers, whether there are rows of theirs or not."""
        return named_in(self.permission.product, self.keys, self.where)

    def whole(self, rows: int) -> bool:
        """So many rows came of everything there is that the log says "everyone" instead of naming each."""
        return self.unconditional and rows > MOST_LISTED


def named_in(product: Product, keys: Keys | None, where: Predicate | None) -> tuple[str, ...]:
    """Those whom a question about a product names by their identifiers, MOST_LISTED at most."""
    field = product.subject_field
    if product.subject is Subject.NONE or field is None:
        return ()
    named = [*(keys.values if keys is not None and keys.field == field else ()), *_wanted(where, field)]
    return tuple(str(each) for each in dict.fromkeys(named))[:MOST_LISTED]


def _wanted(where: Predicate | None, field: str) -> Iterator[Value]:
    """The values that a condition wants the field to have."""
    match where:
        case Compare(name, "=", value) if name == field and value is not None:
            yield value
        case OneOf(name, values) if name == field:
            yield from values
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _wanted(part, field)


def check_grant(product: Product, grant: Grant) -> list[str]:
    """What is wrong with a grant before it is signed, a sentence each; an empty list when nothing is."""
    found = []
    if grant.product != product.reference:
        return [f"the grant is for {grant.product}, the contract is {product.reference}"]
    if product.sharing is Sharing.WITHHELD:
        found.append(f"{product.reference} is not shared (不予共享)")
    if not grant.fields:
        found.append("a grant names the fields it gives")
    for name, mask in grant.fields.items():
        field = product.by_name.get(name)
        if field is None:
            found.append(f"{name} is not a field of {product.reference}")
        elif problem := check_mask(field, mask):
            found.append(problem)
    if grant.rows is not None:
        found.extend(check_rows(product, grant.rows))
    if grant.statistics_only and not tells_apart(product, grant.fields):
        found.append(f"statistics need the field {product.subject_field}, hashed is enough")
    if grant.most_rows < 1 or grant.per_minute < 1:
        found.append("most_rows and per_minute are 1 or more")
    return found


def prepare(product: Product, grant: Grant, today: date) -> Permission:
    """Raises NotGranted where the grant does not fit the contract: a gateway checks what the centre has signed."""
    if grant.product != product.reference:
        raise NotGranted("no_grant", product.reference)
    if product.sharing is Sharing.WITHHELD:
        raise NotGranted("withheld", product.reference)
    # A field that a later minor version took away does not exist any more; the others are still granted.
    known = {name: mask for name, mask in grant.fields.items() if name in product.by_name}
    if any(check_mask(product.by_name[name], mask) for name, mask in known.items()):
        raise NotGranted("no_grant", product.reference)
    rows = None
    if grant.rows is not None:
        if check_rows(product, grant.rows):
            raise NotGranted("no_grant", product.reference)
        rows = predicate_of(product, grant.rows, today)
    clear = frozenset(name for name, mask in known.items() if mask.kind is MaskKind.NONE)
    return Permission(replace(grant, fields=known), product, rows, clear)


def decide(
    permission: Permission, fragment: Fragment, asker: Asker, consents: Iterable[Consent], at: datetime
) -> Allowed:
    """How the fragment is read, for its rows. Raises NotGranted."""
    _may_ask(permission, fragment.product, asker, at)
    if permission.grant.statistics_only:
        raise NotGranted("statistics_only", permission.product.reference)
    if permission.product.consent:
        _has_agreed(permission, fragment, asker, consents, at)
    return _allowed(permission, fragment)


def decide_statistic(permission: Permission, statistic: Statistic, asker: Asker, at: datetime) -> Allowed:
    """How rows are read of which only figures are told: without the cap on rows that are handed out. Raises NotGranted.

    Where persons must agree before a row of theirs is released, figures need a contract that provides for them.
    """
    product, grant = permission.product, permission.grant
    _may_ask(permission, statistic.product, asker, at)
    if product.consent and product.statistics is None:
        raise NotGranted("consent", product.reference)
    check_statistic(statistic, product, grant)
    everything = replace(permission, grant=replace(grant, most_rows=MOST_SCANNED))
    return _allowed(everything, Fragment(product.reference, fields_of(statistic, product, grant), statistic.where))


def _may_ask(permission: Permission, asked: str, asker: Asker, at: datetime) -> None:
    grant, reference = permission.grant, permission.product.reference
    if asked != grant.product:
        raise NotGranted("no_grant", asked)
    if asker.department != grant.department or not _same_post(grant.post, asker.post):
        raise NotGranted("no_grant", reference)
    if at >= grant.expires:
        raise NotGranted("expired", reference)
    if asker.purpose != grant.purpose:
        raise NotGranted("wrong_purpose", reference)
    if grant.needs_case and not asker.case:
        raise NotGranted("case_needed", reference)


def _same_post(granted: str, post: str) -> bool:
    if granted.endswith("/*"):
        return post.startswith(granted[:-1])
    return post == granted


def _has_agreed(
    permission: Permission, fragment: Fragment, asker: Asker, consents: Iterable[Consent], at: datetime
) -> None:
    """Where the contract demands consent, one subject at a time is read, and that one has agreed."""
    product = permission.product
    subject = asker.subject
    keys = fragment.keys
    alone = (
        keys is not None
        and keys.field == product.subject_field
        and [str(value).upper() for value in keys.values] == [subject.upper()]
    )
    agreed = any(
        each.subject.upper() == subject.upper()
        and each.product == product.reference
        and each.purpose == asker.purpose
        and each.given_at <= at < each.until
        for each in consents
    )
    if not subject or not alone or not agreed:
        raise NotGranted("consent", product.reference)


def _allowed(permission: Permission, fragment: Fragment) -> Allowed:
    grant, product = permission.grant, permission.product
    _bounded(fragment)
    for name in _named(fragment):
        if name not in grant.fields:
            raise NotGranted("field", name)
    if fragment.after is not None and (product.cursor is None or product.cursor not in permission.clear):
        raise NotGranted("field", product.cursor or "")
    _of_the_right_kind(permission, fragment)
    pushed, masked = _split(fragment.where, permission.clear)
    keys, masked_keys = fragment.keys, None
    if keys is not None and keys.field not in permission.clear:
        keys, masked_keys = None, keys
    ordered_here = (
        masked is not None
        or masked_keys is not None
        or any(each.field not in permission.clear for each in fragment.order)
    )
    # One row more than may be given out shows that there are too many.
    most = grant.most_rows + 1
    wanted = most if fragment.limit is None else min(fragment.limit, most)
    row_fields = set(permission.rows.fields()) if permission.rows is not None else set()
    needed = {*_named(fragment), *row_fields}
    if product.subject is not Subject.NONE and product.subject_field:
        needed.add(product.subject_field)
    return Allowed(
        permission=permission,
        read=tuple(each.name for each in product.fields if each.name in needed),
        where=_both(permission.rows, pushed),
        keys=keys,
        after=fragment.after,
        order=() if ordered_here else fragment.order,
        limit=MOST_SCANNED + 1 if ordered_here else wanted,
        rows=permission.rows,
        masked_where=masked,
        masked_keys=masked_keys,
        ordered_here=ordered_here,
        wanted_order=fragment.order,
        wanted_limit=fragment.limit,
        masks={name: grant.fields.get(name, CLEAR) for name in _named(fragment)},
        give=fragment.fields,
        unconditional=all(each is None for each in (fragment.where, fragment.keys, fragment.after, fragment.limit)),
    )


def _named(fragment: Fragment) -> dict[str, None]:
    """Every field that the fragment looks at, each once."""
    names = dict.fromkeys(fragment.fields)
    if fragment.where is not None:
        names.update(dict.fromkeys(fragment.where.fields()))
    if fragment.keys is not None:
        names[fragment.keys.field] = None
    names.update(dict.fromkeys(each.field for each in fragment.order))
    return names


def _split(where: Predicate | None, clear: frozenset[str]) -> tuple[Predicate | None, Predicate | None]:
    """The conditions that may go to the source, and those that speak of masked values. Both must hold."""
    if where is None:
        return None, None
    pushed: list[Predicate] = []
    masked: list[Predicate] = []
    for each in where.items if isinstance(where, AllOf) else (where,):
        (pushed if clear.issuperset(each.fields()) else masked).append(each)
    return _all(pushed), _all(masked)


def _all(items: list[Predicate]) -> Predicate | None:
    if not items:
        return None
    return items[0] if len(items) == 1 else AllOf(tuple(items))


def _both(one: Predicate | None, other: Predicate | None) -> Predicate | None:
    return _all([each for each in (one, other) if each is not None])


def _bounded(fragment: Fragment) -> None:
    """Raises NotGranted for a fragment that is larger than any reader makes, or malformed."""
    names = fragment.fields
    too_many = fragment.keys is not None and len(fragment.keys.values) > MOST_KEYS
    if not names or len(set(names)) != len(names) or too_many or len(fragment.order) > len(names) + DEEPEST:
        raise NotGranted("malformed", fragment.product)
    if fragment.limit is not None and fragment.limit < 0:
        raise NotGranted("malformed", fragment.product)
    if fragment.keys is not None and None in fragment.keys.values:
        raise NotGranted("malformed", fragment.product)
    if fragment.where is not None:
        count = 0
        for size in _sizes(fragment.where, 1, fragment.product):
            count += size
            if count > MOST_CONDITIONS:
                raise NotGranted("malformed", fragment.product)


def _of_the_right_kind(permission: Permission, fragment: Fragment) -> None:
    """Values are of their field's kind, as it is after masking: no source is left to convert them its own way."""
    fields, masks = permission.product.by_name, permission.grant.fields
    pairs = list(_values(fragment.where)) if fragment.where is not None else []
    if fragment.keys is not None:
        pairs.append((fragment.keys.field, fragment.keys.values))
    if fragment.after is not None and permission.product.cursor is not None:
        pairs.append((permission.product.cursor, (fragment.after,)))
    for name, values in pairs:
        kind = arrow_type(fields[name], masks[name])
        if not all_fit(values, kind):
            raise NotGranted("malformed" if name in permission.clear else "masked", name)


def _values(where: Predicate) -> Iterator[tuple[str, tuple[Value, ...]]]:
    match where:
        case Compare(field, _, value):
            yield field, (value,)
        case OneOf(field, values):
            yield field, values
        case StartsWith(field, text):
            yield field, (text,)
        case Not(item):
            yield from _values(item)
        case AllOf(items) | AnyOf(items):
            for item in items:
                yield from _values(item)


def _sizes(where: Predicate, depth: int, product: str) -> Iterator[int]:
    if depth > DEEPEST:
        raise NotGranted("malformed", product)
    match where:
        case Compare(_, operator, value):
            if operator not in ("=", "!=", "<", "<=", ">", ">=") or value is None:
                raise NotGranted("malformed", product)
            yield 1
        case OneOf(_, values):
            if None in values:
                raise NotGranted("malformed", product)
            yield 1 + len(values)
        case StartsWith() | IsNull():
            yield 1
        case Not(item):
            yield 1
            yield from _sizes(item, depth + 1, product)
        case AllOf(items) | AnyOf(items):
            yield 1
            for item in items:
                yield from _sizes(item, depth + 1, product)
        case _:
            raise NotGranted("malformed", product)

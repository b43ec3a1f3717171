"""A department's gateway in this process: grants, masks, caps and the log before every row that leaves.

    verify the grant → decide → rate → read the source → check the row rule again → mask → log, durably → release

Of a statistic only figures are released: between masks and log they are worked out and paid for (`telling`).

A grant that was verified and made ready once costs a look-up afterwards. Whatever goes wrong on the way, nothing is
released; what went wrong in a source is said to the owner's own log file, not to who asked. What is refused of somebody
who is named is written down, too (`attempts`).
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import Protocol, TypeVar

import pyarrow as pa

from yiwang.foundation.kernel.time import city_date, now
from yiwang.library.gateways import filtering, masks, policy, signing, telling
from yiwang.library.gateways.access import AccessRecord, Asker, Consent, Receipt, SignedConsent, TreeHead
from yiwang.library.gateways.attempts import Attempt, Attempts
from yiwang.library.gateways.budget import Budgets
from yiwang.library.gateways.contract import Product, Subject
from yiwang.library.gateways.filtering import WrongKind
from yiwang.library.gateways.fragment import Fragment, Keys, Order, Predicate, Value
from yiwang.library.gateways.gateway import Cancelled, NotGranted, Offline, Quality, Reading
from yiwang.library.gateways.grant import MaskKind, SignedGrant
from yiwang.library.gateways.log import AccessLog, Entry
from yiwang.library.gateways.log_file import LogDamaged
from yiwang.library.gateways.policy import Allowed, Permission
from yiwang.library.gateways.rates import Rates
from yiwang.library.gateways.signing import BadSignature, SigningKey, Trust
from yiwang.library.gateways.statistic import Figures, Statistic
from yiwang.library.gateways.stopping import Stop, within
from yiwang.library.gateways.types import plain_schema, schema_of

log = logging.getLogger(__name__)

REMEMBERED = 4_096
"""grants and consents that are kept ready"""
BATCH = 65_536
"""rows of one batch that is handed out"""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Rows(Protocol):
    """A department's rows, wherever they lie. Any thread may ask."""

    def scan(
        self,
        product: Product,
        fields: tuple[str, ...],
        where: Predicate | None,
        keys: Keys | None,
        after: Value,
        order: tuple[Order, ...],
        limit: int,
        stop: Stop,
    ) -> Iterator[pa.RecordBatch]:
        """At most `limit` rows with these fields, in Arrow's types for them. Raises Offline, Cancelled."""

    def as_of(self, product: Product) -> datetime | None:
        """When the rows last changed, as far as the source tells."""

    def quality(self, product: Product) -> Quality:
        """Raises Offline."""


class LocalGateway:
    """Implements `gateway.Gateway` over a department's own rows, with its keys and its log in `folder`."""

    def __init__(
        self,
        department: str,
        products: Sequence[Product],
        rows: Rows,
        *,
        folder: Path,
        trust: Trust,
        mask_secret: bytes,
    ) -> None:
        """`trust`: whose grants are believed. Raises LogDamaged, BadKey, OSError."""
        self.department = department
        self.key = SigningKey.kept_in(folder / "key")
        self._products = {each.reference: each for each in products}
        self._rows = rows
        self._trust = trust
        self._mask_secret = mask_secret
        self._log = AccessLog(folder / "log", department, self.key)
        self._rates = Rates(folder / "rates")
        self._attempts = Attempts(self._log, folder / "attempt-rates")
        self._budgets = Budgets(folder / "budgets")
        self._permissions: _Remembered[SignedGrant, tuple[date, Permission]] = _Remembered()
        self._consents: _Remembered[SignedConsent, Consent] = _Remembered()

    def close(self) -> None:
        self._attempts.close()
        self._log.close()
        self._rates.close()

    def products(self) -> Sequence[Product]:
        return tuple(self._products.values())

    # --- reading

    def read(
        self,
        fragment: Fragment,
        grant: SignedGrant,
        asker: Asker,
        *,
        seconds: float = 30.0,
        stop: Stop | None = None,
    ) -> Reading:
        at = now()
        with self._attempts.watching(
            lambda: self._attempt(fragment.product, fragment.fields, fragment.keys, fragment.where, asker)
        ):
            permission = self._permission(grant, at)
            allowed = policy.decide(permission, fragment, asker, self._agreed(permission, asker), at)
        self._not_too_often(permission)
        table, subjects = self._answer(allowed, within(seconds, stop))
        rows = table.num_rows
        everyone = str(permission.product.subject) if allowed.whole(rows) else ""
        record = self._write_down(Entry(asker, *_of(permission), allowed.give, rows, subjects, everyone))
        batches = table.to_batches(max_chunksize=BATCH)
        return Reading(table.schema, iter(batches), record, self._as_of(permission.product))

    def figures(
        self,
        statistic: Statistic,
        grant: SignedGrant,
        asker: Asker,
        *,
        seconds: float = 30.0,
        stop: Stop | None = None,
    ) -> Figures:
        at, until = now(), within(seconds, stop)
        with self._attempts.watching(
            lambda: self._attempt(statistic.product, statistic.by, None, statistic.where, asker)
        ):
            permission = self._permission(grant, at)
            allowed = policy.decide_statistic(permission, statistic, asker, at)
        product = permission.product
        self._not_too_often(permission)
        try:
            told = telling.tell(
                statistic,
                product,
                permission.grant,
                lambda: self._seen(allowed, until)[1].select(allowed.give),
                self._budgets,
                at,
                until,
            )
        except OSError as error:
            log.exception("The privacy budget of %s cannot be written: nothing is told", self.department)
            raise Offline(self.department, product.reference, "its privacy budget cannot be written") from error
        # How many rows were looked at, and whose, would be an exact figure: it was about everyone (ADR 0101).
        entry = Entry(asker, *_of(permission), allowed.looked_at, 0, (), str(product.subject), statistics=True)
        return replace(told, record=self._write_down(entry))

    def _attempt(
        self, product: str, fields: Sequence[str], keys: Keys | None, where: Predicate | None, asker: Asker
    ) -> Attempt | None:
        """None where nobody is named, or nothing is asked that is kept here."""
        found = self._products.get(product)
        named = policy.named_in(found, keys, where) if found is not None else ()
        return Attempt(asker, found, fields, named) if found is not None and named else None

    def _not_too_often(self, permission: Permission) -> None:
        if not self._rates.take(permission.grant.id, permission.grant.per_minute):
            raise NotGranted("rate", permission.product.reference)

    def _permission(self, signed: SignedGrant, at: datetime) -> Permission:
        today = city_date(at)
        try:
            self._trust.require(signed.key_id)
            found = self._permissions.get(signed)
            if found is not None and found[0] == today:
                return found[1]
            grant = signing.verified(signed, self._trust)
        except BadSignature as error:
            log.warning("A grant was not believed: %s", error)
            raise NotGranted("signature") from None
        product = self._products.get(grant.product)
        if product is None:
            raise NotGranted("no_grant", grant.product)
        permission = policy.prepare(product, grant, today)
        self._permissions.keep(signed, (today, permission))
        return permission

    def _agreed(self, permission: Permission, asker: Asker) -> list[Consent]:
        if not permission.product.consent:
            return []
        agreed = []
        for signed in asker.consents[:16]:
            try:
                self._trust.require(signed.key_id)
                consent = self._consents.get(signed)
                if consent is None:
                    consent = signing.verified_consent(signed, self._trust)
                    self._consents.keep(signed, consent)
            except BadSignature:
                raise NotGranted("signature", permission.product.reference) from None
            agreed.append(consent)
        return agreed

    def _answer(self, allowed: Allowed, stop: Stop) -> tuple[pa.Table, list[bytes]]:
        """What may be handed out, and the digests of those it is about."""
        product = allowed.permission.product
        table, seen = self._seen(allowed, stop)
        subjects: list[bytes] = []
        if product.subject is not Subject.NONE and product.subject_field and not allowed.whole(seen.num_rows):
            identifiers = table.column(product.subject_field)
            if allowed.ordered_here:
                identifiers = identifiers.take(seen.column(_PLACE))
            found = [each for each in identifiers.unique().to_pylist() if each is not None]
            # Whoever was asked for by number has been looked for, also where nothing was found.
            subjects = self._log.digests(dict.fromkeys([*found, *allowed.asked_for]))
        return seen.select(allowed.give), subjects

    def _seen(self, allowed: Allowed, stop: Stop) -> tuple[pa.Table, pa.Table]:
        """The source's rows, and what the consumer sees of those that remain."""
        product, grant = allowed.permission.product, allowed.permission.grant
        table = filtering.kept(self._scan(allowed, stop), allowed.rows)
        if table.num_rows > policy.MOST_SCANNED:
            raise NotGranted("rows", product.reference)
        try:
            seen = self._masked(allowed, table)
            if allowed.ordered_here:
                # Rows of the source and what is seen of them stay side by side.
                seen = seen.append_column(_PLACE, pa.array(range(table.num_rows), pa.int64()))
                seen = filtering.kept(filtering.with_keys(seen, allowed.masked_keys), allowed.masked_where)
                seen = filtering.in_order(seen, allowed.wanted_order, allowed.wanted_limit)
        except WrongKind as wrong:
            raise NotGranted("masked", str(wrong)) from None
        stop.check()
        if seen.num_rows > grant.most_rows:
            raise NotGranted("rows", product.reference)
        return table, seen

    def _scan(self, allowed: Allowed, stop: Stop) -> pa.Table:
        product = allowed.permission.product
        schema = plain_schema(product, allowed.read)
        batches = []
        count = 0
        try:
            for batch in self._rows.scan(
                product,
                allowed.read,
                allowed.where,
                allowed.keys,
                allowed.after,
                allowed.order,
                allowed.limit,
                stop,
            ):
                stop.check()
                batches.append(batch)
                count += batch.num_rows
                if count > allowed.limit:
                    raise NotGranted("rows", product.reference)
            return pa.Table.from_batches(batches, schema=schema)
        except (NotGranted, Offline, Cancelled):
            raise
        except Exception:
            log.exception("The source of %s failed", product.reference)
            raise Offline(self.department, product.reference, "its source failed") from None

    def _masked(self, allowed: Allowed, table: pa.Table) -> pa.Table:
        product, grant = allowed.permission.product, allowed.permission.grant
        columns = []
        for name, mask in allowed.masks.items():
            column = table.column(name)
            if mask.kind is not MaskKind.NONE:
                key = masks.hash_key(self._mask_secret, grant.purpose, grant.department)
                column = masks.masked(column, product.by_name[name], mask, key)
            columns.append(column)
        return pa.Table.from_arrays(columns, schema=schema_of(product, allowed.masks.items()))

    def _write_down(self, entry: Entry) -> int:
        """The record's place, once it is durable. Raises Offline: then nothing is released."""
        try:
            return self._log.append(entry)
        except (LogDamaged, OSError) as error:
            log.exception("The access log of %s cannot be written: nothing is released", self.department)
            raise Offline(self.department, entry.product, "its access log cannot be written") from error

    def _as_of(self, product: Product) -> datetime | None:
        try:
            return self._rows.as_of(product)
        except Offline:
            return None

    # --- looking after it

    def quality(self, product: str) -> Quality:
        found = self._products.get(product)
        if found is None:
            raise NotGranted("no_grant", product)
        return self._rows.quality(found)

    def accesses_of(self, subject: str, *, after: int = 0, limit: int = 100) -> Sequence[AccessRecord]:
        with _log_at_hand(self.department):
            return self._log.records_of(subject, before=after or None, limit=min(limit, 1_000))

    def accesses(self, *, after: int = 0, limit: int = 1000) -> Sequence[AccessRecord]:
        self._attempts.settle()
        with _log_at_hand(self.department):
            return self._log.records(after=after, limit=min(limit, 10_000))

    def receipt(self, position: int) -> Receipt:
        with _log_at_hand(self.department):
            return self._log.receipt(position)

    def head(self) -> TreeHead:
        self._attempts.settle()
        with _log_at_hand(self.department):
            return self._log.head()

    def consistency(self, old: int, new: int) -> Sequence[bytes]:
        with _log_at_hand(self.department):
            return self._log.consistency(old, new)


def _of(permission: Permission) -> tuple[str, str]:
    return permission.grant.id, permission.product.reference


_PLACE = "place of the row"
"""No product has a field of that name."""


class _log_at_hand:  # noqa: N801 - reads as a statement
    """A log that cannot be read is an owner that does not answer."""

    def __init__(self, department: str) -> None:
        self._department = department

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, LogDamaged | OSError):
            log.error("The access log of %s cannot be read: %s", self._department, error)
            raise Offline(self._department, "", "its access log cannot be read") from error


class _Remembered(Mapping[K, V]):
    """The last REMEMBERED things that were looked up. For all threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def keep(self, key: K, value: V) -> None:
        with self._lock:
            self._kept[key] = value
            if len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)

    def __getitem__(self, key: K) -> V:
        return self._kept[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

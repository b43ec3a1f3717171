"""Open data (开放): products that anybody may have, without a name and without a reason.

What is open has no personal field: it is checked where the contract is published, and again here before anything is
read. The rows are taken from the owner's gateway once an hour at most, under a grant that says just this and whose
reading stands in the owner's log, and are handed out from a file.
"""

from __future__ import annotations

import base64
import binascii
import os
import tempfile
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from django.conf import settings

from yiwang.foundation.directory.actor import MACHINE
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import now
from yiwang.library.centre import cells, gateways, granting, in_force, queries
from yiwang.library.centre.models import Grant as GrantRow
from yiwang.library.centre.models import GrantState
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.contract import Product, Sharing
from yiwang.library.gateways.fragment import Fragment, Order
from yiwang.library.gateways.gateway import NotGranted, Offline
from yiwang.library.gateways.grant import CLEAR, Grant

if TYPE_CHECKING:
    import pyarrow as pa

DEPARTMENT, POST, PURPOSE = "public", "public/everybody", "open"
WORDS = Words("数据开放", "Open data")
BY = "rule:open"
MOST_ROWS = 1_000_000
FRESH = timedelta(hours=1)
HOLDS = timedelta(days=3650)
RENEWED = timedelta(days=365)
"""A grant of open data with less time left is issued anew."""
FORMS = ("csv", "json", "parquet")
MOST_AT_ONCE = 1000
"""Rows of one answer of the API."""


class NotOpen(LookupError):
    """There is no open product of that code."""


class WrongPlace(ValueError):
    """What was sent as `after` is no place in this product."""


@dataclass(frozen=True)
class OpenRows:
    """All rows of an open product, by its key. `as_of` is when they were taken from the owner."""

    product: Product
    path: Path
    as_of: datetime


def is_open(product: Product) -> bool:
    """Open, shared without condition, and without a single personal field."""
    personal = any(field.personal for field in product.fields)
    return product.open and product.sharing is Sharing.UNCONDITIONAL and not personal and bool(product.key)


def products() -> tuple[Product, ...]:
    return tuple(product for product in queries.products() if is_open(product))


def product(code: str) -> Product:
    """Raises NotOpen."""
    try:
        found = queries.product(code)
    except queries.NoSuchProduct:
        raise NotOpen(code) from None
    if "@" in code or not is_open(found):
        raise NotOpen(code)
    return found


def keep_grants() -> tuple[int, int]:
    """Give each open product its grant and take back those of products that are open no longer: (issued, revoked)."""
    issued = revoked = 0
    held = {row.product: row for row in GrantRow.objects.filter(post=POST, state=GrantState.ISSUED)}
    for each in products():
        row = held.pop(each.reference, None)
        wanted = _grant(each)
        if row is not None:
            was = in_force.issued(row).grant
            if dict(was.fields) == dict(wanted.fields) and was.expires > now() + RENEWED:
                continue
            revoked += granting.revoke(row, "开放的字段有变化 / the open fields have changed", by=MACHINE)
        code = f"open-{each.department}-{each.name}-{each.major}"
        number = GrantRow.objects.filter(code__startswith=f"{code}~").count() + 1
        granting.issue(replace(wanted, id=f"{code}~{number}"), each.department, (BY,), by=MACHINE)
        issued += 1
    for row in held.values():
        revoked += granting.revoke(row, "不再开放 / open no longer", by=MACHINE)
    return issued, revoked


def rows(code: str) -> OpenRows:
    """The rows of an open product, taken anew where they are older than an hour.

    Raises NotOpen; Offline where the owner does not answer and nothing was taken before.
    """
    contract = product(code)
    path = _path(contract)
    at = _taken_at(path)
    if at is None or now() - at > FRESH:
        with _taking:
            at = _taken_at(path)
            if at is None or now() - at > FRESH:
                try:
                    _take(contract)
                    at = now()
                except Offline:
                    if at is None:
                        raise
    assert at is not None
    return OpenRows(contract, path, at)


def table_of(taken: OpenRows) -> pa.Table:
    import pyarrow.parquet as parquet

    return parquet.read_table(taken.path)


def part_of(taken: OpenRows, after: str, limit: int) -> tuple[list[dict[str, Any]], str]:
    """Rows beyond a place, as JSON can say them, and the place of the last of them; empty at the end.

    Raises WrongPlace.
    """
    table = table_of(taken)
    key = taken.product.key
    start = _beyond(table.select(list(key)), _place(after, len(key))) if after else 0
    part = table.slice(start, limit)
    found = [{name: cells.plain(value) for name, value in row.items()} for row in part.to_pylist()]
    more = start + part.num_rows < table.num_rows
    return found, _token([found[-1][name] for name in key]) if more and found else ""


def _grant(each: Product) -> Grant:
    return Grant(
        id="",
        department=DEPARTMENT,
        post=POST,
        product=each.reference,
        fields={field.name: CLEAR for field in each.fields},
        purpose=PURPOSE,
        basis="；".join(each.basis)[:300],
        expires=now() + HOLDS,
        needs_case=False,
        most_rows=MOST_ROWS,
        per_minute=60,
    )


_taking = threading.Lock()


def _take(contract: Product) -> None:
    """Read the product from its owner and keep it by its key. Raises Offline."""
    import pyarrow as pa

    found = queries.issued_for([POST], PURPOSE, contract.reference)
    if not found:
        keep_grants()
        found = queries.issued_for([POST], PURPOSE, contract.reference)
    asker = Asker(str(MACHINE), "Open data", DEPARTMENT, POST, PURPOSE)
    fields = tuple(field.name for field in contract.fields)
    fragment = Fragment(contract.reference, fields, order=tuple(Order(name) for name in contract.key))
    gateway = gateways.gateway(contract.department)
    try:
        reading = gateway.read(fragment, found[0].signed, asker, seconds=60.0)
    except NotGranted as refused:
        raise Offline(contract.department, contract.reference, f"its gateway refused: {refused.code}") from refused
    keep(contract, pa.Table.from_batches(list(reading.batches), reading.schema))


def keep(contract: Product, table: pa.Table) -> None:
    """Keep the rows of an open product, by its key, as of now."""
    import pyarrow.parquet as parquet

    path = _path(contract)
    # The order of pages is ours, whatever a source makes of the order of letters.
    table = table.sort_by([(name, "ascending") for name in contract.key])
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=".taking-")
    os.close(descriptor)
    parquet.write_table(table, scratch)
    at = now().timestamp()
    os.utime(scratch, (at, at))
    Path(scratch).replace(path)


def _beyond(keys: pa.Table, place: list[Any]) -> int:
    """How many rows stand before or at the place: the keys are in order, so a search by halves finds it."""
    low, high = 0, keys.num_rows
    wanted = tuple(_sortable(value) for value in place)
    while low < high:
        middle = (low + high) // 2
        row = tuple(_sortable(cells.plain(value)) for value in keys.slice(middle, 1).to_pylist()[0].values())
        if row <= wanted:
            low = middle + 1
        else:
            high = middle
    return low


def _sortable(value: Any) -> tuple[int, Any]:
    if isinstance(value, bool | int | float):
        return (0, value)
    return (2, "") if value is None else (1, str(value))


def _token(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def _place(token: str, length: int) -> list[Any]:
    try:
        values = msgspec.json.decode(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, msgspec.MsgspecError, ValueError):
        raise WrongPlace(token) from None
    if not isinstance(values, list) or len(values) != length or any(isinstance(v, list | dict) for v in values):
        raise WrongPlace(token)
    return values


def _taken_at(path: Path) -> datetime | None:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.exists() else None


def _path(contract: Product) -> Path:
    folder = Path(settings.YIWANG_DATA_DIR) / "library" / "open"
    return folder / f"{contract.reference}-{contract.minor}.parquet"

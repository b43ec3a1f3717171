"""How a statistic is answered as its contract says: above a threshold, or with noise that is paid for first.

The order is what makes it safe: the figures are worked out, then paid for durably, then made noisy and kept; only then
are they told. Killed in between, a gateway has told nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal

import msgspec
import pyarrow as pa

from yiwang.foundation.kernel.text import canonical_json
from yiwang.foundation.kernel.time import city_date
from yiwang.library.gateways import figures
from yiwang.library.gateways.budget import MILLION, Account, Budgets, BudgetSpent
from yiwang.library.gateways.contract import Privacy, Product, Statistics
from yiwang.library.gateways.grant import Grant
from yiwang.library.gateways.refusals import NotGranted
from yiwang.library.gateways.statistic import Figures, Statistic
from yiwang.library.gateways.stopping import Stop

Table = Callable[[], pa.Table]


def tell(
    statistic: Statistic, product: Product, grant: Grant, table: Table, budgets: Budgets, at: datetime, stop: Stop
) -> Figures:
    """`table` reads what the grant lets through, masked. Raises NotGranted, Offline, Cancelled, OSError."""
    how = product.statistics or Statistics()
    if how.privacy is not None:
        return _paid(statistic, product, grant, how.privacy, table, budgets, at, stop)
    rows, withheld = figures.above_threshold(table(), statistic, product, how.people, stop)
    return Figures(rows, people=how.people, withheld=withheld)


def _paid(
    statistic: Statistic,
    product: Product,
    grant: Grant,
    privacy: Privacy,
    table: Table,
    budgets: Budgets,
    at: datetime,
    stop: Stop,
) -> Figures:
    account = Account(grant.department, product.code, str(city_date(at).year) if privacy.renewed else "")
    cost, limit = int(privacy.epsilon * MILLION), int(privacy.budget * MILLION)
    question = _digest(statistic, product, grant, privacy)
    if (kept := budgets.kept(account, question)) is not None:
        left = max(0, limit - budgets.spent(account))
        body = msgspec.json.decode(kept)
        rows = tuple(tuple(row) for row in body["rows"])
        return _figures(rows, tuple(body["within"]), privacy, left, again=True)
    if budgets.spent(account) + cost > limit:
        raise NotGranted("budget_spent", product.reference)
    exact = figures.exactly(table(), statistic, product, privacy, stop)
    try:
        left = budgets.spend(account, cost, limit=limit)
    except BudgetSpent:
        raise NotGranted("budget_spent", product.reference) from None
    rows, within = figures.with_noise(exact, statistic, privacy)
    budgets.keep(account, question, msgspec.json.encode({"rows": rows, "within": within}).decode())
    return _figures(rows, within, privacy, left, again=False)


def _figures(
    rows: tuple[figures.Row, ...], within: tuple[float | None, ...], privacy: Privacy, left: int, *, again: bool
) -> Figures:
    return Figures(
        rows,
        epsilon=Decimal(0) if again else privacy.epsilon,
        left=Decimal(left) / MILLION,
        budget=privacy.budget,
        renewed=privacy.renewed,
        again=again,
        within=within,
    )


def _digest(statistic: Statistic, product: Product, grant: Grant, privacy: Privacy) -> str:
    """The question, of whatever post of the department: it is the same where the same of the same rows is asked."""
    asked = {*statistic.by, *(each.field for each in statistic.measures)}
    asked |= set(statistic.where.fields()) if statistic.where is not None else set()
    content = {
        "product": product.reference,
        "measures": [asdict(each) for each in statistic.measures],
        "by": list(statistic.by),
        "where": repr(statistic.where),
        "rows": grant.rows or "",
        "masks": {name: asdict(mask) for name, mask in grant.fields.items() if name in asked},
        "privacy": msgspec.to_builtins(privacy),
    }
    return hashlib.sha256(canonical_json(content)).hexdigest()

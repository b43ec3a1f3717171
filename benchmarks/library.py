"""What the library costs, through real gateways with grants, masks and the log on, against DuckDB 1.5.5's own ATTACH.

`one_person_speedup`: all three departments hold on one enterprise, by point look-ups that touch no analytic engine.
`semijoin_speedup`: a question whose narrow side has some 600 keys for the other source. `analytic_ratio`: a full
three-way join with sums, our time over DuckDB's alone. `decision_p99_ms` is the decision and rewrite of questions seen
before with literals never seen before, `decision_cold_ms` the median of questions never seen, both in the thread's own
time: what the scheduler gives to others is no part of a decision. `adversarial_queries`, `leaks` and
`benign_answered_share` come from the corpus that the tests use (`tests.library.reading`).
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.departments import ASKER, PRODUCTS, Registers, registers, uscc
from benchmarks.ratios import compare, percentile
from tests.library.reading import adversarial, benign, world
from tests.library.reading.leaks import Watch
from yiwang.library.gateways.fragment import Fragment, Keys
from yiwang.library.reading import Bounds, Refused, answer
from yiwang.library.reading.decision import Decisions

ROUNDS = 5
BOUNDS = Bounds(most_rows=1_000_000, seconds=600, memory="4GB")
SEMI_JOIN = (
    "select e.uscc, e.name, f.id, f.amount from market.enterprises e join tax.filings f on f.uscc = e.uscc"
    " where e.trade = '{}' order by f.id"
)
ANALYTIC = (
    "select e.district, count(*) as n, sum(f.amount) as owed, sum(i.score) as scores"
    " from market.enterprises e join tax.filings f on f.uscc = e.uscc join health.inspections i on i.uscc = e.uscc"
    " group by e.district order by e.district"
)
WARM = """
select name, capital from market.enterprises where district = '{a}' and capital > {n} and founded >= date '{d}'
select e.name, f.amount from market.enterprises e join tax.filings f on f.uscc = e.uscc where e.uscc = '{a}'
select count(*) from tax.filings where amount between {n} and {m} and period in ('{d}', '2024-02-01')
with bad as (select uscc from health.inspections where score < {n} and day > '{d}') select e.kind, count(*) n \
from market.enterprises e join bad using (uscc) where e.district = '{a}' group by e.kind order by n desc limit 10
select uscc from market.enterprises e where e.name like '{a}%' and exists \
(select 1 from tax.filings f where f.uscc = e.uscc and f.overdue and f.amount > {m})
select r.district, sum(r.income) from police.residents r where r.household < {n} group by r.district
""".strip().splitlines()


def run(quick: bool) -> dict[str, Any]:
    rows = 50_000 if quick else 1_000_000
    with tempfile.TemporaryDirectory(prefix="yiwang-bench-") as folder, registers(Path(folder), rows) as built:
        figures = {
            "one_person_speedup": one_person(built, 5 if quick else 20),
            "semijoin_speedup": semi_join(built),
            "analytic_ratio": analytic(built),
        }
    return {
        **figures,
        **decisions(2_000 if quick else 20_000),
        **guard(),
        "sizes": {"rows_a_source": rows, "rounds": ROUNDS},
    }


def one_person(built: Registers, looks: int) -> float:
    chance = random.Random(3)
    numbers = [chance.randrange(built.rows) for _ in range(looks)]
    for number in numbers[:3]:
        assert facts(built, uscc(number)) == attached(built, uscc(number))
    ours, peer = iter(numbers * (2 * ROUNDS)), iter(numbers * (2 * ROUNDS))
    return (
        compare(
            lambda: [facts(built, uscc(next(ours))) for _ in range(looks)],
            # One look of the peer's stands for all: it takes as long for every enterprise.
            lambda: attached(built, uscc(next(peer))),
            rounds=ROUNDS,
        ).speed_ratio
        * looks
    )


def facts(built: Registers, subject: str) -> dict[str, list[tuple[Any, ...]]]:
    """What each department holds on one enterprise, as its gateway releases it; rows in order."""
    found = {}
    for code, product in PRODUCTS.items():
        fields = tuple(field.name for field in product.fields)
        fragment = Fragment(product.reference, fields, keys=Keys("uscc", (subject,)))
        reading = built.gateways[product.department].read(fragment, built.granted[code].signed, ASKER)
        rows = [tuple(row.values()) for batch in reading.batches for row in batch.to_pylist()]
        found[code] = sorted(rows)
    return found


def attached(built: Registers, subject: str) -> dict[str, list[tuple[Any, ...]]]:
    """The same by DuckDB's own join, masked by hand."""
    joined = built.peer.execute(
        "select e.uscc, e.name, e.trade, e.district, e.founded, e.capital, left(e.phone, 3) || '******' ||"
        " right(e.phone, 2) as phone, null as legal_person, f.*, i.* from market.enterprises e"
        " left join tax.filings f on f.uscc = e.uscc left join health.inspections i on i.uscc = e.uscc"
        " where e.uscc = ?",
        [subject],
    ).fetchall()
    parts = {"market.enterprises": slice(0, 8), "tax.filings": slice(8, 13), "health.inspections": slice(13, 18)}
    found = {code: {row[part] for row in joined if row[part.start] is not None} for code, part in parts.items()}
    return {code: sorted(rows) for code, rows in found.items()}


def semi_join(built: Registers) -> float:
    trades = iter(random.Random(5).sample(range(max(1, built.rows // 600)), 40))
    ask = SEMI_JOIN.format("trade-7")
    steps = answer(ask, shelf=built.shelf, gateways=built.gateways, asker=ASKER, bounds=BOUNDS).steps
    assert 300 <= steps[1].keys <= 1_000, steps
    assert same(built, ask)
    # Each round asks of another trade, so that nothing but the tables can be warm.
    ours, peer = ([SEMI_JOIN.format(f"trade-{next(trades)}") for _ in range(ROUNDS + 1)] for _ in range(2))
    return compare(lambda: through(built, ours.pop()), lambda: alone(built, peer.pop()), rounds=ROUNDS).speed_ratio


def analytic(built: Registers) -> float:
    assert same(built, ANALYTIC)
    return 1 / compare(lambda: through(built, ANALYTIC), lambda: alone(built, ANALYTIC), rounds=ROUNDS).speed_ratio


def through(built: Registers, sql: str) -> list[dict[str, Any]]:
    found = answer(sql, shelf=built.shelf, gateways=built.gateways, asker=ASKER, bounds=BOUNDS)
    assert found.complete
    return list(found.table.to_pylist())


def alone(built: Registers, sql: str) -> list[dict[str, Any]]:
    return list(built.peer.execute(sql).to_arrow_table().to_pylist())


def same(built: Registers, sql: str) -> bool:
    return through(built, sql) == alone(built, sql)


def decisions(calls: int) -> dict[str, float]:
    chance, shelf = random.Random(13), world.shelf()
    kept = Decisions()
    for sql in WARM:
        kept.decide(sql.format(a="a", n=1, m=2, d="2024-01-01"), shelf)
    taken = []
    for number in range(calls):
        sql = WARM[number % len(WARM)].format(
            a=f"9131{chance.randrange(10**12)}",
            n=chance.randrange(10**6),
            m=chance.randrange(10**9),
            d=f"20{chance.randrange(10, 25)}-0{chance.randrange(1, 10)}-1{chance.randrange(10)}",
        )
        started = time.thread_time()
        kept.decide(sql, shelf)
        taken.append(time.thread_time() - started)
    assert len(kept._kept) == len(WARM)
    cold = []
    for sql in benign.questions():
        started = time.thread_time()
        Decisions().decide(sql, shelf)
        cold.append(time.thread_time() - started)
    return {"decision_p99_ms": percentile(taken, 0.99) * 1e3, "decision_cold_ms": statistics.median(cold) * 1e3}


def guard() -> dict[str, float]:
    tried = {sql for _, sql in adversarial.questions()}
    watch = Watch()
    leaks = sum(bool(watch.leaks(sql)) for sql in sorted(tried))
    city = world.make()
    asked, answered = benign.questions(), 0
    with city.masked_views() as views:
        for sql in asked:
            try:
                rows = [list(row.values()) for row in city.ask(sql).table.to_pylist()]
            except Refused:
                continue
            answered += rows == expected(views, sql)
    return {"adversarial_queries": len(tried), "leaks": leaks, "benign_answered_share": answered / len(asked)}


def expected(views: Any, sql: str) -> list[list[Any]]:
    plain = benign.plain(sql)
    return [list(row.values()) for row in views.execute(plain).to_arrow_table().to_pylist()]

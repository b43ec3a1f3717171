"""Nobody sees more than is granted, however they ask."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.library.reading.adversarial import MASKED, UNGRANTED, questions
from tests.library.reading.leaks import Watch
from tests.library.reading.world import MemoryGateway

CORPUS = list(questions())


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch()


def test_no_question_of_the_corpus_leaks(watch: Watch) -> None:
    leaking = {sql: found for _, sql in CORPUS if (found := watch.leaks(sql))}
    assert not leaking
    assert len({sql for _, sql in CORPUS}) >= 300
    # Many of them are lawful questions about masked values, and are answered with these.
    assert watch.answered > 200


def test_the_watch_sees_a_leak(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.library.reading.world.mask", lambda value, how: value)
    assert watch.leaks("select phone from market.enterprises") == [
        "a secret came back",
        "the answer depends on a secret",
    ]


def test_the_watch_sees_a_row_that_should_be_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch()
    for world in watch.worlds:
        world.gateways["market"].hidden = lambda row: False
    assert watch.leaks("select max(capital) from market.enterprises")


def test_what_is_said_of_a_masked_field_stays_here(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    said: Counter[str] = Counter()
    read = MemoryGateway.read

    def listening(self: MemoryGateway, fragment: Any, *others: Any, **options: Any) -> Any:
        named = set(fragment.where.fields()) if fragment.where else set()
        said.update(named | ({fragment.keys.field} if fragment.keys else set()))
        return read(self, fragment, *others, **options)

    monkeypatch.setattr(MemoryGateway, "read", listening)
    for table, field in MASKED:
        watch.leaks(f"select count(*) from {table} where {field} = 'x'")
        watch.leaks(f"select 1 from {table} x where {field} is null or {field} in ('a', 'b')")
        watch.leaks(f"select 1 from {table} a join {table} b on a.{field} = b.{field} where a.district = 'east'")
    watch.leaks(
        "select 1 from market.enterprises e join police.residents r on r.resident_id = e.owner_id where e.staff = 7"
    )
    assert said
    assert not set(said) & {field for _, field in MASKED} | {"owner_id", "resident_id"} & set(said)


PIECES = st.sampled_from(
    [
        *(field for _, field in UNGRANTED + MASKED),
        *(table for table, _ in UNGRANTED),
        *("uscc", "district", "e", "f", "__product_0", "x", "*", "1", "'a'", "'CANARY'", '"', "'", "null"),
        *("select", "from", "where", "group by", "order by", "having", "qualify", "limit 3", "with x as", "union all"),
        *(
            "(",
            ")",
            ",",
            ".",
            "::",
            "->",
            "[",
            "]",
            "{",
            "}",
            "=",
            "<",
            "||",
            "like",
            "in",
            "as",
            "join",
            "on",
            "using",
        ),
        *("left join", "exists", "case when", "then", "end", "count(", "max(", "unnest(", "columns(", "over (", "--"),
        *("/*", "*/", ";", "$1", "$$", "@1", "\u00a0", "exclude", "pivot", "lateral", "values", "cast(", "as varchar)"),
    ]
)
TEMPLATES = st.sampled_from(
    [
        "select {0} from market.enterprises e where {1}",
        "select {0}, {1} from market.enterprises e join tax.filings f on {2}",
        "with x as (select {0} from police.residents) select {1} from x",
        "select * from market.enterprises e where exists (select {0} from {1} where {2})",
        "select {0} from ({1}) e",
        "{0} {1} {2}",
    ]
)


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(TEMPLATES, st.lists(st.lists(PIECES, min_size=1, max_size=6), min_size=3, max_size=3))
def test_no_rubbish_leaks(template: str, parts: list[list[str]]) -> None:
    sql = template.format(*(" ".join(part) for part in parts))
    assert not FUZZED.leaks(sql)


FUZZED = Watch(20)

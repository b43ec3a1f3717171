"""What an office owes an applicant in writing: numbered, reasoned, with the way to object, and never twice the same."""

import threading
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from tests.casework.cases.world import World, part_of, restaurant, single
from yiwang.casework.cases import actions, correspondence, loading, published
from yiwang.casework.cases.letters import Letter, LetterKind, number_text
from yiwang.casework.cases.models import Letter as Row
from yiwang.casework.cases.models import LetterSeries, Statement
from yiwang.casework.cases.plan import Plan
from yiwang.casework.cases.record import CaseRef
from yiwang.casework.cases.refusals import NoSuchCase, NotPossible
from yiwang.casework.cases.sweep import sweep
from yiwang.foundation.directory.models import Department
from yiwang.foundation.documents import typesetting
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.ledger.models import Event
from yiwang.foundation.ledger.replay import replay

REASON = "油水分离器容积不足，不符合《城镇污水排入排水管网许可管理办法》第七条。"


@pytest.fixture
def offices(world: World, tmp_path: object) -> None:
    """A city with two offices and their letterheads."""
    Department.objects.create(code="water", name_zh="水务局", name_en="Water Bureau")
    Department.objects.create(code="market", name_zh="市场监督管理局", name_en="Market Regulation Bureau")
    file = tmp_path / "procedures.yaml"  # type: ignore[operator]
    file.write_text(
        "review: {zh: 锦澜市人民政府, en: the Municipal Government}\n"
        "court: {zh: 望江区人民法院, en: the District Court}\n"
        "letters: {water: 锦水务, market: {word: 锦市监, court: {zh: 桂园区人民法院, en: the other court}}}\n"
    )
    loading.load(tmp_path)  # type: ignore[arg-type]


def decided(world: World, granted: bool = False) -> CaseRef:
    case, water = world.receive(), world.officer("water")
    actions.accept(part_of(case), by=water)
    for task in ("review", "site"):
        actions.complete(part_of(case).task(task), by=water)
    actions.decide(part_of(case), granted, REASON, by=water)
    return case


def texts(letter: Letter | None) -> str:
    assert letter is not None
    return "".join(f"{each.heading.zh}{each.text.zh}{[item.zh for item in each.items]}" for each in letter.sections)


def sent(case: CaseRef, kind: LetterKind, world: World) -> correspondence.SentLetter:
    return correspondence.sent_letter(Row.objects.get(case=case.id, kind=kind).pk, world.applicant)


def test_a_refusal_says_who_what_why_under_which_law_and_where_to_object(world: World, offices: None) -> None:
    found = sent(decided(world), LetterKind.REFUSAL, world)
    assert found.card.number == "锦水务许〔2025〕1号"
    assert found.letter is not None and found.letter.to == "王老五" and found.letter.office.zh == "水务局"
    said = texts(found.letter)
    for part in (
        REASON,
        "水法 第一条",
        "行政许可法 第三十八条",
        "不予行政许可",
        "六十日内",
        "锦澜市人民政府",
        "六个月内",
    ):
        assert part in said
    assert "2025年3月10日收到申请" in said and "Review（中）" in said, "facts come from the record of the case"


def test_each_step_that_the_law_wants_told_has_its_letter(world: World, offices: None, clock: FrozenClock) -> None:
    case, water = world.receive(), world.officer("water")
    actions.request_correction(part_of(case), ["补一页", "盖章"], by=water)
    actions.correct(part_of(case), by=world.applicant)
    actions.accept(part_of(case), by=water)
    actions.start_special_procedure(part_of(case), "test", "今天取水样", by=water)
    actions.end_special_procedure(part_of(case), "合格", by=water)
    actions.extend(part_of(case), "情况复杂", by=world.officer("water", "head", name="director"))
    for task in ("review", "site"):
        actions.complete(part_of(case).task(task), by=water)
    actions.decide(part_of(case), True, "符合条件", by=water)
    actions.revoke(part_of(case), "材料是假的", by=water)
    kinds = list(Row.objects.filter(case=case.id).order_by("id").values_list("kind", flat=True))
    assert kinds == ["correction", "acceptance", "procedure", "extension", "grant", "revocation"]
    assert "盖章" in texts(sent(case, LetterKind.CORRECTION, world).letter)
    assert "今天取水样" in texts(sent(case, LetterKind.PROCEDURE, world).letter)
    assert not replay().differences


def test_silence_writes_no_letter(world: World, offices: None, clock: FrozenClock) -> None:
    case = world.receive()
    clock.advance(timedelta(days=9))
    sweep()
    assert not Row.objects.filter(case=case.id).exists()


def test_every_series_counts_from_one_each_year_without_a_gap(world: World, offices: None, clock: FrozenClock) -> None:
    for _each in range(3):
        decided(world)
    clock.advance(timedelta(days=365))
    decided(world)
    numbers = Row.objects.filter(series="锦水务许").order_by("id").values_list("year", "number")
    assert list(numbers) == [(2025, 1), (2025, 2), (2025, 3), (2026, 1)]


def test_what_is_refused_takes_no_number(world: World, offices: None) -> None:
    case = decided(world)
    with pytest.raises(NotPossible):
        actions.decide(part_of(case), True, "再来", by=world.officer("water"))
    decided(world)
    assert LetterSeries.objects.get(series="锦水务许").last == 2


def test_only_the_applicant_and_officers_of_the_part_read_a_letter(world: World, offices: None) -> None:
    case = world.receive(restaurant())
    actions.accept(part_of(case, "registration"), by=world.officer("market"))
    letter = Row.objects.get(case=case.id).pk
    for reader in (world.applicant, world.officer("market")):
        assert correspondence.sent_letter(letter, reader).letter is not None
    stranger = type(world.applicant)(world.applicant.kind, world.stranger.pk)
    for outsider in (stranger, world.officer("streets"), world.officer("water")):
        with pytest.raises(NoSuchCase):
            correspondence.sent_letter(letter, outsider)


def test_a_letter_can_be_erased_and_its_number_stays(world: World, offices: None) -> None:
    case = decided(world)
    row = Row.objects.get(case=case.id, kind="refusal")
    events = Event.objects.filter(stream_id=case.id)
    assert not any("王老五" in event.body or "油水" in event.body for event in events), "no event holds the text"
    Statement.objects.filter(case=case.id, number=row.statement).delete()
    found = correspondence.sent_letter(row.pk, world.applicant)
    assert found.letter is None and found.card.number.startswith("锦水务许")
    assert not replay().differences


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: Row.objects.all().delete(),
        lambda: Row.objects.filter(kind="refusal").update(number=99),
        lambda: Row.objects.filter(kind="refusal").update(kind="grant"),
    ],
)
def test_letters_changed_behind_the_ledger_are_found_and_mended(
    world: World, offices: None, tamper: Callable[[], object]
) -> None:
    decided(world)
    tamper()
    LetterSeries.objects.all().delete()
    assert replay().differences
    replay(write=True)
    assert not replay().differences
    decided(world)
    assert list(Row.objects.filter(series="锦水务许").order_by("id").values_list("number", flat=True)) == [1, 2]


def test_a_rewritten_letter_is_found(world: World, offices: None) -> None:
    case = decided(world)
    row = Row.objects.get(case=case.id, kind="refusal")
    statement = Statement.objects.get(case=case.id, number=row.statement)
    Statement.objects.filter(pk=statement.pk).update(body={**statement.body, "to": "李四"})
    assert any(f"statement {row.statement}" in each for each in replay().differences)


def test_an_office_without_a_letterhead_writes_under_its_name(world: World) -> None:
    case = decided(world)
    assert sent(case, LetterKind.REFUSAL, world).card.number == "water许〔2025〕1号"


def test_a_plan_that_says_nothing_of_letters_keeps_its_digest_and_sends_none(world: World, offices: None) -> None:
    plan = single()
    silent = Plan(plan.name, (type(plan.parts[0]).from_json({**plan.parts[0].to_json(), "letters": None}),))
    assert "letters" not in silent.parts[0].to_json()
    case = world.receive(silent)
    actions.accept(part_of(case), by=world.officer("water"))
    assert not Row.objects.filter(case=case.id).exists()


@pytest.mark.django_db(transaction=True)
def test_officers_who_decide_at_once_leave_no_number_twice_and_none_out(clock: object) -> None:
    world = World()
    desks = [world.officer("water", name=f"officer{each}") for each in range(4)]
    cases = [[world.receive() for _ in range(6)] for _ in desks]
    for by, mine in zip(desks, cases, strict=True):
        for case in mine:
            actions.accept(part_of(case), by=by)
            for task in ("review", "site"):
                actions.complete(part_of(case).task(task), by=by)

    def decide(by: object, mine: list[CaseRef]) -> None:
        try:
            for place, case in enumerate(mine):
                actions.decide(part_of(case), place % 2 == 0, "理由", by=by)  # type: ignore[arg-type]
        finally:
            connection.close()

    racers = [threading.Thread(target=decide, args=pair) for pair in zip(desks, cases, strict=True)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    numbers = sorted(Row.objects.filter(series="water许").values_list("number", flat=True))
    assert numbers == list(range(1, 25))
    assert not replay().differences


@pytest.mark.skipif(not typesetting.font(), reason="needs typst and a Chinese font")
def test_the_letter_is_an_archivable_file_with_its_words_as_text(world: World, offices: None) -> None:
    case, water = world.receive(name="#王[老]$五_*"), world.officer("water")
    actions.refuse_acceptance(part_of(case), '#include "x"\n' + REASON, by=water)
    made = correspondence.pdf(sent(case, LetterKind.NOT_ACCEPTED, world))
    assert made == correspondence.pdf(sent(case, LetterKind.NOT_ACCEPTED, world)), "the same letter, the same file"
    reader = PdfReader(BytesIO(made))
    text = "".join(page.extract_text() for page in reader.pages).replace("\n", "").replace(" ", "")
    assert "锦水务不受〔2025〕1号" in text and "油水分离器" in text
    assert '#include"x"' in text and "#王[老]$五_*" in text, "what people write is never read as source"
    assert b"pdfaid" in made


@given(st.integers(2000, 2100), st.integers(1, 10**6))
def test_a_number_reads_as_offices_write_it(year: int, number: int) -> None:
    assert number_text("锦市监许", year, number) == f"锦市监许〔{year}〕{number}号"


def test_two_offices_with_one_word_are_found(tmp_path: object) -> None:
    file = tmp_path / "procedures.yaml"  # type: ignore[operator]
    file.write_text(
        "review: {zh: 市, en: City}\ncourt: {zh: 院, en: Court}\nletters: {water: 锦, market: 锦, moon: 月}\n"
    )
    _read, findings = published.read(tmp_path, ["water", "market"])  # type: ignore[arg-type]
    assert [finding.line for finding in findings] == [3, 3]

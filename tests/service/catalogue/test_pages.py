"""Guides and search as visitors see them, in both languages."""

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client

from yiwang.service.catalogue import actions, starting
from yiwang.service.catalogue.national import NationalMaterial, NationalMatter
from yiwang.service.catalogue.package import GuidanceOnly

RELOCATION = NationalMatter(
    "511A-1",
    "排水设施迁移审批",
    department="区住建局",
    link="http://example.org/a?b=1",
    address="滨江路1号",
    statute_amount="20",
    statute_unit="工作日",
    promise_amount="8",
    promise_unit="1",
    materials=(NationalMaterial("迁移方案"),),
)

pytestmark = pytest.mark.usefixtures("published_city")


@pytest.fixture
def english(client: Client) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def startable() -> Iterator[None]:
    """Somewhere to begin an application; another page stands in for it."""
    before = starting._route
    starting.register_start("catalogue:service")
    yield
    starting.register_start(before)


def read(client: Client, address: str, status: int = 200, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def test_a_guide_says_days_law_papers_steps_and_who(english: Client) -> None:
    page = read(english, "/matters/drainage/")
    for said in (
        "Drainage permit",
        "5 working days at most",
        "the law allows 15 working days",
        "None, all of it online",
        "Free",
        "Water Bureau",
        "Plan of the drains",
        "A day: 50 m³ or more",
        "Market Bureau gives it",
        "Site visit",
        "The clock may stand still",
        "排水条例 第二十一条",
        "valid for 5 years",
    ):
        assert said in page


def test_a_guide_is_chinese_by_default(client: Client) -> None:
    page = read(client, "/matters/drainage/")
    for said in ("排水许可", "最多 5", "法定 15", "由市场局提供", "污水种类不是“生活污水”", "时间可能停一停"):
        assert said in page


def test_a_bundle_shows_its_departments_at_work_side_by_side(english: Client) -> None:
    page = read(english, "/matters/open-a-shop/")
    assert 'class="lanes"' in page
    assert "after Registration" not in page
    assert "Floor area: 20 m² or more" in page
    assert "Market Bureau, Water Bureau" in page
    assert "Licence" in page


def test_an_instant_matter_says_when_it_is_granted(english: Client) -> None:
    page = read(english, "/matters/senior-card/")
    assert "Granted at once where the rule holds" in page
    assert "Granted from sixty." in page


def test_a_guide_has_one_filled_button_where_an_application_can_begin(english: Client, startable: None) -> None:
    page = read(english, "/matters/drainage/")
    assert page.count('class="button primary"') == 1
    assert 'href="/matters/drainage/"' in page


def test_search_shows_the_best_first_and_tells_guidance_apart(english: Client) -> None:
    actions.publish([GuidanceOnly(RELOCATION)])
    actions.make_findable()
    page = read(english, "/matters/", q="排水")
    assert page.index("Drainage permit") < page.index("Where to go for it") < page.index("排水设施迁移审批")


def test_guidance_gives_the_official_page_as_text(english: Client) -> None:
    actions.publish([GuidanceOnly(RELOCATION)])
    page = read(english, "/matters/511A-1/")
    assert "http://example.org/a?b=1" in page
    assert 'href="http://example.org' not in page
    for said in ("区住建局", "滨江路1号", "8 working days at most", "the law allows 20 working days", "迁移方案"):
        assert said in page


def test_without_a_question_every_service_is_listed(english: Client) -> None:
    page = read(english, "/matters/")
    for name in ("Open a shop", "Registration", "Drainage permit", "Senior card"):
        assert name in page


def test_what_nobody_offers_is_said_with_a_way_on(english: Client) -> None:
    assert "Nothing found" in read(english, "/matters/", q="qqqq zzzz")
    assert "12345" in read(english, "/matters/", q="qqqq zzzz")
    assert "We have no such service" in read(english, "/matters/nothing/", status=404)


@pytest.mark.parametrize("question", ["x\x00y", "a\u202eb", "水" * 201], ids=["NUL", "direction", "too long"])
def test_a_question_that_cannot_be_read_gets_a_clear_message(english: Client, question: str) -> None:
    page = read(english, "/matters/", status=400, q=question)
    assert "Character" in page or "too long" in page


def test_what_a_person_typed_is_shown_as_text(english: Client) -> None:
    page = english.get("/matters/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("address", "queries"), [("/matters/", 4), ("/matters/drainage/", 2), ("/matters/open-a-shop/", 2)]
)
def test_the_number_of_queries_is_fixed(
    client: Client, django_assert_max_num_queries: Any, address: str, queries: int
) -> None:
    client.get(address)
    with django_assert_max_num_queries(queries):
        client.get(address)

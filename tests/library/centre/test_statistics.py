"""Who may have figures only asks on the page everybody asks on; their owner makes them and says how."""

import argparse
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.library.centre import city
from tests.library.centre.conftest import Library
from yiwang.foundation.standards.elements import Choice, ElementKind
from yiwang.library.centre import actions, commands, contract_words, dcat, odcs, queries, questions, sharing
from yiwang.library.centre import loading as loaded
from yiwang.library.centre.models import Question
from yiwang.library.centre.questions import Standing
from yiwang.library.gateways.contract import Privacy, Product, Statistics
from yiwang.library.gateways.grant import CLEAR, Mask, MaskKind
from yiwang.web.worker import run_until_quiet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

QUALITY = Standing("office/analysis", "quality")
BY_DISTRICT = "select district, count(*) as people from security.residents group by district order by people desc"
GRANT = """
figures-residents:
  product: security.residents@1
  to: office/analysis
  purpose: quality
  basis: 统计法 第七条
  until: 2030-12-31
  needs_case: false
  statistics_only: true
  approved_by: [security.data, security.head]
  fields: [resident_id, district, born]
"""


@pytest.fixture
def office(library: Library, folder: Path) -> Library:
    """The analyst may have figures of thirty residents, to check their quality."""
    (folder / "grants" / "figures.yaml").write_text(GRANT)
    loaded.load(folder, city.PRODUCTS)
    library.rows["security"].tables["residents"] = [
        {
            "resident_id": f"{number:018d}",
            "name": f"人{number}",
            "born": date(1990, 1, 1),
            "district": "999901" if number < 20 else "999902" if number < 32 else f"99991{number % 2}",
        }
        for number in range(36)
    ]
    return library


def answered(library: Library, text: str) -> Question:
    number = actions.ask_question(text, QUALITY, by=library.analyst)
    run_until_quiet()
    return questions.question(number, library.analyst)


def with_noise(library: Library, **changes: Any) -> None:
    fields = tuple(
        replace(each, kind=ElementKind.CHOICE, choices=tuple(Choice(code, each.words) for code in ("999901", "999902")))
        if each.name == "district"
        else each
        for each in city.RESIDENTS.fields
    )
    privacy = Privacy(Decimal("0.5"), Decimal("0.5"), "yearly")
    product: Product = replace(city.RESIDENTS, fields=fields, statistics=Statistics(privacy=privacy))
    library.gateways["security"]._products[product.reference] = product


def test_an_analyst_is_told_figures_and_how_they_were_made(office: Library) -> None:
    found = answered(office, BY_DISTRICT)
    assert (found.state, found.rows, found.code) == ("done", 1, "")
    table = questions.rows_of(found.pk)
    assert table is not None
    assert table.to_pylist() == [{"district": "999901", "people": 20}]
    # Two of two persons each, and the next larger one, so that the total does not tell of four.
    assert (found.method or {})["withheld"] == 3
    (step,) = found.steps
    (record,) = office.gateways["security"].accesses()
    assert (record.position, record.statistics, record.rows) == (step["record"], True, 0)


def test_what_gives_figures_only_gives_no_rows(office: Library) -> None:
    found = answered(office, "select resident_id from security.residents")
    assert (found.state, found.code, found.detail) == ("refused", "statistics_only", "group by")
    assert office.gateways["security"].accesses() == []


def test_a_grant_that_gives_rows_comes_before_one_that_gives_figures(office: Library, folder: Path) -> None:
    both = GRANT.replace("figures-", "newer-").replace("purpose: quality", "purpose: analysis")
    (folder / "grants" / "newer.yaml").write_text(both)
    loaded.load(folder, city.PRODUCTS)
    shelf = questions.shelf_of(Standing("office/analysis", "analysis"))
    assert [item.grant.id for item in shelf.items] == ["analysis-residents"]


def test_the_standing_with_most_products_comes_first(office: Library, folder: Path) -> None:
    more = GRANT.replace("figures-residents", "figures-shops").replace("security.residents@1", "market.shops@1")
    more = more.replace("security.", "market.").replace("[resident_id, district, born]", "[code, district]")
    (folder / "grants" / "more.yaml").write_text(more)
    loaded.load(folder, city.PRODUCTS)
    assert [each.purpose for each in questions.standings(["office/analysis"])] == ["quality", "analysis"]


def test_the_page_says_which_form_to_write_and_what_was_done(office: Library, client: Client) -> None:
    client.force_login(office.account("analyst"))
    page = client.get(reverse("centre:query")).content.decode()
    assert "select count(*) from security.residents" in page
    assert "只给统计" in page
    number = answered(office, BY_DISTRICT).pk
    page = client.get(reverse("centre:question", args=[number])).content.decode()
    assert "不足 10 人的组不显示" in page
    assert "没有显示的组：3 个" in page
    again = client.get(reverse("centre:query"), {"again": number}).content.decode()
    assert 'value="office/analysis quality" selected' in again


def test_noise_and_what_remains_are_said_in_plain_words(office: Library, client: Client) -> None:
    with_noise(office)
    client.force_login(office.account("analyst"))
    first, again = answered(office, BY_DISTRICT), answered(office, BY_DISTRICT + ", district")
    page = client.get(reverse("centre:question", args=[first.pk]), headers={"accept-language": "en"})
    said = page.content.decode()
    assert "people：±6" in said or "people: ±6" in said
    assert (first.method or {})["left"] == "0"
    assert (again.method or {})["again"]
    over = answered(office, "select count(*) from security.residents")
    assert (over.state, over.code) == ("refused", "gateway_budget_spent")
    assert questions.rows_of(over.pk) is None


def test_the_command_line_says_it_too(office: Library, capsys: pytest.CaptureFixture[str]) -> None:
    def query(*words: str) -> int:
        parser = argparse.ArgumentParser()
        commands.register(parser.add_subparsers())
        asked = ["query", "--as", "office/analysis", "--purpose", "quality", *words]
        options = parser.parse_args(asked)
        return int(options.run(options))

    assert query("select count(*) as n from security.residents") == 0
    out, err = capsys.readouterr()
    assert out == "n\n36\n"
    assert "Groups of fewer than 10 persons are not shown." in err
    assert query("--json", BY_DISTRICT) == 0
    body = json.loads(capsys.readouterr().out)
    assert (body["rows"], body["method"]["withheld"], body["engine"]) == ([["999901", 20]], 3, "")
    assert query("select name from security.residents limit 1") == 1
    err = capsys.readouterr().err
    assert "statistics only. Write: select field, count(*)" in err
    assert err.rstrip().endswith("limit")


def test_how_figures_are_told_is_told_of_the_product(office: Library) -> None:
    product = queries.product("security.residents")
    assert "statistics" not in odcs.contract(product)
    noisy = replace(product, statistics=Statistics(privacy=Privacy(Decimal("0.50"), Decimal(20), "yearly")))
    assert "不足 10 人" in contract_words.statistics_words(product).zh
    assert "±6, and each department may ask 40 questions a year" in contract_words.statistics_words(noisy).en
    (said,) = [each for each in odcs.body(noisy)["customProperties"] if each["property"] == "statistics"]
    assert said["value"]["privacy"]["epsilon"] == "0.50"
    assert "differential privacy" in json.dumps(dcat.catalogue([noisy], "city"))
    assert "dct:rights" not in json.dumps(dcat.catalogue([product], "city"))


def test_who_asks_for_statistics_asks_for_what_tells_one_from_another(office: Library, clock: Any) -> None:
    visits = replace(city.RESIDENTS, key=("resident_id", "changed"))
    wanted = sharing.Wanted(
        product=visits.reference,
        post="office/analysis",
        fields={"district": CLEAR},
        purpose="analysis",
        basis="统计法 第七条",
        reason="统计",
        until=date(2026, 1, 1),
        statistics_only=True,
    )
    with pytest.raises(sharing.CannotAsk) as refused:
        sharing.checked(wanted, visits, queries.purposes(), clock.now())
    assert refused.value.field == "fields"
    assert "身份证号" in refused.value.words.zh
    with_person = replace(wanted, fields={"district": CLEAR, "resident_id": Mask(MaskKind.HASH)})
    assert sharing.checked(with_person, visits, queries.purposes(), clock.now()).statistics_only

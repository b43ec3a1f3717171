import argparse
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.service.catalogue.little_city import LittleCity
from yiwang.foundation.standards import vocabulary
from yiwang.library.centre import actions
from yiwang.library.gateways import contracts
from yiwang.service.catalogue import commands

CITY = Path(__file__).parents[3] / "city"


def yiwang(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    commands.register(parser.add_subparsers())
    options = parser.parse_args(arguments)
    return int(options.run(options))


@pytest.mark.django_db
def test_the_demonstration_city_has_nothing_to_mend(capsys: pytest.CaptureFixture[str]) -> None:
    assert yiwang("check", str(CITY)) == 0
    assert capsys.readouterr().out.endswith("nothing wrong.\n")


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_check_says_what_breaks_readers_of_the_published_contract(capsys: pytest.CaptureFixture[str]) -> None:
    products = contracts.read(CITY, vocabulary.read(CITY)[0])[0]
    stops = next(product for product in products if product.code == "transport.bus-stops")
    wider = replace(stops.fields[-1], name="shelter", authoritative=False)
    actions.publish([replace(stops, fields=(*stops.fields, wider))])
    assert yiwang("check", str(CITY)) == 1
    (said, _last) = capsys.readouterr().out.splitlines()
    assert "bus-stops.yaml" in said
    assert "This breaks readers of transport.bus-stops@1: field shelter is gone." in said
    assert 'Write version: "2.0"' in said


@pytest.mark.django_db
def test_check_names_file_line_and_remedy_and_fails(city: LittleCity, capsys: pytest.CaptureFixture[str]) -> None:
    line = city.with_text("matters/drainage/matter.yaml", "by: water/inspection", "by: water/inspector")
    assert yiwang("check", str(city.folder)) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first.endswith(
        f"matters/drainage/matter.yaml:{line}: error: The city has no post “water/inspector”. "
        "Did you mean “water/inspection”?"
    )
    assert last.startswith("1 to mend")


def test_search_prints_code_name_and_score(published_city: LittleCity, capsys: pytest.CaptureFixture[str]) -> None:
    assert yiwang("catalogue", "search", "后厨的油水怎么排", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found[0]["code"] == "drainage"
    assert found[0]["name"] == "排水许可"
    assert found[0]["score"] > 0
    assert yiwang("catalogue", "search", "后厨的油水怎么排") == 0
    assert "排水许可" in capsys.readouterr().out
    assert yiwang("catalogue", "search", "qqqq") == 0
    assert capsys.readouterr().out == "Nothing found. Try other words.\n"

import argparse
import json
from pathlib import Path

import pytest

from tests.service.catalogue.little_city import LittleCity
from yiwang.service.catalogue import commands

CITY = Path(__file__).parents[3] / "city"


def yiwang(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    commands.register(parser.add_subparsers())
    options = parser.parse_args(arguments)
    return int(options.run(options))


def test_the_demonstration_city_has_nothing_to_mend(capsys: pytest.CaptureFixture[str]) -> None:
    assert yiwang("check", str(CITY)) == 0
    assert capsys.readouterr().out.endswith("nothing wrong.\n")


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

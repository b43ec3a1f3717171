"""A language model of the city's choice: it sees nobody's name, its words are checked, and it may be silent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.foundation.assist.models import Model, completion, serving
from yiwang.foundation.assist import endpoint, masking

TEXT = "王晓兰（110000199003070220）在望江区滨江路 8 号开店，隔油池 2 立方米，电话19900000001。"
HIDDEN = {"王晓兰", "望江区滨江路 8 号"}


@pytest.fixture
def model(settings: Any) -> Iterator[Model]:
    with serving(settings) as found:
        yield found


def test_it_is_off_until_a_city_names_an_endpoint(settings: Any) -> None:
    assert settings.YIWANG_ASSIST_URL == ""
    assert not endpoint.is_configured()
    with pytest.raises(endpoint.Unavailable):
        endpoint.reworded(TEXT, HIDDEN)


def test_what_tells_who_somebody_is_never_leaves_and_comes_back(model: Model) -> None:
    model.say = lambda text: completion("经查：" + text)
    assert endpoint.reworded(TEXT, HIDDEN) == "经查：" + TEXT
    sent = json.dumps(model.asked, ensure_ascii=False)
    for telling in ("王晓兰", "110000199003070220", "滨江路", "19900000001"):
        assert telling not in sent
    assert "隔油池 2 立方米" in sent
    assert (model.asked[0]["path"], model.asked[0]["model"]) == ("/v1/chat/completions", "small")
    assert model.headers[0]["Authorization"] == "Bearer k"


@pytest.mark.parametrize(
    "say",
    [
        lambda text: completion(text.replace("2 立方米", "3 立方米")),
        lambda text: completion(text.replace("⟦1⟧", "")),
        lambda text: completion(text + "⟦1⟧"),
        lambda text: completion(text + "⟦9⟧"),
        lambda text: completion(""),
        lambda text: completion("字" * 100_000),
        lambda text: b"<html>",
        lambda text: b'{"choices": []}',
        lambda text: b"[1]",
    ],
)
def test_words_that_say_another_thing_are_not_taken(model: Model, say: Callable[[str], bytes]) -> None:
    model.say = say
    with pytest.raises(endpoint.Unavailable):
        endpoint.reworded(TEXT, HIDDEN)


def test_an_endpoint_that_fails_or_is_gone_is_unavailable(model: Model, settings: Any) -> None:
    model.status = 500
    with pytest.raises(endpoint.Unavailable):
        endpoint.reworded(TEXT, HIDDEN)
    settings.YIWANG_ASSIST_URL = "http://127.0.0.1:9/v1"
    with pytest.raises(endpoint.Unavailable):
        endpoint.reworded(TEXT, HIDDEN)


@given(st.text(max_size=200), st.sets(st.text(min_size=2, max_size=12), max_size=5))
def test_what_was_put_away_comes_back_as_it_was(text: str, hidden: set[str]) -> None:
    masked = masking.mask(text, hidden)
    assert masking.restore(masked, masked.text) == text.replace("⟦", "[").replace("⟧", "]")

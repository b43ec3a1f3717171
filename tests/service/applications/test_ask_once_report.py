"""How far "ask once" has come, counted: who answers each question, and how each paper comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.service.applications.applying import DRAINAGE, DRAINS, RESTAURANT, Applicant
from tests.service.applications.library import Library, connected
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.service.applications import actions, ask_once, submission
from yiwang.service.catalogue import queries as catalogue


@pytest.fixture
def library(jinlan: None, db: None, clock: FrozenClock, tmp_path: Path) -> Iterator[Library]:
    with connected(tmp_path) as found:
        yield found


def counts(rows: Any, code: str) -> Any:
    return next(each for each in rows if each.code == code)


def test_each_question_is_answered_in_one_way_and_each_paper_comes_in_one(library: Library) -> None:
    for each in ask_once.report().published:
        assert each.asked == each.from_account + each.prefilled + each.suggested + each.typed + each.chosen
        service = catalogue.service(each.code).service
        parts = getattr(service, "parts", None)
        matters = [part.matter for part in parts] if parts else [service]
        materials = {material.key for matter in matters for material in matter.materials}
        assert len(materials) == each.exempt + each.adopted + each.uploaded


def test_in_any_situation_a_restaurant_types_four_answers_at_most(library: Library) -> None:
    restaurant = counts(ask_once.report().published, RESTAURANT)
    assert restaurant.typed == 4, "name, seats, capital of a company, width of a sign"
    assert restaurant.suggested == 7


def test_what_was_sent_is_counted_by_how_it_came(wang: Applicant, library: Library) -> None:
    draft = wang.starts(DRAINAGE, DRAINS)
    actions.adopt(draft, "hidden_works_pledge", by=wang.actor)
    actions.bring(draft, "grease_trap_contract", [wang.uploads()], by=wang.actor)
    submission.submit(draft, wang.sees(draft).version, declared=True, by=wang.actor)
    sent = counts(ask_once.report().real, DRAINAGE)
    assert (sent.applications, sent.asked, sent.typed, sent.chosen) == (1, 6, 4, 2)
    assert (sent.adopted, sent.uploaded) == (1, 1)


def test_what_follows_or_can_be_adopted_is_no_gap(library: Library) -> None:
    gaps = {each.key for each in ask_once.report().gaps}
    assert {"premises.seats", "fire_equipment_plan"} <= gaps
    assert not {"food.staff", "food_safety_rules", "premises.address"} & gaps


def test_a_guide_says_in_a_sentence_what_nobody_need_type_or_bring(wang: Applicant, tmp_path: Path) -> None:
    visitor = Client()
    assert "我们替您查" not in visitor.get("/matters/open-a-restaurant/").content.decode(), "no department answers"
    with connected(tmp_path):
        page = visitor.get("/matters/open-a-restaurant/").content.decode()
        assert "公安局的实有人口" in page
        assert "不动产登记（个人）" in page
        assert "也不用带" in page
        assert "法定代表人" not in page, "the business does not exist yet"
        assert "法定代表人和经营者" in visitor.get("/matters/drainage-permit/").content.decode()
        shown = visitor.get("/api/v1/matters/open-a-restaurant").json()
        assert "identity card" in shown["looks_up"]["en"]

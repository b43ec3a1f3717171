"""An application in each district lies on its office's desk and on nobody else's, and moves with its address."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from django.test import Client

from tests.web.personas import World
from tests.web.programs import Desk, Program
from tests.web.test_every_service import an_answer
from yiwang.casework.cases.models import Case, Task
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.ledger.replay import history, replay
from yiwang.foundation.places import queries as places
from yiwang.web.worker import run_until_quiet

pytestmark = pytest.mark.django_db

STALL = "food-stall-filing"
PERMIT = "residence-permit"
KEYS = count()


@pytest.fixture
def resident(inhabited_city: World, clock: FrozenClock) -> Program:
    return Program("wang")


def applies(resident: Program, service: str, **answers: str) -> str:
    """A whole application; what `answers` leave open is answered as the walk through every service does."""
    whole: dict[str, Any] = {"code": service, "answers": answers, "materials": {}, "signed": [], "declared": True}
    for _turn in range(20):
        answer = resident.answers("POST", "/applications", whole, Idempotency_Key=f"jurisdiction-{next(KEYS)}")
        if answer.status_code == 201:
            return str(answer.json()["number"])
        for each in answer.json()["missing"]:
            match each["kind"]:
                case "question":
                    whole["answers"][each["key"]] = an_answer(each["key"], most=False)
                case "material":
                    whole["materials"][each["key"]] = [resident.uploads()]
                case _:
                    whole["signed"].append(each["key"])
    raise AssertionError("never had enough")


def offices_with_work(number: str) -> set[str]:
    return set(Task.objects.filter(case__number=number).values_list("department", flat=True))


def test_each_district_has_its_own_stalls(resident: Program) -> None:
    for district in places.districts():
        number = applies(resident, STALL, **{"stall.spot": f"{district.name.zh}夜市 3 号摊"})
        assert offices_with_work(number) == {f"market-{district.code}"}
        assert Case.objects.get(number=number).district == district.code
        seen = resident("GET", f"/applications/{number}")
        assert seen["parts"][0]["department"]["zh"] == f"{district.name.zh}市场监督管理局"
        assert seen["answers"]["stall.district"] == district.code
        assert seen["worked_out"] == ["stall.district"]


def test_each_street_has_its_own_police_station(resident: Program) -> None:
    for place in places.everywhere():
        if place.kind == "street":
            number = applies(resident, PERMIT, **{"person.address": "人民路 1 号", "person.street": place.code})
            assert offices_with_work(number) == {f"public-security-{place.code}"}


def test_only_the_competent_officers_find_it(resident: Program) -> None:
    number = applies(resident, STALL, **{"stall.spot": "望江区夜市 3 号摊"})
    here, elsewhere, whole, head = (Desk(each) for each in ("qu.stalls", "jin.stalls", "you.stalls", "zhao.head"))
    assert [row["case"] for row in here("GET", "/desk?department=market-319901")["rows"]] == [number]
    assert here("GET", f"/cases/{number}")["district"] == "319901"
    for desk in (elsewhere, whole):
        assert desk("GET", "/desk?department=market-319901")["rows"] == []
        desk("GET", f"/cases/{number}", expect=404)
    assert here("GET", "/desk?department=market")["rows"] == []
    # The head of the city's bureau oversees what its branches do, and cannot do it for them.
    assert head("GET", f"/cases/{number}")["parts"][0]["full"]
    head.do("accept", number, STALL, expect=403)
    here.do("accept", number, STALL)


def test_an_address_that_names_no_place_is_asked_for(resident: Program) -> None:
    body = {"code": STALL, "answers": {"stall.spot": "夜市 3 号摊"}, "declared": True}
    answer = resident.answers("POST", "/applications", body, Idempotency_Key="no-place")
    assert "stall.district" in {each["key"] for each in answer.json()["missing"]}
    schema = resident("GET", f"/matters/{STALL}/schema")["properties"]["stall.district"]
    assert schema["x-found-in"] == "stall.spot"
    assert [each["const"] for each in schema["oneOf"]] == [each.code for each in places.districts()]


def test_the_promise_is_checked_by_the_same_district(resident: Program) -> None:
    number = applies(resident, STALL, **{"stall.spot": "云溪县集市 1 号"})
    desk = Desk("you.stalls")
    desk.do("accept", number, STALL)
    desk.do("decide", number, STALL, granted=True, reason="符合条件。")
    run_until_quiet()
    (check,) = resident("GET", f"/applications/{number}")["checks"]
    assert offices_with_work(check) == {"market-319921"}
    assert Case.objects.get(number=check).district == "319921"


def test_a_corrected_address_moves_it_and_everybody_is_told(resident: Program) -> None:
    number = applies(resident, STALL, **{"stall.spot": "望江区夜市 3 号摊"})
    here, there = Desk("qu.stalls"), Desk("jin.stalls")
    here.do("request-correction", number, STALL, items=["摊位在桂园区，请写对地址。"])
    answers = {"stall.spot": "桂园区夜市 5 号摊"}
    resident("POST", f"/applications/{number}/parts/{STALL}/correct", {"answers": answers, "declared": True})
    here("GET", f"/cases/{number}", expect=404)
    there.do("accept", number, STALL)
    told = resident("GET", f"/applications/{number}")
    assert told["parts"][0]["department"]["zh"] == "桂园区市场监督管理局"
    assert any("移交桂园区市场监督管理局" in each["words"]["zh"] for each in told["timeline"])
    assert replay().differences == ()


def test_an_office_passes_on_what_is_not_its_own(resident: Program) -> None:
    number = applies(resident, STALL, **{"stall.spot": "望江区夜市 3 号摊"})
    here, there = Desk("qu.stalls"), Desk("jin.stalls")
    here.do("transfer", number, STALL, place="319902", reason="这个夜市在桂园区。", expect=204)
    run_until_quiet()
    there.do("accept", number, STALL)
    inbox = resident("GET", "/messages")
    assert any("移送" in str(each) for each in inbox["messages"])
    body = history("case", Case.objects.get(number=number).pk)[1].body
    assert (body.place, body.offices) == ("319902", {"market": "market-319902"})
    assert replay().differences == ()


def test_on_the_pages_a_street_is_chosen_from_a_list_and_an_officer_passes_on(
    resident: Program, client: Client
) -> None:
    draft = resident("POST", "/drafts", {"code": PERMIT}, expect=201)["id"]
    answers = {"person.household_here": False, "person.address": "人民路 1 号"}
    resident("PATCH", f"/drafts/{draft}/answers", {"answers": answers})
    client.force_login(User.objects.get(username="wang"))
    question = client.get(f"/drafts/{draft}/questions/person.street/").content.decode()
    assert '<option value="319901001">望江区滨江街道</option>' in question

    number = applies(resident, STALL, **{"stall.spot": "望江区夜市 3 号摊"})
    client.force_login(User.objects.get(username="qu.stalls"))
    page = client.get(f"/desk/cases/{number}/").content.decode()
    assert "由望江区市场监督管理局办理。" in page
    form = client.get(f"/desk/cases/{number}/parts/{STALL}/transfer/").content.decode()
    assert "桂园区市场监督管理局" in form
    assert '<option value="319901"' not in form
    sent = {"seen": 0, "place": "319902", "reason": "这个夜市在桂园区。"}
    passed = client.post(f"/desk/cases/{number}/parts/{STALL}/transfer/", sent)
    assert (passed.status_code, passed.url) == (302, "/desk/")
    assert client.get(f"/desk/cases/{number}/").status_code == 404

"""What a situation requires of the demonstration city's restaurant, from the answers so far."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.casework.cases.plan import Plan, TaskKind
from yiwang.foundation.kernel import time
from yiwang.service.catalogue.check import read
from yiwang.service.catalogue.package import Bundle, Matter, Service
from yiwang.service.catalogue.service import (
    Held,
    MaterialStatus,
    chosen_parts,
    elements_of,
    materials_for,
    plan_for,
    possible_materials,
    questions_for,
    rule_grants,
    situation,
)

CITY = Path(__file__).parents[3] / "city"

SMALL: dict[str, Any] = {"premises.floor_area": "40", "food.hot_food": "none", "shop_sign.wanted": False}
LARGE: dict[str, Any] = {
    "premises.floor_area": "420",
    "food.hot_food": "open_flame",
    "shop_sign.wanted": True,
    "enterprise.form": "company",
    "premises.tenure": "rent",
    "premises.seats": "80",
    "discharge.kind": "catering",
    "discharge.daily_m3": "60",
    "shop_sign.width_m": "6",
    "shop_sign.lit": False,
}


@cache
def services() -> dict[str, Service]:
    found, findings = read(CITY)
    assert findings == []
    return {service.code: service for service in found}


def restaurant() -> Bundle:
    service = services()["open-a-restaurant"]
    assert isinstance(service, Bundle)
    return service


def matter(code: str) -> Matter:
    service = services()[code]
    assert isinstance(service, Matter)
    return service


def asked(service: Service, answers: dict[str, Any]) -> list[str]:
    return [question.element.code for question in questions_for(service, answers)]


def papers(service: Service, answers: dict[str, Any], status: MaterialStatus) -> set[str]:
    return {item.material.key for item in materials_for(service, answers) if item.status is status}


def test_a_large_restaurant_has_six_parts_of_five_departments() -> None:
    keys = [part.key for part in chosen_parts(restaurant(), LARGE)]
    assert keys == ["registration", "food", "fire", "drainage", "sign", "seal"]
    assert set(restaurant().departments) == {"market", "fire", "water", "city-appearance", "public-security"}


def test_a_small_shop_without_sign_needs_neither_fire_nor_sign() -> None:
    assert [part.key for part in chosen_parts(restaurant(), SMALL)] == ["registration", "food", "drainage", "seal"]


def test_nothing_cooked_and_no_seats_spares_the_visit() -> None:
    parts = {part.key: part.skipped for part in chosen_parts(restaurant(), {**SMALL, "premises.seats": "0"})}
    assert parts["food"] == {"site"}
    assert {part.key: part.skipped for part in chosen_parts(restaurant(), LARGE)}["food"] == frozenset()


def test_the_enterprise_that_does_not_exist_yet_is_never_asked_for_its_code() -> None:
    assert "enterprise.uscc" not in asked(restaurant(), LARGE)
    assert "enterprise.uscc" in asked(matter("drainage-permit"), {})


def test_every_question_is_asked_once_however_many_departments_want_it() -> None:
    codes = asked(restaurant(), LARGE)
    assert len(codes) == len(set(codes))
    assert sum(code == "premises.address" for code in codes) == 1


def test_a_question_waits_for_the_answer_it_depends_on() -> None:
    assert "discharge.daily_m3" not in asked(restaurant(), SMALL)
    assert "discharge.daily_m3" not in asked(restaurant(), {**SMALL, "discharge.kind": "domestic"})
    assert "discharge.daily_m3" in asked(restaurant(), {**SMALL, "discharge.kind": "catering"})


def test_materials_grow_with_the_situation() -> None:
    needed = papers(restaurant(), LARGE, MaterialStatus.NEEDED)
    assert {"lease", "articles_of_association", "evacuation_plan", "water_test_report", "sign_drawing"} <= needed
    fewer = papers(restaurant(), SMALL, MaterialStatus.NEEDED)
    assert not {"lease", "evacuation_plan", "water_test_report", "sign_drawing"} & fewer


def longest(service: Service, answers: dict[str, Any]) -> set[str]:
    """What the applicant may have to bring, as far as the answers tell."""
    wanted = {item.material.key for item in materials_for(service, answers) if item.status is not MaterialStatus.EXEMPT}
    possible = {material.key for material in possible_materials(service, answers)}
    assert not wanted & possible
    return wanted | possible


def test_the_list_of_what_may_be_needed_only_shrinks_as_answers_come() -> None:
    given: dict[str, Any] = {}
    before = longest(restaurant(), given)
    assert {"lease", "loan_of_premises", "articles_of_association", "water_test_report", "sign_drawing"} <= before
    for code, value in {**LARGE, "enterprise.form": "sole_trader", "discharge.daily_m3": "8"}.items():
        given[code] = value
        now = longest(restaurant(), given)
        assert now <= before, f"{code} makes the list longer by {now - before}"
        before = now
    assert possible_materials(restaurant(), given) == ()
    assert "articles_of_association" not in before
    assert "water_test_report" not in before


def test_what_a_question_that_will_not_be_asked_decides_is_not_possible() -> None:
    keys = {material.key for material in possible_materials(restaurant(), {"discharge.kind": "domestic"})}
    assert "water_test_report" not in keys
    assert "lease" in keys


def test_what_the_government_holds_is_exempt_with_its_source() -> None:
    exempt = {
        item.material.key: item.source
        for item in materials_for(restaurant(), {**LARGE, "premises.tenure": "own"})
        if item.status is MaterialStatus.EXEMPT
    }
    assert exempt == {
        "identity_card": "public-security",
        "property_certificate": "natural-resources",
        "business_licence": "market",
        "health_certificates": "health",
    }


def test_a_library_that_proves_nothing_leaves_only_what_this_application_brings() -> None:
    found = {
        item.material.key: item
        for item in materials_for(
            restaurant(),
            LARGE,
            held=Held(
                unproved=frozenset({"identity_card", "property_certificate", "health_certificates", "business_licence"})
            ),
        )
    }
    assert found["business_licence"].status is MaterialStatus.EXEMPT
    assert found["identity_card"].status is MaterialStatus.NEEDED
    assert found["health_certificates"].status is MaterialStatus.DEFERRABLE


def test_the_library_proves_awaits_or_leaves_a_material_to_the_applicant() -> None:
    held = Held(proved={"floor_plan": "natural-resources"}, awaited={"health_certificates": "health"})
    found = {item.material.key: item for item in materials_for(restaurant(), LARGE, held)}
    assert (found["floor_plan"].status, found["floor_plan"].source) == (MaterialStatus.EXEMPT, "natural-resources")
    assert found["health_certificates"].status is MaterialStatus.AWAITED
    assert found["identity_card"].status is MaterialStatus.EXEMPT, "what the library knows nothing of, officers look up"


def test_a_paper_that_two_parts_want_is_brought_once() -> None:
    plan = [item for item in materials_for(restaurant(), LARGE) if item.material.key == "floor_plan"]
    assert [item.parts for item in plan] == [("food", "fire")]


def test_a_decision_is_called_what_the_law_calls_it() -> None:
    plan = plan_for(restaurant())
    said = {part.key: part.verdicts[1].zh if part.verdicts else "" for part in plan.parts}
    assert said == {
        "registration": "不予登记",
        "food": "",
        "fire": "",
        "drainage": "",
        "sign": "不予备案",
        "seal": "不予备案",
    }
    assert Plan.from_json(plan.to_json()) == plan


def test_registration_comes_first_and_the_others_run_in_parallel() -> None:
    plan = plan_for(restaurant())
    assert {part.key: part.needs for part in plan.parts} == {
        "registration": (),
        "food": ("registration",),
        "fire": ("registration",),
        "drainage": ("registration",),
        "sign": ("registration",),
        "seal": ("registration",),
    }
    assert plan.by_key["registration"].creates == ("enterprise.uscc", "enterprise.name")


def test_fire_safety_is_decided_on_a_signed_promise_and_checked_within_twenty_working_days() -> None:
    fire = matter("fire-safety-before-opening")
    assert fire.commitment is not None
    assert str(fire.commitment.check_within) == "20 working days"
    assert plan_for(restaurant()).by_key["fire"].committed


def test_the_water_test_is_a_listed_procedure_that_may_stop_the_clock() -> None:
    procedure = plan_for(restaurant()).by_key["drainage"].procedure("water_test")
    assert procedure is not None
    assert procedure.kind == "test"


def test_a_matter_alone_is_one_part_called_by_its_own_code() -> None:
    card = matter("senior-transit-card")
    assert [part.key for part in chosen_parts(card, {})] == ["senior-transit-card"]
    assert plan_for(card).parts[0].decision.kind is TaskKind.RULE


@pytest.mark.parametrize(
    ("number", "here", "granted"),
    [
        ("110000195106120130", True, True),
        ("110000195106120130", False, False),
        ("110000199003070220", True, False),
        ("110000195106120131", True, False),
        ("", True, False),
    ],
    ids=["old and here", "old, elsewhere", "young", "a number that is none", "no number"],
)
def test_a_machine_grants_the_card_only_where_the_rule_is_exactly_true(number: str, here: bool, granted: bool) -> None:
    answers = {"person.resident_id": number, "person.lives_here": here}
    assert rule_grants(matter("senior-transit-card"), answers, date(2025, 3, 12)) is granted


def test_the_sixtieth_birthday_is_the_first_day_of_the_card() -> None:
    card, answers = (
        matter("senior-transit-card"),
        {"person.resident_id": "110000195106120130", "person.lives_here": True},
    )
    assert not rule_grants(card, answers, date(2011, 6, 11))
    assert rule_grants(card, answers, date(2011, 6, 12))


def test_a_matter_without_a_rule_is_never_granted_by_a_machine() -> None:
    assert not rule_grants(matter("residence-permit"), {})


def test_answers_of_the_wrong_kind_count_as_not_given(clock: time.FrozenClock) -> None:
    seen = situation(restaurant(), {"premises.floor_area": "large", "shop_sign.wanted": "yes"})
    assert seen["premises.floor_area"] == {}
    assert seen["shop_sign.wanted"] == {}
    assert "sign" not in [part.key for part in chosen_parts(restaurant(), {"shop_sign.wanted": "yes"})]


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "premises.floor_area": st.sampled_from(["1", "299.9", "300", "5000", ""]),
        "food.hot_food": st.sampled_from(["none", "electric", "open_flame", "?"]),
        "shop_sign.wanted": st.booleans(),
        "enterprise.form": st.sampled_from(["sole_trader", "company"]),
        "premises.tenure": st.sampled_from(["own", "rent", "borrow"]),
        "premises.seats": st.integers(0, 100),
        "discharge.kind": st.sampled_from(["domestic", "catering", "process"]),
        "discharge.daily_m3": st.integers(0, 100),
    },
)


@given(ANSWERS)
def test_whatever_is_answered_the_lists_stay_within_what_the_bundle_may_ask(answers: dict[str, Any]) -> None:
    bundle = restaurant()
    codes = asked(bundle, answers)
    assert len(codes) == len(set(codes))
    assert set(codes) <= set(elements_of(bundle)) - {"enterprise.uscc", "enterprise.name"}
    chosen = {part.key for part in chosen_parts(bundle, answers)}
    assert {"registration", "food", "drainage", "seal"} <= chosen
    for item in materials_for(bundle, answers):
        assert set(item.parts) <= chosen


@given(ANSWERS, st.sampled_from(["premises.tenure", "discharge.kind", "enterprise.form"]))
def test_one_more_answer_never_removes_a_question_before_it(answers: dict[str, Any], code: str) -> None:
    known = {key: value for key, value in answers.items() if key != code}
    values = {"premises.tenure": "own", "discharge.kind": "catering", "enterprise.form": "company"}
    assert set(asked(restaurant(), known)) <= set(asked(restaurant(), {**known, code: values[code]}))

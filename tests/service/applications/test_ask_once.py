"""What departments hold is not asked: it answers, spares papers, shows its source, and may be disputed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.service.applications.applying import Applicant, at_post, decides, part_of, registers, word_goes_round
from tests.service.applications.library import CHEN, REGISTERS, SECOND_SHOP, SHOP, WANG, Library, connected
from yiwang.casework.cases.queries import case_view
from yiwang.foundation.directory.actor import MACHINE, officer
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.notifications.models import Message
from yiwang.library.centre import silence
from yiwang.library.centre.models import Correction
from yiwang.library.centre.questions import Standing
from yiwang.library.subjects import golden
from yiwang.service.applications import actions, arrivals, asking, disputes, queries, submission
from yiwang.service.applications.known import NONE_OF_THEM, State
from yiwang.service.applications.progress import Kind
from yiwang.service.catalogue.service import MaterialStatus

RESTAURANT = "open-a-restaurant"
HEALTH = "health.certificates@1"
PROPERTY = "natural-resources.property@1"
TYPED: dict[str, Any] = {
    "food.hot_food": "electric",
    "shop_sign.wanted": False,
    "enterprise.form": "sole_trader",
    "enterprise.proposed_name": "锦澜晓兰家常菜馆",
    "enterprise.activity": "meals",
    "food.items": ["hot"],
    "premises.seats": "64",
    "food.staff": "1",
    "discharge.kind": "catering",
    "discharge.daily_m3": "18",
    "discharge.grease_trap": True,
    "seal.kinds": ["official"],
}


@pytest.fixture
def library(jinlan: None, db: None, clock: FrozenClock, tmp_path: Path) -> Iterator[Library]:
    with connected(tmp_path) as found:
        yield found


def looks_up(wang: Applicant, code: str = RESTAURANT, **answers: Any) -> Any:
    draft = wang.starts(code, answers or None)
    asking.look_up(draft, by=wang.actor)
    return draft


def statuses(wang: Applicant, draft: Any) -> dict[str, str]:
    return {each.material.key: each.status.value for each in wang.sees(draft).progress.materials}


def completes(wang: Applicant, draft: Any) -> Any:
    for code, value in TYPED.items():
        if wang.sees(draft).progress.question(code) is not None:
            actions.answer(draft, {code: value}, by=wang.actor)
            asking.look_up(draft, by=wang.actor)
    for step in wang.sees(draft).progress.missing:
        if step.kind is Kind.MATERIAL:
            actions.bring(draft, step.key, [wang.uploads(f"{step.key}.png")], by=wang.actor)
        elif step.kind is Kind.COMMITMENT:
            actions.sign(draft, [step.key], by=wang.actor)
    held = wang.sees(draft)
    assert not held.progress.missing, held.progress.missing
    return held


def test_the_premises_answer_from_the_property_register(wang: Applicant, library: Library) -> None:
    held = wang.sees(looks_up(wang))
    assert held.answers["premises.address"] == "望江区滨江路88号"
    assert held.answers["premises.floor_area"] == "320"
    assert held.answers["premises.tenure"] == "own"
    known = held.progress.known["premises.address"]
    assert (known.lookup.product, known.lookup.department) == (PROPERTY, "natural-resources")
    assert held.answers["premises.floor"] == "ground", "320 m² bring the fire department in, whose question is answered"


def test_each_look_stands_in_the_owners_log_with_its_case(wang: Applicant, library: Library) -> None:
    draft = looks_up(wang)
    looks = library.looks("natural-resources")
    assert looks
    assert {each.asker.case for each in looks} == {f"draft:{draft}"}
    assert {each.asker.actor for each in looks} == {str(wang.actor)}
    assert {each.asker.post for each in looks} <= {"market/registration", "market/food", "fire/permits"}
    assert {each.record for each in wang.sees(draft).told.lookups if each.product == PROPERTY} <= {
        each.position for each in looks
    }


def test_nothing_is_looked_up_twice(wang: Applicant, library: Library) -> None:
    draft = looks_up(wang)
    before = {department: len(library.looks(department)) for department in library.gateways}
    asking.look_up(draft, by=wang.actor)
    assert {department: len(library.looks(department)) for department in library.gateways} == before


def test_papers_that_a_register_proves_are_not_asked(wang: Applicant, library: Library) -> None:
    found = statuses(wang, looks_up(wang))
    assert found["identity_card"] == found["property_certificate"] == found["floor_plan"] == "exempt"


def test_health_data_is_read_only_with_consent(wang: Applicant, library: Library) -> None:
    draft = looks_up(wang)
    assert not library.looks("health")
    assert [each.product.reference for each in asking.wanted_consents(wang.sees(draft), wang.actor)] == [HEALTH]
    asking.consent(draft, {HEALTH: True}, by=wang.actor)
    assert len(library.looks("health")) == 1
    assert statuses(wang, draft)["health_certificates"] == "exempt"
    assert asking.wanted_consents(wang.sees(draft), wang.actor) == ()


def test_an_officer_sees_with_the_consent_that_was_given_for_the_case_and_not_without(
    wang: Applicant, library: Library
) -> None:
    draft = looks_up(wang)
    asking.consent(draft, {HEALTH: True}, by=wang.actor)
    done = submission.submit(draft, completes(wang, draft).version, declared=True, by=wang.actor)
    who, standing = golden.sought(WANG), Standing("market/food", "application")

    def seen(case: str) -> tuple[set[str], list[str]]:
        found = golden.assemble(who, standing, at_post("market/food"), case=case)
        sources = {told.code for thing in found.things for told in thing.values}
        return sources, [each.product.reference for each in found.silent]

    sources, silent = seen(done.number)
    assert "health.certificates" in sources
    assert HEALTH not in silent
    assert library.looks("health")[-1].asker.case == done.number
    before = len(library.looks("health"))
    sources, silent = seen("319900-2025-0000009")
    assert "health.certificates" not in sources
    assert HEALTH in silent
    assert len(library.looks("health")) == before, "nobody is asked what may not be told"
    assert asking.agreed_for(CHEN, done.number, "application") == frozenset()
    assert asking.agreed_for(WANG, done.number, "analysis") == frozenset()


def test_a_no_leaves_the_paper_to_the_applicant(wang: Applicant, library: Library) -> None:
    draft = looks_up(wang)
    asking.consent(draft, {HEALTH: False}, by=wang.actor)
    assert not library.looks("health")
    assert statuses(wang, draft)["health_certificates"] == "deferrable"


def test_of_two_premises_the_applicant_chooses_one(
    wang: Applicant, jinlan: None, clock: FrozenClock, tmp_path: Path
) -> None:
    with connected(tmp_path, {**REGISTERS, "natural-resources.property": (SHOP, SECOND_SHOP)}):
        draft = looks_up(wang)
        held = wang.sees(draft)
        assert "premises.address" not in held.answers
        (choice,) = held.told.choices
        number = next(n for n, row in enumerate(choice.rows) if row["address"] == SECOND_SHOP["address"])
        asking.choose(draft, PROPERTY, number, by=wang.actor)
        held = wang.sees(draft)
        assert held.answers["premises.address"] == "青石区老街路3号"
        assert held.answers["premises.floor_area"] == "45.5"
        assert statuses(wang, draft)["floor_plan"] == "needed", "of this one no plan is on file"


def test_an_application_about_another_place_is_asked_for_it(wang: Applicant, library: Library) -> None:
    draft = looks_up(wang)
    asking.choose(draft, PROPERTY, NONE_OF_THEM, by=wang.actor)
    held = wang.sees(draft)
    assert "premises.address" not in held.answers
    assert held.progress.question("premises.address") is not None
    assert statuses(wang, draft)["floor_plan"] == "needed"


def test_nobody_elses_record_is_read(wang: Applicant, library: Library) -> None:
    draft = wang.starts("elderly-allowance", {"person.resident_id": "110000195106120130"})
    asking.look_up(draft, by=wang.actor)
    assert not any(library.looks(department) for department in library.gateways)


def test_a_disputed_record_keeps_both_values_and_opens_a_correction(
    wang: Applicant, library: Library, clock: FrozenClock
) -> None:
    draft = looks_up(wang)
    number = disputes.dispute(draft, "premises.floor_area", "310", "去年拆了一间", by=wang.actor)
    held = wang.sees(draft)
    assert held.answers["premises.floor_area"] == "310"
    assert held.progress.known["premises.floor_area"].value == "320"
    wrong = Correction.objects.get()
    assert (wrong.held, wrong.said) == ("320 平方米", "310 平方米")
    assert case_view(number, officer(7, ["natural-resources/data"])).part("correct").is_open
    decides(number, "correct")
    word_goes_round()
    assert Message.objects.filter(user=wang.user.pk, subject_zh__startswith="已经更正").exists()


def test_a_second_dispute_of_the_same_field_joins_the_first(wang: Applicant, library: Library) -> None:
    draft = looks_up(wang)
    first = disputes.dispute(draft, "premises.floor_area", "310", by=wang.actor)
    assert disputes.dispute(draft, "premises.floor_area", "305", by=wang.actor) == first
    assert Correction.objects.count() == 1


def test_what_a_silent_department_owes_is_awaited_and_arrives_by_itself(
    wang: Applicant, library: Library, clock: FrozenClock
) -> None:
    library.switch("health", off=True)
    draft = looks_up(wang)
    asking.consent(draft, {HEALTH: True}, by=wang.actor)
    assert statuses(wang, draft)["health_certificates"] == MaterialStatus.AWAITED.value
    held = completes(wang, draft)
    done = submission.submit(draft, held.version, declared=True, by=wang.actor)
    received = queries.followed(done.number, wang.actor).standing
    assert "从业人员健康证明由部门直接提供，暂时没有答复" in received.text.zh, "before anybody has accepted it"
    registers(done.number)
    word_goes_round()
    assert part_of(done.number, "food").awaiting == ("health_certificates",)
    assert part_of(done.number, "drainage").awaiting == ()
    glance = next(part for part in queries.followed(done.number, wang.actor).parts if part.key == "food")
    assert glance.awaiting == ()
    assert [name.zh for name, _department in glance.owed] == ["从业人员健康证明"]
    clock.advance(timedelta(minutes=5))
    assert arrivals.ask_again() == 0, "still silent"
    library.switch("health", off=False)
    clock.advance(timedelta(minutes=5))
    assert arrivals.ask_again() == 1
    assert part_of(done.number, "food").awaiting == ()
    assert library.looks("health")[-1].asker.case == done.number


def test_what_nobody_proves_in_the_end_the_applicant_brings(
    wang: Applicant, jinlan: None, clock: FrozenClock, tmp_path: Path
) -> None:
    with connected(tmp_path, {**REGISTERS, "health.certificates": ()}) as library:
        library.switch("health", off=True)
        draft = looks_up(wang)
        asking.consent(draft, {HEALTH: True}, by=wang.actor)
        held = completes(wang, draft)
        done = submission.submit(draft, held.version, declared=True, by=wang.actor)
        registers(done.number)
        library.switch("health", off=False)
        clock.advance(timedelta(minutes=5))
        arrivals.ask_again()
        glance = next(part for part in queries.followed(done.number, wang.actor).parts if part.key == "food")
        assert [key for key, _name in glance.awaiting] == ["health_certificates"]
        actions.bring_deferred(done.number, "health_certificates", [wang.uploads()], by=wang.actor)
        assert part_of(done.number, "food").awaiting == ()


def test_what_was_looked_up_goes_with_the_application(wang: Applicant, library: Library) -> None:
    draft = looks_up(wang)
    asking.consent(draft, {HEALTH: True}, by=wang.actor)
    held = completes(wang, draft)
    done = submission.submit(draft, held.version, declared=True, by=wang.actor)
    papers = queries.papers(case_view(done.number, MACHINE).id)
    assert papers is not None
    assert {each.product for each in papers.told.lookups} >= {PROPERTY, HEALTH}
    assert all(each.state is not State.OFFLINE for each in papers.told.lookups)


def test_a_city_without_a_library_asks_as_before(wang: Applicant) -> None:
    draft = looks_up(wang)
    held = wang.sees(draft)
    assert held.told.lookups == ()
    assert "premises.address" not in held.answers
    assert (
        statuses(wang, draft)["property_certificate" if "premises.tenure" in held.answers else "identity_card"]
        == "exempt"
    )


def test_who_did_not_answer_is_left_alone_for_a_moment_and_then_asked_again(
    wang: Applicant, library: Library, clock: FrozenClock
) -> None:
    library.switch("natural-resources", off=True)
    draft = looks_up(wang)
    asked = library.registers["natural-resources"].asked
    assert asked
    actions.discard(draft, by=wang.actor)
    clock.advance(silence.MOMENT - timedelta(seconds=1))
    again = looks_up(wang, **{"premises.tenure": "own"})
    assert library.registers["natural-resources"].asked == asked, "nobody waits twice"
    silent = [each for each in wang.sees(again).told.lookups if each.department == "natural-resources"]
    assert {each.state for each in silent} == {State.OFFLINE}
    assert statuses(wang, again)["property_certificate"] == MaterialStatus.AWAITED.value
    assert statuses(wang, again)["identity_card"] == "exempt", "the others are asked as ever"
    actions.discard(again, by=wang.actor)
    library.switch("natural-resources", off=False)
    clock.advance(timedelta(seconds=1))
    assert wang.sees(looks_up(wang)).answers["premises.address"] == "望江区滨江路88号"


def test_an_answer_ends_the_silence_at_once(wang: Applicant, library: Library, clock: FrozenClock) -> None:
    silence.began(PROPERTY)
    assert silence.holds(PROPERTY)
    clock.advance(silence.MOMENT)
    assert not silence.holds(PROPERTY), "this one tries"
    assert silence.holds(PROPERTY), "while the others go without"
    silence.ended(PROPERTY)
    assert not silence.holds(PROPERTY)


def test_a_paper_of_which_no_register_knows_may_come_with_an_application_sent_at_once(
    wang: Applicant, jinlan: None, clock: FrozenClock, tmp_path: Path
) -> None:
    premises = {"premises.address": "望江区滨江路 8 号", "premises.floor_area": "120", "premises.tenure": "own"}
    with connected(tmp_path, {**REGISTERS, "natural-resources.property": ()}):
        draft = looks_up(wang, **premises)
        held = completes(wang, draft)
        assert "property_certificate" in held.files
        whole = submission.Whole(
            published=held.published,
            answers=held.progress.submitted_answers(),
            materials={key: [each.id for each in files] for key, files in held.files.items()},
            deferred=frozenset(),
            signed=frozenset(held.signed),
            declared=True,
        )
        actions.discard(draft, by=wang.actor)
        sent = submission.apply(whole, key="at-once-0001", body=b"{}", by=wang.actor)
    assert sent.status == submission.CREATED

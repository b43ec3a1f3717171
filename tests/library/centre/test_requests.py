from dataclasses import replace
from datetime import date

import pytest

from tests.library.centre.conftest import People
from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.record import PartRef, TaskRef
from yiwang.casework.cases.refusals import NotPossible as CaseNotPossible
from yiwang.foundation.ledger.replay import replay
from yiwang.foundation.notifications.models import Message
from yiwang.library.centre import actions, asked, given, queries
from yiwang.library.centre.refusals import NotPermitted, NotPossible
from yiwang.library.centre.sharing import CannotAsk, Wanted
from yiwang.library.gateways.grant import CLEAR, Mask, MaskKind
from yiwang.web.worker import run_until_quiet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NAMES = Wanted(
    product="security.residents@1",
    post="market/food",
    fields={"name": CLEAR, "born": Mask(MaskKind.GENERALISE, unit="year")},
    purpose="application",
    basis="食品安全法 第三十五条",
    reason="核对申请人的姓名。",
    until=date(2026, 3, 1),
)


def review(number: str, by: object, task: str = "review") -> None:
    cases.complete(TaskRef(number, "share", task), by=by, words="用途属实")  # type: ignore[arg-type]


def decide(number: str, granted: bool, by: object) -> None:
    cases.decide(PartRef(number, "share"), granted, "理由如下", by=by)  # type: ignore[arg-type]
    run_until_quiet()


def test_two_people_of_the_owner_approve_and_the_grant_is_signed(people: People) -> None:
    case = actions.ask_to_share(NAMES, by=people.food_one)
    assert queries.issued_for(["market/food"], "application", "security.residents@1")[0].grant.id == "food-residents"
    review(case.number, people.security_data)
    decide(case.number, True, people.security_head)
    newest = queries.issued_for(["market/food"], "application", "security.residents@1")[0]
    assert newest.grant.id == case.number
    assert newest.grant.approved_by == (str(people.security_data), str(people.security_head))
    assert dict(newest.grant.fields) == dict(NAMES.fields)
    view = asked.request(case.number, people.food_one)
    assert (view.line.stage, view.grant) == ("granted", case.number)
    told = Message.objects.get(user=people.account("food_one"))
    assert told.subject_en == "Shared: Residents"
    assert replay().differences == ()


def test_one_person_with_both_posts_cannot_approve_alone(people: People) -> None:
    case = actions.ask_to_share(NAMES, by=people.food_one)
    review(case.number, people.both)
    with pytest.raises(CaseNotPossible) as refused:
        decide(case.number, True, people.both)
    assert refused.value.code == "second_person"
    decide(case.number, True, people.security_head)
    assert queries.issued_for(["market/food"])[0].grant.approved_by == (str(people.both), str(people.security_head))


def test_a_refusal_may_be_put_to_the_data_office_once_and_its_ruling_binds(people: People) -> None:
    case = actions.ask_to_share(NAMES, by=people.food_one)
    with pytest.raises(NotPossible, match="Only a refused request"):
        actions.call_for_ruling(case.number, "我们需要", by=people.food_one)
    review(case.number, people.security_data)
    decide(case.number, False, people.security_head)
    assert asked.request(case.number, people.food_one).may_call
    with pytest.raises(NotPermitted):
        actions.call_for_ruling(case.number, "我们需要", by=people.security_head)
    ruling = actions.call_for_ruling(case.number, "法律要求核对。", by=people.food_one)
    with pytest.raises(NotPossible, match="called for already"):
        actions.call_for_ruling(case.number, "再来一次", by=people.food_one)
    review(ruling.number, people.ruling_one, "examine")
    decide(ruling.number, True, people.office_head)
    newest = queries.issued_for(["market/food"], "application")[0]
    assert newest.grant.id == ruling.number
    assert newest.grant.approved_by == (str(people.ruling_one), str(people.office_head))
    assert replay().differences == ()


def test_what_is_shared_without_condition_and_tells_of_nobody_is_granted_by_rule(people: People) -> None:
    shops = replace(NAMES, product="market.shops@1", post="security/data", fields={"name": CLEAR, "district": CLEAR})
    case = actions.ask_to_share(shops, by=people.security_data)
    run_until_quiet()
    (found,) = queries.issued_for(["security/data"])
    assert (found.grant.id, found.grant.approved_by) == (case.number, ("rule:unconditional",))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"product": "security.watchlist@1"}, "product"),
        ({"fields": {}}, "fields"),
        ({"fields": {"income": CLEAR}}, "fields"),
        ({"purpose": "curiosity"}, "purpose"),
        ({"until": date(2035, 1, 1)}, "until"),
        ({"until": date(2025, 3, 11)}, "until"),
        ({"rows": "district ="}, "rows"),
        ({"rows": "income > 3"}, "rows"),
        ({"product": "market.shops@1", "fields": {"name": CLEAR}}, "post"),
    ],
)
def test_what_nobody_could_grant_cannot_be_asked(people: People, change: dict[str, object], field: str) -> None:
    with pytest.raises(CannotAsk) as refused:
        actions.ask_to_share(replace(NAMES, **change), by=people.food_one)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_nobody_asks_in_another_posts_name_and_nobody_else_sees_the_request(people: People) -> None:
    with pytest.raises(NotPermitted):
        actions.ask_to_share(NAMES, by=people.analyst)
    case = actions.ask_to_share(NAMES, by=people.food_one)
    assert asked.request(case.number, people.security_data).line.number == case.number
    with pytest.raises(asked.NoSuchRequest):
        asked.request(case.number, people.analyst)


def test_the_owner_takes_a_grant_back_and_nobody_reads_under_it_any_more(people: People) -> None:
    with pytest.raises(NotPermitted):
        actions.revoke("food-residents", "不再需要", by=people.food_one)
    actions.revoke("food-residents", "不再需要", by=people.security_data)
    assert queries.issued_for(["market/food"]) == ()
    view = given.grant("food-residents", people.food_one)
    assert (view.state, view.revoked_because) == ("revoked", "不再需要")
    with pytest.raises(NotPossible):
        actions.revoke("food-residents", "不再需要", by=people.security_head)
    assert replay().differences == ()


def test_a_decision_that_is_revoked_takes_its_grant_with_it(people: People) -> None:
    case = actions.ask_to_share(NAMES, by=people.food_one)
    review(case.number, people.security_data)
    decide(case.number, True, people.security_head)
    cases.revoke(PartRef(case.number, "share"), "用途不实", by=people.security_head)
    run_until_quiet()
    assert given.grant(case.number, people.food_one).state == "revoked"

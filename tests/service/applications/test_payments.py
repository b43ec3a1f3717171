"""Fees: paid before the result, counted once however often they are told, given back where nothing is due."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.service.applications.applying import Applicant, accepts, at_post, part_of
from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.record import PartRef
from yiwang.casework.cases.refusals import NotPermitted, NotPossible
from yiwang.casework.cases.state import Stage, TaskState
from yiwang.foundation.kernel.text import canonical_json
from yiwang.foundation.kernel.time import city_date, now
from yiwang.service.applications import actions, payments
from yiwang.service.applications.models import PaymentOrder, Transaction, TransactionState
from yiwang.service.applications.payment import Silent
from yiwang.service.applications.refusals import NotPossible as NotPossibleNow
from yiwang.web.worker import run_until_quiet
from yiwang_testcity.cashier import Cashier, serve

TRANSFER = "property-transfer-registration"
SECRET = "a secret of the city and its cashier"
HOME = {
    "person.resident_id": "110000199003070220",
    "home.address": "望江区滨江路 8 号",
    "home.floor_area": "90",
    "home.certificate": "苏（2020）锦澜市不动产权第0000001号",
    "home.contract_number": "2025031200001",
    "home.owners": "alone",
    "home.payment": "cash",
    "home.mortgaged": False,
    "person.phone": "19900000001",
}
NOTIFY = "/api/v1/payments/notifications"


@pytest.fixture
def cashier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    """A cashier of its own behind HTTP; the city is told of it."""
    desk = Cashier(tmp_path / "books.sqlite3", SECRET)
    server = serve(desk, 0)
    running = threading.Thread(target=server.serve_forever, daemon=True)
    running.start()
    monkeypatch.setenv("YIWANG_PAYMENT_URL", f"http://127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv("YIWANG_PAYMENT_SECRET", SECRET)
    yield desk
    server.shutdown()
    server.server_close()
    running.join()


@pytest.fixture
def number(wang: Applicant) -> str:
    """A transfer that was accepted: 80 yuan are due."""
    known = {code: value for code, value in HOME.items() if code in _asked(wang)}
    done = wang.submits(TRANSFER, known).number
    accepts(done, TRANSFER)
    return done


def _asked(wang: Applicant) -> set[str]:
    draft = wang.starts(TRANSFER)
    return {question.element.code for question in wang.sees(draft).published.service.questions}


def order(number: str, wang: Applicant) -> str:
    payments.open_order(number, TRANSFER, notify="http://city/notify", back="http://city/back", by=wang.actor)
    return PaymentOrder.objects.get().number


def told(cashier: Cashier, payment: dict[str, Any], *, signature: str = "") -> Any:
    body, stamp = canonical_json(payment), str(int(now().timestamp()))
    headers = {
        "X-Yiwang-Timestamp": stamp,
        "X-Yiwang-Signature": signature or f"sha256={cashier.signed(stamp, body)}",
    }
    return Client().post(NOTIFY, body, content_type="application/json", headers=headers)


def grants(number: str) -> None:
    for task in part_of(number, TRANSFER).tasks:
        current = next(each for each in part_of(number, TRANSFER).tasks if each.key == task.key)
        if current.state is TaskState.READY and current.kind == "work":
            cases.complete(PartRef(number, TRANSFER).task(task.key), by=at_post(task.post))
    decision = next(each for each in part_of(number, TRANSFER).tasks if each.kind == "decide")
    facts = dict.fromkeys(part_of(number, TRANSFER).creates, "苏（2025）锦澜市不动产权第0000002号")
    cases.decide(PartRef(number, TRANSFER), True, "符合条件", by=at_post(decision.post), facts=facts)


def test_a_result_waits_for_its_fee_and_comes_by_itself_once_it_is_paid(
    wang: Applicant, number: str, cashier: Cashier
) -> None:
    grants(number)
    assert part_of(number, TRANSFER).stage is Stage.GRANTED
    assert part_of(number, TRANSFER).delivered_at is None
    assert [each.amount_fen for each in payments.due(actions.find(number, wang.actor))] == [8000]
    answer = told(cashier, cashier.pay(order(number, wang)))
    assert (answer.status_code, answer.json()) == (200, {"state": "taken"})
    assert part_of(number, TRANSFER).delivered_at is not None
    assert payments.due(actions.find(number, wang.actor)) == ()


def test_paid_early_the_result_comes_with_the_decision(wang: Applicant, number: str, cashier: Cashier) -> None:
    told(cashier, cashier.pay(order(number, wang)))
    assert part_of(number, TRANSFER).delivered_at is None
    grants(number)
    assert part_of(number, TRANSFER).delivered_at is not None


def test_told_twice_it_counts_once(wang: Applicant, number: str, cashier: Cashier) -> None:
    payment = cashier.pay(order(number, wang))
    assert [told(cashier, payment).json()["state"] for _time in range(3)] == ["taken"] * 3
    assert Transaction.objects.count() == 1
    assert cashier.refunds() == []


def test_paid_twice_the_second_goes_back(wang: Applicant, number: str, cashier: Cashier) -> None:
    opened = order(number, wang)
    first, second = cashier.pay(opened), cashier.pay(opened)
    assert told(cashier, first).json()["state"] == "taken"
    assert told(cashier, second).json()["state"] == "to_return"
    run_until_quiet()
    assert cashier.refunds() == [(second["transaction"], 8000)]
    assert Transaction.objects.get(number=second["transaction"]).state == TransactionState.RETURNED


def test_another_sum_goes_back_and_the_fee_is_still_due(wang: Applicant, number: str, cashier: Cashier) -> None:
    wrong = cashier.pay(order(number, wang), amount=7999)
    assert told(cashier, wrong).json()["state"] == "to_return"
    run_until_quiet()
    assert cashier.refunds() == [(wrong["transaction"], 7999)]
    assert [each.amount_fen for each in payments.due(actions.find(number, wang.actor))] == [8000]


def test_what_comes_after_a_withdrawal_goes_back(wang: Applicant, number: str, cashier: Cashier) -> None:
    late = cashier.pay(order(number, wang))
    actions.withdraw(number, TRANSFER, "", by=wang.actor)
    assert told(cashier, late).json()["state"] == "to_return"
    run_until_quiet()
    assert cashier.refunds() == [(late["transaction"], 8000)]


def test_a_withdrawal_gives_back_what_was_paid(wang: Applicant, number: str, cashier: Cashier) -> None:
    paid = cashier.pay(order(number, wang))
    told(cashier, paid)
    actions.withdraw(number, TRANSFER, "", by=wang.actor)
    run_until_quiet()
    assert cashier.refunds() == [(paid["transaction"], 8000)]
    assert [entry.type for entry in wang.follows(number).timeline][-1] == "cases.FeeReturned"


def test_a_payment_of_which_nobody_told_is_asked_for(
    wang: Applicant, number: str, cashier: Cashier, clock: Any
) -> None:
    cashier.pay(order(number, wang))
    assert payments.ask_about_open_orders() == 0
    clock.advance(timedelta(minutes=6))
    assert payments.ask_about_open_orders() == 1
    assert payments.due(actions.find(number, wang.actor)) == ()


def test_a_day_is_held_against_the_cashiers_statement(wang: Applicant, number: str, cashier: Cashier) -> None:
    opened = order(number, wang)
    cashier.pay(opened)
    cashier.order({"order": "elsewhere", "amount_fen": 1, "subject": "", "notify": "", "back": ""})
    stranger = cashier.pay("elsewhere")
    found = payments.reconcile(city_date(now()))
    assert (found.both, found.came_late, found.only_ours) == (0, 1, ())
    assert found.unknown == (stranger["transaction"],)
    assert payments.reconcile(city_date(now())).both == 1


def test_nobody_but_the_cashier_tells_of_money(wang: Applicant, number: str, cashier: Cashier) -> None:
    payment = cashier.pay(order(number, wang))
    assert told(cashier, payment, signature="sha256=00").status_code == 401
    assert told(cashier, {**payment, "amount_fen": "8000"}).status_code == 422
    assert told(cashier, {**payment, "order": "of nobody"}).status_code == 404
    assert Transaction.objects.count() == 0
    with pytest.raises(NotPermitted):
        cases.pay(PartRef(number, TRANSFER), "order", 8000, by=wang.actor)


def test_many_who_open_the_order_open_one(wang: Applicant, number: str, cashier: Cashier) -> None:
    assert len({order(number, wang) for _time in range(3)}) == 1


def test_without_a_cashier_an_officer_records_the_receipt(wang: Applicant, number: str) -> None:
    with pytest.raises(NotPossibleNow) as refused:
        order(number, wang)
    assert refused.value.code == "no_cashier"
    post = part_of(number, TRANSFER).tasks[0].post
    cases.take_fee(PartRef(number, TRANSFER), "财政票据 00012345", by=at_post(post))
    grants(number)
    assert part_of(number, TRANSFER).delivered_at is not None
    with pytest.raises(NotPossible):
        cases.take_fee(PartRef(number, TRANSFER), "财政票据 00012346", by=at_post(post))


def test_a_silent_cashier_is_said_and_nothing_is_lost(
    wang: Applicant, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIWANG_PAYMENT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("YIWANG_PAYMENT_SECRET", SECRET)
    with pytest.raises(NotPossibleNow) as refused:
        order(number, wang)
    assert refused.value.code == "cashier_silent"
    with pytest.raises(Silent):
        payments.reconcile(city_date(now()))


def test_the_page_says_what_is_due_and_leads_to_the_cashier(
    wang: Applicant, web: Client, number: str, cashier: Cashier
) -> None:
    assert "80.00" in web.get(f"/applications/{number}/").content.decode()
    page = web.post(f"/applications/{number}/parts/{TRANSFER}/pay/").content.decode()
    assert "/pay/" in page
    other = Client()
    assert other.post(f"/applications/{number}/parts/{TRANSFER}/pay/").status_code in (302, 403)

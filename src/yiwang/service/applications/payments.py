"""Fees of an application (行政许可法 art. 58, 59): orders are opened, payments count once however often they are told.

The cashier tells of a payment soon, late, twice, or never; then it is asked. Every transaction is a row, so that money
is counted once. What comes in where nothing is due (paid twice, another sum, the part has ended) goes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.record import PartRef, plan_of
from yiwang.casework.cases.refusals import NotPossible as CaseNotPossible
from yiwang.casework.cases.state import Stage, fee_due, from_bytes
from yiwang.foundation.directory.actor import MACHINE, Actor
from yiwang.foundation.jobs.actions import enqueue
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date, now
from yiwang.service.applications import refusals
from yiwang.service.applications.actions import find
from yiwang.service.applications.models import Application, PaymentOrder, Transaction, TransactionState
from yiwang.service.applications.payment import Order, Payment, Refused, Silent, cashier
from yiwang.service.applications.refunds import send_payment_back

ASK_AFTER = timedelta(minutes=5)
ASK_FOR = timedelta(days=30)
"""An open order is asked about from five minutes on, for thirty days."""
AT_ONCE = 200

NO_CASHIER = Words("本市还没有开通网上缴费，请到任一窗口缴纳。", "Fees are not paid online here: pay at any window.")
CASHIER_SILENT = Words(
    "缴费平台没有应答，请过几分钟再试。您没有被扣款。",
    "The cashier does not answer. Try again in a few minutes; nothing was charged.",
)


@dataclass(frozen=True, slots=True)
class Due:
    """A fee that is to be paid: of which part, how much, and whether it can be paid online."""

    part: str
    name: Words
    amount_fen: int
    online: bool


def due(application: Application) -> tuple[Due, ...]:
    """The fees that the application owes now: those of parts that were accepted."""
    state, plan = from_bytes(application.case.state), plan_of(application.case.plan_id)
    online = cashier() is not None
    return tuple(
        Due(key, plan.by_key[key].name, owed, online)
        for key, part in state.parts.items()
        if part.stage in (Stage.ACCEPTED, Stage.GRANTED) and (owed := fee_due(part, plan.by_key[key]))
    )


def open_order(number: str, part: str, *, notify: str, back: str, by: Actor) -> str:
    """The address at which the fee of a part is paid. `notify` and `back` are addresses of ours.

    Raises NoSuchApplication, NotPossible (nothing is due, no cashier, it is silent). Not to be called inside a
    transaction: the cashier is asked.
    """
    application = find(number, by)
    desk = cashier()
    owed = next((each for each in due(application) if each.part == part), None)
    if owed is None:
        raise refusals.NotPossible("nothing_to_pay", Words("现在没有要缴的费用。", "Nothing is to be paid now."))
    if desk is None:
        raise refusals.NotPossible("no_cashier", NO_CASHIER)
    order = _order(application, owed)
    try:
        return desk.open(Order(order.number, order.amount_fen, owed.name.zh), notify, back)
    except (Silent, Refused) as silent:
        raise refusals.NotPossible("cashier_silent", CASHIER_SILENT) from silent


def take(payment: Payment) -> TransactionState:
    """A payment has come in. Told again, it is what it was. Raises NoSuchOrder."""
    with transaction.atomic():
        order = PaymentOrder.objects.select_for_update().filter(number=payment.order).select_related("case").first()
        if order is None:
            raise NoSuchOrder(payment.order)
        known = Transaction.objects.filter(number=payment.transaction).first()
        if known is not None:
            return TransactionState(known.state)
        state = _counted(order, payment)
        row = Transaction.objects.create(
            number=payment.transaction,
            order=order,
            amount_fen=payment.amount_fen,
            paid_at=payment.paid_at,
            told_at=now(),
            state=state,
        )
        if state is TransactionState.TAKEN:
            PaymentOrder.objects.filter(pk=order.pk).update(paid_at=payment.paid_at)
        else:
            _give_back(row)
        return state


class NoSuchOrder(Exception):
    """The cashier tells of an order that we never opened."""


def give_back_what_ended(case_id: int, part: str) -> None:
    """A part has ended without a grant: what was paid for it goes back. Done already, nothing changes."""
    taken = Transaction.objects.filter(
        order__case=case_id, order__part=part, state=TransactionState.TAKEN
    ).select_related("order__case")
    for row in taken.order_by("pk"):
        with transaction.atomic():
            cases.return_fee(PartRef(row.order.case.number, part), row.order.number, row.amount_fen, by=MACHINE)
            Transaction.objects.filter(pk=row.pk).update(state=TransactionState.TO_RETURN)
            _give_back(row)


def ask_about_open_orders(limit: int = AT_ONCE) -> int:
    """Ask the cashier about orders of which it has told nothing; how many payments came of it."""
    desk = cashier()
    if desk is None:
        return 0
    at = now()
    waiting = PaymentOrder.objects.filter(
        paid_at__isnull=True, opened_at__lte=at - ASK_AFTER, opened_at__gt=at - ASK_FOR, asked_at__lte=at - ASK_AFTER
    ).order_by("asked_at", "pk")[:limit]
    found = 0
    for order in waiting:
        try:
            payments = desk.look_up(order.number)
        except (Silent, Refused):
            break
        PaymentOrder.objects.filter(pk=order.pk).update(asked_at=at)
        found += _taken(payments)
    return found


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A day of the city: what the cashier's statement and our rows both have, what only one of them has."""

    day: date
    both: int
    came_late: int
    only_ours: tuple[str, ...]
    unknown: tuple[str, ...]


def reconcile(day: date) -> Reconciled:
    """Hold our transactions of a day against the cashier's statement (对账); what it has and we had not comes in now.

    Raises Silent where it does not answer, NotPossible without a cashier.
    """
    desk = cashier()
    if desk is None:
        raise refusals.NotPossible("no_cashier", NO_CASHIER)
    stated = {payment.transaction: payment for payment in desk.statement(day)}
    ours = set(_of_day(day))
    unknown = []
    late = [payment for number, payment in stated.items() if number not in ours]
    came = 0
    for payment in late:
        try:
            take(payment)
            came += 1
        except NoSuchOrder:
            unknown.append(payment.transaction)
    return Reconciled(day, len(ours & set(stated)), came, tuple(sorted(ours - set(stated))), tuple(sorted(unknown)))


def _of_day(day: date) -> Sequence[str]:
    around = Transaction.objects.filter(
        paid_at__gte=datetime.combine(day, datetime.min.time(), now().tzinfo) - timedelta(days=1),
        paid_at__lt=datetime.combine(day, datetime.min.time(), now().tzinfo) + timedelta(days=2),
    )
    return [number for number, paid_at in around.values_list("number", "paid_at") if city_date(paid_at) == day]


def _taken(payments: Sequence[Payment]) -> int:
    found = 0
    for payment in payments:
        try:
            found += take(payment) is TransactionState.TAKEN
        except NoSuchOrder:
            continue
    return found


def _order(application: Application, owed: Due) -> PaymentOrder:
    """The open order of a part; one only, however many ask."""
    opened = PaymentOrder.objects.filter(case=application.case, part=owed.part, paid_at__isnull=True)
    found = opened.filter(amount_fen=owed.amount_fen).first()
    if found is not None:
        return found
    many = PaymentOrder.objects.filter(case=application.case, part=owed.part).count()
    try:
        with transaction.atomic():
            return PaymentOrder.objects.create(
                number=f"{application.case.number}-{owed.part}-{many + 1}"[:100],
                case=application.case,
                part=owed.part,
                amount_fen=owed.amount_fen,
                opened_at=now(),
                asked_at=now(),
            )
    except IntegrityError:
        return PaymentOrder.objects.get(number=f"{application.case.number}-{owed.part}-{many + 1}"[:100])


def _counted(order: PaymentOrder, payment: Payment) -> TransactionState:
    """Whether the case takes it: money for which nothing is due goes back."""
    if order.paid_at is not None or payment.amount_fen != order.amount_fen:
        return TransactionState.TO_RETURN
    before = from_bytes(order.case.state).parts[order.part].paid_fen
    try:
        cases.pay(PartRef(order.case.number, order.part), order.number, payment.amount_fen, by=MACHINE)
    except CaseNotPossible:
        return TransactionState.TO_RETURN
    order.case.refresh_from_db(fields=["state"])
    counted = from_bytes(order.case.state).parts[order.part].paid_fen > before
    return TransactionState.TAKEN if counted else TransactionState.TO_RETURN


def _give_back(row: Transaction) -> None:
    enqueue(send_payment_back, {"number": row.number}, key=f"applications:payment:{row.number}")

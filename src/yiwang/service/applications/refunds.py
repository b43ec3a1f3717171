"""Money for which nothing is due goes back to who paid it, once, as soon as the cashier answers."""

from __future__ import annotations

from yiwang.foundation.jobs.declarations import job
from yiwang.foundation.kernel.time import now
from yiwang.service.applications.models import Transaction, TransactionState
from yiwang.service.applications.payment import Payment, cashier


@job("applications.send_payment_back", retries=20)
def send_payment_back(number: str) -> None:
    """Ask the cashier to give one transaction back. Raises Silent, so that the job comes again."""
    row = Transaction.objects.filter(number=number, state=TransactionState.TO_RETURN).select_related("order").first()
    desk = cashier()
    if row is None or desk is None:
        return
    desk.give_back(Payment(row.order.number, row.number, row.amount_fen, row.paid_at))
    Transaction.objects.filter(pk=row.pk).update(state=TransactionState.RETURNED, returned_at=now())

"""What the cashier tells, over the API."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema, Status

from yiwang.service.applications import payments
from yiwang.service.applications.api_refusals import refusal
from yiwang.service.applications.api_shapes import ApplicationProblem
from yiwang.service.applications.payment import Refused, cashier

router = Router(tags=["payments"])


class TakenOut(Schema):
    """What became of the money: taken, to_return, returned."""

    state: str


@router.post(
    "/payments/notifications",
    auth=None,
    url_name="notify-payment",
    response={200: TakenOut, **dict.fromkeys((401, 404, 409, 422), ApplicationProblem)},
    summary="The cashier tells of a payment",
)
def notify_payment(request: HttpRequest) -> Status:
    """Signed with the secret that the city and its cashier share. Told twice, or late, it counts once."""
    desk = cashier()
    if desk is None:
        return refusal(409, "no_cashier", payments.NO_CASHIER.en)
    stamp = request.headers.get("X-Yiwang-Timestamp", "")[:20]
    signature = request.headers.get("X-Yiwang-Signature", "")[:200]
    try:
        payment = desk.read(request.body, stamp, signature)
    except Refused as refused:
        return refusal(401, "not_the_cashier", str(refused))
    except ValueError as broken:
        return refusal(422, "unreadable", str(broken))
    try:
        return Status(200, TakenOut(state=payments.take(payment).value))
    except payments.NoSuchOrder:
        return refusal(404, "no_such_order", "We have opened no such order.", field="order")

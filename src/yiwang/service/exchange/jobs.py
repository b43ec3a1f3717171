"""What the exchange does by itself as time passes."""

from datetime import timedelta

from yiwang.foundation.jobs import schedule
from yiwang.service.exchange import actions


@schedule("exchange.look_at_waiting", every=timedelta(minutes=1))
def look_at_waiting() -> None:
    """Steps that wait, whoever died while taking them in."""
    actions.look_at_waiting()

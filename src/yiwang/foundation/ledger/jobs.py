"""What the ledger does by itself as time passes."""

from yiwang.foundation.jobs import schedule
from yiwang.foundation.ledger import idempotency


@schedule("ledger.forget_expired_answers", at="03:40")
def forget_expired_answers() -> None:
    idempotency.forget_expired()

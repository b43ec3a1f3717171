"""Privacy budgets in the centre's database: `reading.budget.BudgetStore` for all processes of the city."""

from __future__ import annotations

from django.db.models import F

from yiwang.library.centre.models import BudgetSpent, KeptFigures
from yiwang.library.reading.budget import Account
from yiwang.library.reading.refused import Refused


class DatabaseBudgets:
    """What `spend` takes is durable once the caller's transaction is: figures are shown after it only."""

    def kept(self, account: Account, question: str) -> str | None:
        rows = KeptFigures.objects.filter(consumer=account.consumer, product=account.product, question=question)
        return rows.values_list("answer", flat=True).first()

    def spend(self, account: Account, millionths: int, *, limit: int) -> int:
        if millionths <= 0:
            raise ValueError("nothing is told for nothing")
        row, _new = BudgetSpent.objects.get_or_create(consumer=account.consumer, product=account.product)
        # One statement takes and compares: two at a time cannot both take the last of it.
        left_enough = BudgetSpent.objects.filter(pk=row.pk, millionths__lte=limit - millionths)
        if not left_enough.update(millionths=F("millionths") + millionths):
            raise Refused("budget_spent", account.product)
        return self.left(account, limit=limit)

    def keep(self, account: Account, question: str, answer: str) -> None:
        KeptFigures.objects.get_or_create(
            consumer=account.consumer, product=account.product, question=question, defaults={"answer": answer}
        )

    @staticmethod
    def left(account: Account, *, limit: int) -> int:
        """What remains of a limit, in millionths of epsilon."""
        rows = BudgetSpent.objects.filter(consumer=account.consumer, product=account.product)
        return max(0, limit - (rows.values_list("millionths", flat=True).first() or 0))

import pytest

from yiwang.library.centre.budgets import DatabaseBudgets
from yiwang.library.reading.budget import Account, BudgetStore
from yiwang.library.reading.refused import Refused

pytestmark = pytest.mark.django_db

STATISTICS = Account("office", "security.residents@1")


def test_a_budget_is_spent_to_its_last_millionth_and_no_further() -> None:
    store: BudgetStore = DatabaseBudgets()
    assert store.spend(STATISTICS, 600_000, limit=1_000_000) == 400_000
    with pytest.raises(Refused) as refused:
        store.spend(STATISTICS, 400_001, limit=1_000_000)
    assert refused.value.code == "budget_spent"
    assert store.spend(STATISTICS, 400_000, limit=1_000_000) == 0
    with pytest.raises(Refused):
        store.spend(STATISTICS, 1, limit=1_000_000)
    with pytest.raises(ValueError, match="for nothing"):
        store.spend(STATISTICS, 0, limit=1_000_000)


def test_each_department_and_product_has_a_budget_of_its_own() -> None:
    store = DatabaseBudgets()
    store.spend(STATISTICS, 1_000_000, limit=1_000_000)
    for other in (Account("market", STATISTICS.product), Account("office", "security.residents@2")):
        assert store.left(other, limit=1_000_000) == 1_000_000
    assert store.left(STATISTICS, limit=1_000_000) == 0


def test_the_first_answer_to_a_question_stays_its_answer() -> None:
    store = DatabaseBudgets()
    assert store.kept(STATISTICS, "q") is None
    store.keep(STATISTICS, "q", "[1]")
    store.keep(STATISTICS, "q", "[2]")
    assert store.kept(STATISTICS, "q") == "[1]"
    assert store.kept(Account("market", STATISTICS.product), "q") is None

import multiprocessing
from pathlib import Path

import pytest

from yiwang.library.gateways.budget import MILLION, Account, Budgets, BudgetSpent

OFFICE = Account("office", "police.residents")


def test_a_budget_is_spent_to_its_last_millionth_and_no_further(tmp_path: Path) -> None:
    budgets = Budgets(tmp_path / "budgets")
    assert budgets.spend(OFFICE, 600_000, limit=MILLION) == 400_000
    with pytest.raises(BudgetSpent):
        budgets.spend(OFFICE, 400_001, limit=MILLION)
    assert budgets.spend(OFFICE, 400_000, limit=MILLION) == 0
    with pytest.raises(BudgetSpent):
        Budgets(tmp_path / "budgets").spend(OFFICE, 1, limit=MILLION)
    with pytest.raises(ValueError, match="for nothing"):
        budgets.spend(OFFICE, 0, limit=MILLION)
    for other in (
        Account("market", OFFICE.product),
        Account("office", "tax.filings"),
        Account(*("office", OFFICE.product, "2026")),
    ):
        assert budgets.spent(other) == 0


def test_the_first_answer_to_a_question_stays_its_answer(tmp_path: Path) -> None:
    budgets = Budgets(tmp_path / "budgets")
    assert budgets.kept(OFFICE, "q") is None
    budgets.keep(OFFICE, "q", "[1]")
    budgets.keep(OFFICE, "q", "[2]")
    assert Budgets(tmp_path / "budgets").kept(OFFICE, "q") == "[1]"
    assert budgets.kept(Account("market", OFFICE.product), "q") is None
    assert (tmp_path / "budgets").stat().st_mode & 0o777 == 0o600


def test_a_ledger_that_a_crash_cut_short_is_read_on(tmp_path: Path) -> None:
    budgets = Budgets(tmp_path / "budgets")
    budgets.spend(OFFICE, MILLION, limit=3 * MILLION)
    with budgets.path.open("ab") as file:
        file.write('{"consumer": "office", "product": "police.residents", "spent": 1, "x": "界'.encode()[:-1])
    assert budgets.spend(OFFICE, MILLION, limit=3 * MILLION) == MILLION
    with pytest.raises(BudgetSpent):
        Budgets(budgets.path).spend(OFFICE, 2 * MILLION, limit=3 * MILLION)


def _spend(path: Path, times: int) -> int:
    budgets, done = Budgets(path), 0
    for _ in range(times):
        try:
            budgets.spend(OFFICE, 1, limit=50)
        except BudgetSpent:
            continue
        done += 1
    return done


def test_processes_share_one_budget(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        done = pool.starmap(_spend, [(tmp_path / "budgets", 30)] * 3)
    assert sum(done) == 50
    assert Budgets(tmp_path / "budgets").spent(OFFICE) == 50

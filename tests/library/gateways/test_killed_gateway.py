"""Whatever moment a gateway is killed at: no row is with anybody whose look is not in the log."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from yiwang.foundation.kernel.merkle import Tree, leaf_hash
from yiwang.library.gateways.budget import Account, Budgets
from yiwang.library.gateways.log import AccessLog, verify_receipt
from yiwang.library.gateways.signing import SigningKey

ROOT = Path(__file__).parents[3]


def released_until_killed(folder: Path, seed: int, answers: int, module: str = "killed_gateway") -> list[str]:
    """Run a gateway until it has given so many answers, then kill it; every answer that reached the client."""
    gateway = subprocess.Popen(
        [sys.executable, "-m", f"tests.library.gateways.{module}", str(folder), str(seed), "6"],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "DJANGO_SETTINGS_MODULE": "yiwang.web.settings"},
    )
    assert gateway.stdout is not None
    told = []
    while len(told) < answers and (line := gateway.stdout.readline()):
        told.append(line)
    gateway.kill()
    told += gateway.stdout.readlines()
    gateway.wait()
    gateway.stdout.close()
    assert len(told) >= answers, "the gateway ended by itself"
    return [line.decode() for line in told]


def check(folder: Path, total: int, largest: int) -> None:
    chance = random.Random(2025)
    released: dict[str, tuple[int, int]] = {}
    seed = 0
    while len(released) < total:
        seed += 1
        for line in released_until_killed(folder, seed, chance.randint(1, largest)):
            case, position, rows = line.split()
            released[case] = int(position), int(rows)
    key = SigningKey.kept_in(folder / "police" / "key")
    log = AccessLog(folder / "police" / "log", "police", key)
    records = {}
    after = 0
    while page := log.records(after=after, limit=1_000):
        records.update({each.asker.case: each for each in page})
        after += len(page)
    without = [case for case in released if case not in records]
    assert without == [], f"{len(without)} of {len(released)} answers were released without a record"
    for case, (position, rows) in released.items():
        assert (records[case].position, records[case].rows) == (position, rows)
    # The tree over all that was ever written is the one that is signed.
    head = log.head()
    assert Tree(leaf_hash(log.receipt(n).leaf) for n in range(head.size)).root() == head.root
    verify_receipt(log.receipt(head.size - 1), key.trust())
    print(f"{len(released)} answers over {seed} kills, {head.size} records: 0 released without one")


def test_nothing_is_released_without_a_record_when_the_gateway_is_killed(tmp_path: Path) -> None:
    check(tmp_path, total=400, largest=200)


def test_no_figures_are_told_that_were_not_paid_for_when_the_gateway_is_killed(tmp_path: Path) -> None:
    told = [int(line) for line in released_until_killed(tmp_path, 1, 30, "killed_figures")]
    budgets = Budgets(tmp_path / "police" / "budgets")
    paid = budgets.spent(Account("market", "police.residents"))
    assert paid >= len(told) * 100 > 0
    log = AccessLog(tmp_path / "police" / "log", "police", SigningKey.kept_in(tmp_path / "police" / "key"))
    written = {each.asker.case for each in log.records(after=0, limit=10_000)}
    assert {str(each) for each in told} <= written
    log.close()


@pytest.mark.slow
def test_nothing_is_released_without_a_record_in_ten_thousand_reads(tmp_path: Path) -> None:
    check(tmp_path, total=10_000, largest=800)

"""Web workers may be killed at any moment: every acknowledged submission is there exactly once."""

from pathlib import Path

import pytest
from django.db import connection

from benchmarks.kills import kill_round
from tools import postgres

pytestmark = pytest.mark.slow


def test_every_acknowledged_submission_is_there_exactly_once(tmp_path: Path) -> None:
    if connection.vendor == "postgresql":
        with postgres.database("yiwang_test_kills") as url:
            outcome = kill_round(tmp_path / "city", url, kills=6, seed=3)
    else:
        outcome = kill_round(tmp_path / "city", "", kills=6, seed=3)
    assert outcome.acknowledged > 0
    assert (outcome.lost, outcome.doubled) == (0, 0)
    assert outcome.kills == 6

"""Any history of timers set, called off and waited for ends as a simple model says."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.foundation.jobs.actions import cancel, enqueue
from yiwang.foundation.jobs.declarations import job
from yiwang.foundation.jobs.models import Job
from yiwang.foundation.jobs.worker import run_due
from yiwang.foundation.kernel.time import frozen

pytestmark = pytest.mark.django_db

START = datetime(2025, 9, 1, tzinfo=UTC)
rung: list[tuple[str, datetime]] = []


@job("tests.ring")
def ring(name: str, at: str) -> None:
    rung.append((name, datetime.fromisoformat(at)))


keys = st.sampled_from(["a", "b", "c"])
minutes = st.integers(0, 90)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("set"), keys, minutes),
        st.tuples(st.just("cancel"), keys, st.just(0)),
        st.tuples(st.just("wait"), st.just(""), minutes),
    ),
    max_size=25,
)


@given(steps)
@settings(max_examples=60)
def test_each_timer_rings_once_when_due_unless_it_was_called_off(history) -> None:
    rung.clear()
    expected: list[tuple[str, datetime]] = []
    pending: dict[str, datetime] = {}
    with transaction.atomic(), frozen(START) as clock:
        Job.objects.all().delete()
        for step, key, number in [*history, ("wait", "", 200)]:
            if step == "set":
                at = clock.now() + timedelta(minutes=number)
                enqueue(ring, {"name": key, "at": at.isoformat()}, run_at=at, key=key)
                pending.setdefault(key, at)
            elif step == "cancel":
                assert cancel(key) == (pending.pop(key, None) is not None)
            else:
                clock.advance(timedelta(minutes=number))
                run_due()
                due = [(key, at) for key, at in pending.items() if at <= clock.now()]
                expected += sorted(due, key=lambda timer: timer[1])
                pending = {key: at for key, at in pending.items() if at > clock.now()}
                assert sorted(rung) == sorted(expected)
        assert [at for _, at in rung] == [at for _, at in expected]

from datetime import UTC, datetime, timedelta

import pytest

from yiwang.foundation.jobs import claims
from yiwang.foundation.jobs.actions import NotFailed, cancel, delete_finished, enqueue, retry
from yiwang.foundation.jobs.declarations import job
from yiwang.foundation.jobs.models import Job, State
from yiwang.foundation.jobs.queries import failed, overview
from yiwang.foundation.jobs.worker import run_due
from yiwang.foundation.kernel.time import FrozenClock, frozen

pytestmark = pytest.mark.django_db

MONDAY = datetime(2025, 9, 1, 1, 0, tzinfo=UTC)
done: list[str] = []
broken: set[str] = set()


@job("tests.letter", retries=2, lease=timedelta(seconds=30), longest=timedelta(minutes=2))
def letter(to: str) -> None:
    if to in broken:
        raise ConnectionError(f"no post office answers for {to}")
    done.append(to)


@pytest.fixture
def clock():
    done.clear()
    broken.clear()
    with frozen(MONDAY) as clock:
        yield clock


def test_work_asked_for_is_done_once(clock: FrozenClock) -> None:
    enqueue(letter, {"to": "Wang"})
    assert run_due() == 1
    assert run_due() == 0
    assert done == ["Wang"]
    assert Job.objects.get().state == State.DONE


def test_a_timer_runs_when_its_time_has_come_and_not_before(clock: FrozenClock) -> None:
    enqueue(letter, {"to": "Li"}, run_at=MONDAY + timedelta(hours=1))
    clock.advance(timedelta(minutes=59, seconds=59))
    assert run_due() == 0
    clock.advance(timedelta(seconds=1))
    assert run_due() == 1


def test_a_cancelled_timer_never_runs(clock: FrozenClock) -> None:
    enqueue(letter, {"to": "Li"}, run_at=MONDAY + timedelta(hours=1), key="remind:7")
    assert cancel("remind:7")
    assert not cancel("remind:7")
    clock.advance(timedelta(days=1))
    assert run_due() == 0
    assert done == []


def test_asking_twice_under_one_key_asks_once_while_it_is_open(clock: FrozenClock) -> None:
    first = enqueue(letter, {"to": "Li"}, key="k")
    assert enqueue(letter, {"to": "Zhao"}, key="k") == first
    run_due()
    assert done == ["Li"]
    assert enqueue(letter, {"to": "Zhao"}, key="k") != first
    run_due()
    assert done == ["Li", "Zhao"]


def test_a_failing_job_is_tried_again_ever_later_and_then_shown_as_failed(clock: FrozenClock) -> None:
    broken.add("Qian")
    number = enqueue(letter, {"to": "Qian"})
    waits = []
    for _ in range(3):
        assert run_due() == 1
        row = Job.objects.get(pk=number)
        if row.ready_at:
            waits.append(row.ready_at - MONDAY - sum(waits, timedelta()))
            clock.set(row.ready_at)
    assert timedelta(seconds=3) < waits[0] < timedelta(seconds=7) < waits[1] < timedelta(seconds=13)
    assert Job.objects.get(pk=number).state == State.FAILED
    (seen,) = failed()
    assert (seen.number, seen.name, seen.args, seen.attempts) == (number, "tests.letter", {"to": "Qian"}, 3)
    assert "no post office answers" in seen.error
    assert overview().failed == 1


def test_a_failed_job_can_be_given_another_chance(clock: FrozenClock) -> None:
    broken.add("Qian")
    number = enqueue(letter, {"to": "Qian"})
    while overview().failed == 0:
        run_due()
        clock.advance(timedelta(hours=1))
    broken.clear()
    retry(number)
    assert run_due() == 1
    assert done == ["Qian"]
    with pytest.raises(NotFailed):
        retry(number)


def test_a_job_whose_worker_died_is_taken_over_when_its_lease_ends(clock: FrozenClock) -> None:
    enqueue(letter, {"to": "Sun"})
    (dead,) = claims.claim(1)
    clock.advance(timedelta(seconds=29))
    assert run_due() == 0
    clock.advance(timedelta(seconds=1))
    assert run_due() == 1
    assert done == ["Sun"]
    assert not claims.complete(dead)


def test_a_worker_back_from_the_dead_cannot_record_anything(clock: FrozenClock) -> None:
    number = enqueue(letter, {"to": "Sun"})
    (dead,) = claims.claim(1)
    clock.advance(timedelta(seconds=30))
    (living,) = claims.claim(1)
    claims.renew([dead])
    assert not claims.fail(dead, "late")
    assert not claims.complete(dead)
    row = Job.objects.get(pk=number)
    assert (row.state, row.lease_token, row.attempts) == (State.RUNNING, living.token, 2)
    assert claims.complete(living)


def test_a_renewed_lease_is_not_taken_over(clock: FrozenClock) -> None:
    enqueue(letter, {"to": "Zhou"})
    (held,) = claims.claim(1)
    for _ in range(5):
        clock.advance(timedelta(seconds=20))
        claims.renew([held])
        assert claims.claim(1) == []


def test_a_handler_that_hangs_is_taken_over_in_the_end(clock: FrozenClock) -> None:
    enqueue(letter, {"to": "Zhou"})
    (held,) = claims.claim(1)
    for _ in range(8):
        clock.advance(timedelta(seconds=20))
        claims.renew([held])
    assert len(claims.claim(1)) == 1


def test_a_job_that_kills_every_worker_fails_for_good(clock: FrozenClock) -> None:
    enqueue(letter, {"to": "Wu"})
    for _ in range(3):
        assert len(claims.claim(1)) == 1
        clock.advance(timedelta(minutes=1))
    assert claims.claim(1) == []
    (seen,) = failed()
    assert "died" in seen.error


def test_a_run_that_was_called_off_is_neither_done_nor_repeated(clock: FrozenClock) -> None:
    enqueue(letter, {"to": "Zheng"}, key="z")
    (held,) = claims.claim(1)
    assert not cancel("z"), "it had started"
    assert not claims.fail(held, "late")
    clock.advance(timedelta(days=1))
    assert run_due() == 0


def test_work_of_an_unknown_package_is_left_alone_and_named(clock: FrozenClock) -> None:
    enqueue(letter, {"to": "Feng"})
    Job.objects.update(name="later.version")
    assert run_due() == 0
    assert overview().unknown == ("later.version",)
    assert overview().waiting == 1


def test_arguments_that_could_never_run_are_refused_where_they_are_given(clock: FrozenClock) -> None:
    with pytest.raises(TypeError):
        enqueue(letter, {"too": "Chen"})
    with pytest.raises(TypeError):
        enqueue(letter, {"to": MONDAY})
    with pytest.raises(ValueError, match="65536"):
        enqueue(letter, {"to": "x" * 70_000})
    with pytest.raises(ValueError, match="zone"):
        enqueue(letter, {"to": "x"}, run_at=datetime(2025, 9, 1))


def test_finished_jobs_are_forgotten_after_a_while_and_failures_much_later(clock: FrozenClock) -> None:
    broken.add("Qian")
    enqueue(letter, {"to": "Chu"})
    enqueue(letter, {"to": "Qian"})
    enqueue(letter, {"to": "Wei"}, run_at=MONDAY + timedelta(days=400))
    for _ in range(3):
        run_due()
        clock.advance(timedelta(hours=1))
    clock.advance(timedelta(days=20))
    now = MONDAY + timedelta(days=20)
    assert delete_finished(done_before=now, failed_before=now - timedelta(days=300)) == 1
    assert sorted(Job.objects.values_list("state", flat=True)) == [State.FAILED, State.WAITING]
    assert delete_finished(done_before=now, failed_before=now + timedelta(days=1)) == 1


def test_an_idle_look_and_a_claim_take_a_fixed_number_of_queries(
    clock: FrozenClock, django_assert_max_num_queries
) -> None:
    run_due()
    with django_assert_max_num_queries(2):
        run_due()

"""Guessing is slow, on the city's clock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.directory import limits
from yiwang.foundation.directory.limits import Purpose, TooManyAttempts, account_wait, admit, network_of
from yiwang.foundation.directory.models import AttemptOutcome, SignInAttempt
from yiwang.foundation.kernel.time import FrozenClock

NOON = datetime(2025, 3, 12, 4, tzinfo=UTC)
ADDRESS = "203.0.113.7"


def fail(account: str = "wang", address: str = ADDRESS, times: int = 1) -> None:
    for _ in range(times):
        admit(Purpose.SIGN_IN, account, address).failed()


def test_four_failures_close_nothing() -> None:
    assert account_wait([NOON] * 4, NOON) == timedelta(0)


def test_five_failures_close_an_account_for_a_quarter_of_an_hour() -> None:
    assert account_wait([NOON] * 5, NOON + timedelta(minutes=5)) == timedelta(minutes=10)
    assert account_wait([NOON] * 5, NOON + timedelta(minutes=15)) == timedelta(0)


def test_each_further_round_closes_it_for_twice_as_long_up_to_an_hour() -> None:
    waits = [account_wait([NOON] * 5 * rounds, NOON) for rounds in (1, 2, 3, 4, 20)]
    assert waits == [timedelta(minutes=minutes) for minutes in (15, 30, 60, 60, 60)]


@given(st.lists(st.integers(0, 86_400), max_size=60), st.integers(0, 86_400))
def test_a_wait_is_never_negative_and_never_longer_than_an_hour(seconds: list[int], later: int) -> None:
    failures = sorted(NOON + timedelta(seconds=second) for second in seconds)
    at = max(failures, default=NOON) + timedelta(seconds=later)
    assert timedelta(0) <= account_wait(failures, at) <= limits.LONGEST_WAIT


@pytest.mark.django_db
def test_the_sixth_try_is_refused_and_heard_again_after_the_wait(clock: FrozenClock) -> None:
    fail(times=5)
    with pytest.raises(TooManyAttempts) as refused:
        admit(Purpose.SIGN_IN, "wang", ADDRESS)
    assert refused.value.minutes == 15
    clock.advance(timedelta(minutes=15))
    admit(Purpose.SIGN_IN, "wang", ADDRESS).succeeded()


@pytest.mark.django_db
def test_refused_tries_do_not_make_the_wait_longer(clock: FrozenClock) -> None:
    fail(times=5)
    for _ in range(20):
        with pytest.raises(TooManyAttempts):
            admit(Purpose.SIGN_IN, "wang", ADDRESS)
    clock.advance(timedelta(minutes=15))
    admit(Purpose.SIGN_IN, "wang", ADDRESS)


@pytest.mark.django_db
def test_success_forgives_the_account_its_failures(clock: FrozenClock) -> None:
    fail(times=4)
    admit(Purpose.SIGN_IN, "wang", ADDRESS).succeeded()
    fail(times=4)
    admit(Purpose.SIGN_IN, "wang", ADDRESS)


@pytest.mark.django_db
def test_another_account_is_not_closed(clock: FrozenClock) -> None:
    fail(times=5)
    admit(Purpose.SIGN_IN, "chen", ADDRESS)


@pytest.mark.django_db
def test_spelling_an_account_otherwise_wins_no_further_tries(clock: FrozenClock) -> None:
    fail("wang", times=3)
    fail(" WANG ", times=2)
    with pytest.raises(TooManyAttempts):
        admit(Purpose.SIGN_IN, "Wang", ADDRESS)


@pytest.mark.django_db
def test_tries_that_run_at_the_same_moment_count(clock: FrozenClock) -> None:
    for _ in range(5):
        admit(Purpose.SIGN_IN, "wang", ADDRESS)
    with pytest.raises(TooManyAttempts):
        admit(Purpose.SIGN_IN, "wang", ADDRESS)


@pytest.mark.django_db
def test_fifty_failures_an_hour_close_an_address_for_every_account(clock: FrozenClock) -> None:
    for number in range(50):
        fail(f"account{number}")
        clock.advance(timedelta(seconds=30))
    with pytest.raises(TooManyAttempts) as refused:
        admit(Purpose.SIGN_IN, "wang", ADDRESS)
    assert refused.value.wait == timedelta(minutes=35)
    admit(Purpose.SIGN_IN, "wang", "203.0.113.8")
    clock.advance(timedelta(minutes=35))
    admit(Purpose.SIGN_IN, "chen", ADDRESS)


@pytest.mark.django_db
def test_opening_accounts_by_the_dozen_is_refused(clock: FrozenClock) -> None:
    for _ in range(20):
        admit(Purpose.REGISTER, "", ADDRESS).succeeded()
    with pytest.raises(TooManyAttempts):
        admit(Purpose.REGISTER, "", ADDRESS)


@pytest.mark.django_db
def test_looking_up_many_codes_is_refused_without_closing_sign_in(clock: FrozenClock) -> None:
    for _ in range(50):
        admit(Purpose.LOOK_UP, "", ADDRESS).failed()
    with pytest.raises(TooManyAttempts):
        admit(Purpose.LOOK_UP, "", ADDRESS)
    admit(Purpose.SIGN_IN, "wang", ADDRESS)


@pytest.mark.django_db
def test_what_was_typed_as_the_account_is_not_kept_in_clear(clock: FrozenClock) -> None:
    fail("my secret password")
    assert "secret" not in SignInAttempt.objects.get().account


@pytest.mark.django_db
def test_old_attempts_are_forgotten(clock: FrozenClock) -> None:
    fail(times=2)
    clock.advance(timedelta(hours=25))
    fail()
    assert limits.forget_old_attempts() == 2
    assert SignInAttempt.objects.get().outcome == AttemptOutcome.FAILED


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("testserver; drop", "unknown"),
    ],
)
def test_one_household_counts_as_one_address(address: str, network: str) -> None:
    assert network_of(address) == network

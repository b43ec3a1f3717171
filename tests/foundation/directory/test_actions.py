from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from tests.foundation.directory import people
from yiwang.foundation.directory import actions, queries
from yiwang.foundation.directory.actions import NewResident, NotPermitted, NotPossible
from yiwang.foundation.directory.actor import VISITOR, actor_of
from yiwang.foundation.directory.models import ApiToken, Appointment, Person, User
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.identifiers import InvalidIdentifier, make_resident_id
from yiwang.foundation.kernel.time import FrozenClock

pytestmark = pytest.mark.django_db

WANG = NewResident("王晓兰", make_resident_id(1), "+86 138 1234 5678", "Xiaolan", "tea with the neighbours")


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_resident_opens_an_account(clock: FrozenClock) -> None:
    user = actions.register(WANG)
    assert (user.username, user.kind, user.name) == ("xiaolan", "resident", "王晓兰")
    assert queries.identity(user.pk) == queries.Identity(
        user.person_id, user.pk, "王晓兰", WANG.resident_id, "13812345678"
    )
    assert user.check_password(WANG.password)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (NewResident("李", make_resident_id(2), "13900000000", "xiaolan", "another long password"), "username_taken"),
        (NewResident("李", make_resident_id(2), "13812345678", "li.si", "another long password"), "phone_taken"),
        (NewResident("李", make_resident_id(1), "13900000000", "li.si", "another long password"), "resident_id_taken"),
    ],
)
def test_nobody_opens_an_account_on_what_is_anothers(clock: FrozenClock, other: NewResident, code: str) -> None:
    actions.register(WANG)
    with pytest.raises(NotPossible) as refused:
        actions.register(other)
    assert refused.value.code == code
    assert Person.objects.count() == 1


def test_a_mistyped_identity_number_opens_nothing(clock: FrozenClock) -> None:
    wrong = WANG.resident_id[:-1] + ("1" if WANG.resident_id[-1] != "1" else "2")
    with pytest.raises(InvalidIdentifier):
        actions.register(NewResident("王", wrong, WANG.phone, WANG.username, WANG.password))
    assert not User.objects.exists()


def test_an_easily_guessed_password_is_refused(clock: FrozenClock) -> None:
    with pytest.raises(ValidationError):
        actions.register(NewResident("王", WANG.resident_id, WANG.phone, WANG.username, "12345678"))


def test_a_token_speaks_for_its_account_until_it_expires(clock: FrozenClock) -> None:
    user = people.resident()
    issued = actions.issue_token(user, "script", term=timedelta(days=1))
    assert actions.account_of_token(issued.token) == user
    clock.advance(timedelta(days=1))
    assert actions.account_of_token(issued.token) is None


def test_only_the_digest_of_a_token_is_kept(clock: FrozenClock) -> None:
    issued = actions.issue_token(people.resident(), "script")
    row = ApiToken.objects.get()
    assert issued.token not in (row.digest, row.name)
    assert len(issued.token) >= 43


def test_a_revoked_token_is_refused_from_the_next_request_on(clock: FrozenClock) -> None:
    user, stranger = people.resident(), people.resident()
    issued = actions.issue_token(user, "script")
    assert not actions.revoke_token(stranger, issued.id)
    assert actions.account_of_token(issued.token) == user
    assert actions.revoke_token(user, issued.id)
    assert actions.account_of_token(issued.token) is None
    assert not actions.revoke_token(user, issued.id)


def test_the_tokens_of_an_account_that_is_switched_off_are_refused(clock: FrozenClock) -> None:
    user = people.resident()
    issued = actions.issue_token(user, "script")
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert actions.account_of_token(issued.token) is None


def test_a_token_remembers_its_last_use_to_the_minute(clock: FrozenClock) -> None:
    user = people.resident()
    issued = actions.issue_token(user, "script")
    actions.account_of_token(issued.token)
    first = time.now()
    clock.advance(timedelta(seconds=30))
    actions.account_of_token(issued.token)
    assert queries.tokens(user.pk)[0].last_used_at == first
    clock.advance(timedelta(seconds=30))
    actions.account_of_token(issued.token)
    assert queries.tokens(user.pk)[0].last_used_at == first + timedelta(minutes=1)


def test_nobody_holds_more_than_twenty_tokens(clock: FrozenClock) -> None:
    user = people.resident()
    for _ in range(20):
        actions.issue_token(user, "script", term=timedelta(days=1))
    with pytest.raises(NotPossible):
        actions.issue_token(user, "script")
    clock.advance(timedelta(days=1))
    actions.issue_token(user, "script")


@pytest.mark.parametrize("token", ["", "yw_", "x" * 10_000, "\ud800", "yw_\x00"])
def test_what_is_no_token_is_nobodys(clock: FrozenClock, token: str) -> None:
    assert actions.account_of_token(token) is None


def test_an_administrator_appoints_and_ends_at_once(clock: FrozenClock) -> None:
    officer, by = people.officer(), actor_of(people.administrator())
    people.post("water/permits")
    row = actions.appoint(officer.pk, "water/permits", by=by)
    assert actor_of(fresh(officer)).posts == {"water/permits"}
    actions.end_appointment(row.pk, by=by)
    assert actor_of(fresh(officer)).posts == frozenset()
    row.refresh_from_db()
    assert (row.appointed_by, row.ended_by) == (str(by), str(by))


def test_nobody_else_appoints_or_ends(clock: FrozenClock) -> None:
    officer = people.officer("water/permits")
    row = Appointment.objects.get()
    for by in (actor_of(officer), actor_of(people.resident()), VISITOR):
        with pytest.raises(NotPermitted):
            actions.appoint(officer.pk, "water/permits", by=by)
        with pytest.raises(NotPermitted):
            actions.end_appointment(row.pk, by=by)


def test_a_post_is_held_once_at_a_time_but_again_after_a_term(clock: FrozenClock) -> None:
    officer, by = people.officer(), actor_of(people.administrator())
    people.post("water/permits")
    end = time.now() + timedelta(days=10)
    actions.appoint(officer.pk, "water/permits", by=by, until=end)
    with pytest.raises(NotPossible) as refused:
        actions.appoint(officer.pk, "water/permits", by=by, since=end - timedelta(days=1))
    assert refused.value.code == "held_already"
    actions.appoint(officer.pk, "water/permits", by=by, since=end)


def test_a_term_ahead_can_be_ended_before_it_begins(clock: FrozenClock) -> None:
    officer, by = people.officer(), actor_of(people.administrator())
    people.post("water/permits")
    row = actions.appoint(officer.pk, "water/permits", by=by, since=time.now() + timedelta(days=5))
    actions.end_appointment(row.pk, by=by)
    clock.advance(timedelta(days=6))
    assert actor_of(fresh(officer)).posts == frozenset()


@pytest.mark.parametrize(
    ("post", "until", "code"),
    [
        ("water/nothing", None, "no_such_post"),
        ("water", None, "no_such_post"),
        ("water/permits", timedelta(0), "ends_before_it_starts"),
    ],
)
def test_an_impossible_appointment_is_explained(
    clock: FrozenClock, post: str, until: timedelta | None, code: str
) -> None:
    people.post("water/permits")
    officer, by = people.officer(), actor_of(people.administrator())
    with pytest.raises(NotPossible) as refused:
        actions.appoint(officer.pk, post, by=by, until=None if until is None else time.now() + until)
    assert refused.value.code == code


def test_only_officers_hold_posts(clock: FrozenClock) -> None:
    people.post("water/permits")
    by = actor_of(people.administrator())
    with pytest.raises(NotPossible) as refused:
        actions.appoint(people.resident().pk, "water/permits", by=by)
    assert refused.value.code == "no_such_officer"

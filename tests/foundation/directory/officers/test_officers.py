"""Officers come, move and go, each in one deed, all of it or nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from tests.foundation.directory import people
from yiwang.foundation.directory import actions as directory
from yiwang.foundation.directory import queries
from yiwang.foundation.directory.actor import Actor, actor_of
from yiwang.foundation.directory.events import STREAM, OfficerJoined, OfficerLeft, OfficerMoved
from yiwang.foundation.directory.models import Appointment, User
from yiwang.foundation.directory.officers import actions, joiners
from yiwang.foundation.directory.officers.actions import Joiner
from yiwang.foundation.directory.refusals import NotPermitted, NotPossible
from yiwang.foundation.directory.second_factors import actions as second_factors
from yiwang.foundation.directory.second_factors import totp
from yiwang.foundation.kernel.time import FrozenClock, now
from yiwang.foundation.ledger.replay import history
from yiwang.web.commands import main

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(clock: FrozenClock) -> Actor:
    people.post("water/permits"), people.post("water/inspection"), people.post("fire/permits")
    return actor_of(people.administrator())


def posts(user: User) -> frozenset[str]:
    return actor_of(User.objects.get(pk=user.pk)).posts


def events(user_id: int) -> list[object]:
    return [recorded.body for recorded in history(STREAM, user_id)]


def test_who_joins_has_their_posts_and_a_password_that_opens_one_page(admin: Actor) -> None:
    joined = actions.join(Joiner("Lin.Water", "林晓", ("water/permits",)), by=admin)
    user = User.objects.get(pk=joined.user_id)
    assert (user.username, user.must_change_password) == ("lin.water", True)
    assert posts(user) == {"water/permits"}
    assert events(user.pk) == [OfficerJoined(posts=("water/permits",))]
    client = Client()
    client.post("/sign-in/", {"identifier": "lin.water", "password": joined.password})
    assert client.get("/desk/").headers["Location"] == "/account/password/"


def test_a_joiner_with_a_post_that_does_not_exist_does_not_join_at_all(admin: Actor) -> None:
    with pytest.raises(NotPossible, match="no_such_post"):
        actions.join(Joiner("lin.water", "林晓", ("water/permits", "water/nothing")), by=admin)
    assert not User.objects.filter(username="lin.water").exists()


def test_who_moves_leaves_one_post_and_takes_another_at_once(admin: Actor) -> None:
    user, colleague = people.officer("water/permits"), people.officer("water/permits")
    actions.move(user.pk, gone=["water/permits"], taken=["fire/permits"], by=admin, successor=colleague.pk)
    assert posts(user) == {"fire/permits"}
    moved = OfficerMoved(gone=("water/permits",), taken=("fire/permits",), successor=colleague.pk)
    assert events(user.pk) == [moved]


def test_a_move_that_cannot_be_made_whole_changes_nothing(admin: Actor) -> None:
    user = people.officer("water/permits", "water/inspection")
    with pytest.raises(NotPossible, match="held_already"):
        actions.move(user.pk, gone=["water/permits"], taken=["water/inspection"], by=admin)
    assert posts(user) == {"water/permits", "water/inspection"}
    with pytest.raises(NotPossible, match="nothing_changes"):
        actions.move(user.pk, gone=[], taken=[], by=admin)
    assert events(user.pk) == []


def test_who_leaves_keeps_no_term_no_session_no_token_and_no_factor(admin: Actor, clock: FrozenClock) -> None:
    user = people.officer("water/permits")
    directory.appoint(user.pk, "fire/permits", by=admin, since=now() + timedelta(days=3))
    secret = totp.new_secret()
    second_factors.add_totp(user, secret, totp.code_at(secret, totp.step_at(now())))
    token = directory.issue_token(user, "script").token
    client = Client()
    client.force_login(user)
    assert client.get("/desk/").status_code == 200
    actions.leave(user.pk, by=admin)
    assert client.get("/desk/").status_code == 302
    assert directory.account_of_token(token) is None
    assert not second_factors.has_one(user)
    assert not Appointment.objects.filter(user=user, until__isnull=True).exists()
    clock.advance(timedelta(days=4))
    assert posts(user) == frozenset()
    assert events(user.pk) == [OfficerLeft(gone=("fire/permits", "water/permits"))]
    with pytest.raises(NotPossible, match="no_such_officer"):
        actions.leave(user.pk, by=admin)


def test_tasks_are_left_to_nobody_who_is_not_in_office(admin: Actor) -> None:
    user, gone = people.officer("water/permits"), people.officer("water/permits")
    actions.leave(gone.pk, by=admin)
    for successor in (user.pk, gone.pk, people.resident().pk):
        with pytest.raises(NotPossible, match="no_such_colleague"):
            actions.leave(user.pk, by=admin, successor=successor)
    assert posts(user) == {"water/permits"}


def test_only_an_administrator_lets_officers_come_and_go(admin: Actor) -> None:
    user = people.officer("water/permits")
    for by in (actor_of(user), actor_of(people.resident())):
        with pytest.raises(NotPermitted):
            actions.join(Joiner("lin.water", "林晓", ("water/permits",)), by=by)
        with pytest.raises(NotPermitted):
            actions.leave(user.pk, by=by)
        with pytest.raises(NotPermitted):
            actions.renew_sign_in(user.pk, by=by)


def test_whoever_lost_everything_gets_a_first_password_again(admin: Actor, clock: FrozenClock) -> None:
    user = people.officer("water/permits")
    client = Client()
    client.force_login(user)
    secret = totp.new_secret()
    second_factors.add_totp(user, secret, totp.code_at(secret, totp.step_at(now())))
    renewed = actions.renew_sign_in(user.pk, by=admin)
    assert client.get("/desk/").status_code == 302, "sessions under the password until now end"
    fresh = User.objects.get(pk=user.pk)
    assert fresh.check_password(renewed.password)
    assert fresh.must_change_password
    assert not second_factors.has_one(fresh)


def test_the_pages_lead_through_joining_moving_and_leaving(admin: Actor, clock: FrozenClock) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(pk=admin.id))
    made = client.post("/administration/people/join/", {"name": "林晓", "username": "lin", "post": "water/permits"})
    assert re.search(r"<code>(\w{4}-){3}\w{4}</code>", made.content.decode())
    assert made.headers["Cache-Control"] == "no-store"
    lin = User.objects.get(username="lin")
    again = client.post("/administration/people/join/", {"name": "林晓", "username": "lin", "post": "water/permits"})
    assert again.status_code == 422
    assert "taken" in again.content.decode()
    moved = {"gone": "water/permits", "taken": "fire/permits", "successor": ""}
    assert client.post(f"/administration/people/{lin.pk}/move/", moved).status_code == 302
    assert posts(lin) == {"fire/permits"}
    assert client.post(f"/administration/people/{lin.pk}/leave/", {"successor": ""}).status_code == 302
    assert not User.objects.get(pk=lin.pk).is_active
    assert client.get(f"/administration/people/{lin.pk}/leave/").status_code == 404


CSV = (
    "username,name,posts,email\n"
    "lin.water,林晓,water/permits water/inspection,lin@city.example\n"
    "he.fire,何平,fire/permits,\n"
)


def test_many_join_from_a_file(admin: Actor, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "joiners.csv"
    file.write_text(CSV)
    assert main(["officers", "join", str(file), "--check"]) == 0
    assert not User.objects.filter(username="lin.water").exists()
    capsys.readouterr()
    assert main(["officers", "join", str(file)]) == 0
    header, first, _second = capsys.readouterr().out.splitlines()
    assert header == "username,first password"
    lin = User.objects.get(username="lin.water")
    assert lin.check_password(first.partition(",")[2])
    assert posts(lin) == {"water/permits", "water/inspection"}


def test_one_line_that_cannot_be_keeps_everybody_out(
    admin: Actor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people_before = User.objects.count()
    file = tmp_path / "joiners.csv"
    for line, says in (
        ("x,何平,fire/permits", "is not a user name"),
        ("he.fire,何平,fire/permit", "Did you mean “fire/permits”"),
        ("he.fire,,fire/permits", "name or a post is missing"),
        ("lin.water,何平,fire/permits", "stands twice"),
    ):
        file.write_text(CSV.partition("he.fire")[0] + line + "\n")
        assert main(["officers", "join", str(file)]) == 1
        printed = capsys.readouterr().err
        assert says in printed
        assert ":3:" in printed
    people.officer("water/permits", name="林")
    User.objects.filter(username__startswith="officer").update(username="he.fire")
    file.write_text(CSV)
    assert main(["officers", "join", str(file)]) == 1
    assert "he.fire" in capsys.readouterr().err
    assert User.objects.count() == people_before + 1


def test_a_file_that_is_no_table_is_said_so(admin: Actor, tmp_path: Path) -> None:
    file = tmp_path / "joiners.csv"
    file.write_bytes(b"\xff\xfe\x00")
    assert joiners.read(file, ["water/permits"])[1]
    file.write_text("name,role\n")
    assert [each.line for each in joiners.read(file, ["water/permits"])[1]] == [1, 1, 1]
    assert joiners.read(tmp_path / "none.csv", [])[1]
    assert queries.officers() == ()

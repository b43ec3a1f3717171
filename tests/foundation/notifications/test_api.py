"""A program reads its person's inbox and marks messages as read."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.foundation.directory import people
from yiwang.foundation.directory import actions as directory
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.notifications.actions import tell
from yiwang.foundation.notifications.queries import PAGE, unread_count

pytestmark = pytest.mark.django_db
JSON = "application/json"


def told(user: User, count: int) -> list[int]:
    return [
        tell(user.pk, Words(f"第 {n} 条", f"Message {n}"), Words("文", "Text"), "/mine/", f"key:{n}")
        for n in range(count)
    ]


def program_of(user: User) -> Client:
    return Client(headers={"Authorization": f"Bearer {directory.issue_token(user, 'script').token}"})


def test_the_inbox_comes_in_pages_newest_first_in_both_languages(clock: FrozenClock) -> None:
    wang = people.resident()
    numbers = told(wang, PAGE + 1)
    program = program_of(wang)
    first = program.get("/api/v1/messages").json()
    assert [each["number"] for each in first["messages"]] == numbers[:0:-1]
    assert first["unread"] == PAGE + 1
    assert first["messages"][0]["subject"] == {"zh": f"第 {PAGE} 条", "en": f"Message {PAGE}"}
    rest = program.get("/api/v1/messages", {"before": first["older"]}).json()
    assert ([each["number"] for each in rest["messages"]], rest["older"]) == (numbers[:1], None)
    assert unread_count(wang.pk) == PAGE + 1, "reading the list marks nothing"


def test_a_message_is_marked_as_read_by_its_reader_alone(clock: FrozenClock) -> None:
    wang, chen = people.resident(), people.resident()
    (number,) = told(wang, 1)
    assert program_of(chen).post(f"/api/v1/messages/{number}/read", content_type=JSON).status_code == 404
    assert unread_count(wang.pk) == 1
    for _time in range(2):
        assert program_of(wang).post(f"/api/v1/messages/{number}/read", content_type=JSON).status_code == 204
    assert unread_count(wang.pk) == 0


def test_what_came_in_meanwhile_stays_unread(clock: FrozenClock) -> None:
    wang = people.resident()
    numbers = told(wang, 3)
    answer = program_of(wang).post("/api/v1/messages/read", {"up_to": numbers[1]}, content_type=JSON)
    assert answer.json() == {"read": 2}
    assert unread_count(wang.pk) == 1


@pytest.mark.parametrize("number", [0, -1, 2**63])
def test_numbers_that_no_message_has_are_refused(clock: FrozenClock, number: int) -> None:
    program = program_of(people.resident())
    assert program.get("/api/v1/messages", {"before": number}).status_code == 422
    assert program.post(f"/api/v1/messages/{number}/read", content_type=JSON).status_code in (404, 422)

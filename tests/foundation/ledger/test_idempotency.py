"""The same request twice happens once; another body under the same key is refused."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.ledger.idempotency import KEPT_FOR, Answer, KeyReused, forget_expired, once
from yiwang.foundation.ledger.models import Answered, Cursor


def deed(consumer: str = "deed") -> Answer:
    Cursor.objects.create(consumer=consumer)
    return Answer(201, '{"number": "1"}')


@pytest.mark.django_db
def test_a_repeated_request_gets_the_stored_answer(clock: FrozenClock) -> None:
    first = once("resident:1", "k", b"body", deed)
    second = once("resident:1", "k", b"body", lambda: pytest.fail("must not run again"))
    assert (second.status, second.body, second.repeated) == (201, first.body, True)


@pytest.mark.django_db
def test_another_body_under_the_key_is_refused(clock: FrozenClock) -> None:
    once("resident:1", "k", b"body", deed)
    with pytest.raises(KeyReused):
        once("resident:1", "k", b"other", deed)
    once("resident:2", "k", b"other", lambda: deed("of another client"))


@pytest.mark.django_db
def test_a_failed_request_leaves_the_key_free(clock: FrozenClock) -> None:
    def fail() -> Answer:
        deed()
        raise ValueError("no such matter")

    with pytest.raises(ValueError, match="matter"):
        once("resident:1", "k", b"body", fail)
    assert not Cursor.objects.exists()
    assert not once("resident:1", "k", b"body", deed).repeated


@pytest.mark.django_db
def test_answers_are_forgotten_after_their_time(clock: FrozenClock) -> None:
    once("resident:1", "k", b"body", deed)
    clock.advance(KEPT_FOR + timedelta(seconds=1))
    assert not once("resident:1", "k", b"other", lambda: deed("again")).repeated
    clock.advance(KEPT_FOR + timedelta(seconds=1))
    assert forget_expired() == 1


@pytest.mark.django_db(transaction=True)
def test_twelve_equal_requests_at_once_happen_once() -> None:
    answers: list[Answer] = []
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            answers.append(once("resident:1", "k", b"body", deed))
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    clients = [threading.Thread(target=ask) for _ in range(12)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert not failures
    assert len(answers) == 12 and sum(not answer.repeated for answer in answers) == 1
    assert Cursor.objects.count() == 1 and Answered.objects.count() == 1

"""Two requests at the same moment: one case, one answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests.service.applications.applying import DRAINAGE, DRAINS, Applicant
from yiwang.casework.cases.models import Case
from yiwang.foundation.directory.models import User
from yiwang.service.applications import actions, submission
from yiwang.service.applications.refusals import AlreadySubmitted
from yiwang.service.catalogue import queries as catalogue
from yiwang.web import loading

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def luo() -> Applicant:
    assert loading.load(Path(settings.ROOT) / "city") == 0
    return Applicant(User.objects.get(username="luo"))


def at_once(deed: Callable[[int], Any], times: int) -> list[Any]:
    """Run a deed in several threads that start together; what each gave or raised."""
    start, answers = threading.Barrier(times), [None] * times

    def run(number: int) -> None:
        start.wait()
        try:
            answers[number] = deed(number)
        except Exception as raised:
            answers[number] = raised
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_draft_submitted_four_times_at_once_becomes_one_case_and_one_receipt(luo: Applicant) -> None:
    held = luo.completes(DRAINAGE, DRAINS)
    answers = at_once(lambda _number: submission.submit(held.id, held.version, declared=True, by=luo.actor), 4)
    assert len(set(answers)) == 1, answers
    assert not isinstance(answers[0], Exception)
    assert Case.objects.count() == 1


def test_one_key_sent_four_times_at_once_is_one_application(luo: Applicant) -> None:
    whole = submission.Whole(
        published=catalogue.service(DRAINAGE),
        answers=DRAINS,
        materials={"hidden_works_pledge": [luo.uploads()], "grease_trap_contract": [luo.uploads()]},
        deferred=frozenset(),
        signed=frozenset(),
        declared=True,
    )
    answers = at_once(lambda _number: submission.apply(whole, key="drains-0001", body=b"{}", by=luo.actor).body, 4)
    assert len(set(answers)) == 1, answers
    assert Case.objects.count() == 1


def test_answers_given_on_four_pages_at_once_are_all_kept(luo: Applicant) -> None:
    draft = luo.starts(DRAINAGE)
    given = [(code, value) for code, value in DRAINS.items() if code != "discharge.grease_trap"][:4]
    raised = at_once(lambda number: actions.answer(draft, dict([given[number]]), by=luo.actor), 4)
    assert not any(isinstance(each, Exception) for each in raised), raised
    assert luo.sees(draft).answers.items() >= dict(given).items()


def test_a_draft_begun_twice_at_once_is_one_draft(luo: Applicant) -> None:
    begun = at_once(lambda _number: luo.starts(DRAINAGE), 4)
    assert len(set(begun)) == 1, begun


def test_changing_a_draft_while_it_is_submitted_loses_nothing(luo: Applicant) -> None:
    held = luo.completes(DRAINAGE, DRAINS)

    def deed(number: int) -> Any:
        if number:
            return actions.answer(held.id, {"premises.floor_area": "130"}, by=luo.actor)
        return submission.submit(held.id, held.version, declared=True, by=luo.actor)

    submitted, changed = at_once(deed, 2)
    if isinstance(submitted, Exception):
        assert luo.sees(held.id).answers["premises.floor_area"] == "130"
        assert not Case.objects.exists()
    else:
        assert isinstance(changed, AlreadySubmitted)
        assert Case.objects.count() == 1

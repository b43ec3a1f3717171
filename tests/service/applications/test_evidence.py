"""The record proves what was submitted: the first time, with each correction, and with each paper that came later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.service.applications.applying import (
    DRAINAGE,
    DRAINS,
    RESTAURANT,
    SMALL_SHOP,
    Applicant,
    accepts,
    asks_for_correction,
)
from yiwang.casework.cases.models import Party, Statement
from yiwang.foundation.documents.models import Document
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.ledger.models import Event
from yiwang.foundation.ledger.replay import replay
from yiwang.service.applications import actions, submission
from yiwang.service.applications.models import (
    Application,
    ApplicationMaterial,
    EarlierAnswers,
    EarlierSubmission,
)


def corrects(wang: Applicant, number: str, part: str = DRAINAGE) -> None:
    """The department asks for a better plan and another area; the applicant sends both."""
    asks_for_correction(number, part, ["管线图没有标隔油池", "面积与产权证不符"])
    draft = actions.begin_correction(number, part, by=wang.actor)
    actions.answer(draft, {"premises.floor_area": "118.5"}, by=wang.actor)
    actions.bring(draft, "hidden_works_pledge", [wang.uploads("better.png")], by=wang.actor, replace=True)
    submission.correct(draft, wang.sees(draft).version, declared=True, by=wang.actor)


def found() -> tuple[str, ...]:
    return tuple(sentence.partition(": ")[2] for sentence in replay().differences)


def test_a_submission_a_correction_and_a_later_paper_are_each_committed_to(wang: Applicant, clock: FrozenClock) -> None:
    restaurant = wang.submits(RESTAURANT, SMALL_SHOP, later=["food_safety_rules"]).number
    drains = wang.submits(DRAINAGE, DRAINS).number
    corrects(wang, drains)
    clock.advance(timedelta(days=1))
    actions.bring_deferred(restaurant, "food_safety_rules", [wang.uploads("rules.png")], by=wang.actor)
    result = replay()
    assert (result.differences, result.erased) == ((), ())
    assert EarlierSubmission.objects.count() == 2, "what stood before the correction, and before the rules came"
    first = EarlierSubmission.objects.get(application__case__number=drains)
    assert first.body["answers"]["premises.floor_area"] == "120"


def test_events_say_nothing_that_was_submitted(wang: Applicant) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    corrects(wang, number)
    told = "".join(Event.objects.values_list("body", flat=True))
    assert told.count('"submission":') == 2
    answers = [*DRAINS.values(), *Application.objects.get().answers.values()]
    assert not [answer for answer in answers if f'"{answer}"' in told]
    sums = Document.objects.values_list("sha256", flat=True)
    assert not [sha256 for sha256 in sums if sha256 in told]


def _answers() -> None:
    row = Application.objects.get()
    row.answers["discharge.daily_m3"] = "1"
    row.save()


def _signature() -> None:
    Application.objects.update(signed={DRAINAGE: "2025-01-01T00:00:00+00:00"})


def _earlier() -> None:
    row = EarlierSubmission.objects.get()
    row.body["answers"]["premises.floor_area"] = "119"
    row.save()


STANDS = "what stands submitted is not what its last submission commits to"
EARLIER = "an earlier submission is not what its event commits to"
TAMPERINGS: dict[str, tuple[Callable[[], object], str]] = {
    "an answer edited": (_answers, STANDS),
    "a signature added": (_signature, STANDS),
    "a file exchanged": (lambda: Document.objects.filter(name="better.png").update(sha256="0" * 64), STANDS),
    "a file taken away": (lambda: ApplicationMaterial.objects.filter(replaced_at=None).first().delete(), STANDS),
    "an exchanged file put back": (lambda: ApplicationMaterial.objects.update(replaced_at=None), STANDS),
    "an earlier answer edited": (_earlier, EARLIER),
}


@pytest.mark.parametrize("deed", sorted(TAMPERINGS))
def test_what_was_submitted_cannot_be_altered_unseen(wang: Applicant, deed: str) -> None:
    corrects(wang, wang.submits(DRAINAGE, DRAINS).number)
    assert found() == ()
    alter, sentence = TAMPERINGS[deed]
    alter()
    assert found() == (sentence,)


def test_what_was_erased_is_told_as_erased_and_is_no_difference(wang: Applicant) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    corrects(wang, number)
    EarlierSubmission.objects.all().delete()
    assert replay().erased == (f"case {number}: an earlier submission was erased",)
    for model in (EarlierAnswers, ApplicationMaterial, Application, Party, Statement):
        model.objects.all().delete()
    result = replay()
    assert result.differences == ()
    assert result.erased == (
        f"case {number}: the applicant's row was erased",
        f"case {number}: statement 1 was erased",
        f"case {number}: statement 2 was erased",
        f"case {number}: what was submitted was erased",
    )


def test_an_application_from_before_there_were_commitments_still_replays(wang: Applicant) -> None:
    number = wang.submits(DRAINAGE, DRAINS).number
    Application.objects.update(salt="")
    received = Event.objects.get(type="cases.Received")
    before, _, rest = received.body.partition(',"submission":"')
    Event.objects.filter(pk=received.pk).update(body=before + rest[65:])
    assert replay().differences == ()
    corrects(wang, number)
    assert (replay().differences, replay().erased) == ((), ())
    accepts(number, DRAINAGE)
    assert replay().differences == ()

"""Staff apply in the enterprise's name and in no other matter of whoever represents it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import NOON
from tests.service.applications.applying import DRAINAGE, DRAINS, Applicant
from yiwang.foundation.directory import mandates
from yiwang.foundation.directory.mandates import Terms
from yiwang.foundation.directory.models import Enterprise, MandateKind, User
from yiwang.foundation.kernel.identifiers import make_uscc
from yiwang.service.applications import actions, submission
from yiwang.service.applications.models import Application
from yiwang.service.applications.refusals import NotPossible


class Staff(Applicant):
    """Luo fills in for Wang's enterprise."""

    def starts(self, code: str, answers: Any = None) -> UUID:
        (card,) = mandates.held(self.actor, code)
        draft, _new = actions.start(code, by=mandates.under(card.id, code, by=self.actor)[0])
        if answers:
            actions.answer(draft, answers, by=self.actor)
        return draft


@pytest.fixture
def staff(wang: Applicant) -> Staff:
    luo = User.objects.get(username="luo")
    assert luo.person is not None
    uscc = str(DRAINS["enterprise.uscc"])
    Enterprise.objects.update_or_create(uscc=uscc, defaults={"name": "兰姨小馆", "representative": wang.user.person})
    terms = Terms(MandateKind.STAFF, NOON + timedelta(days=30), (DRAINAGE,))
    mandates.delegate(uscc, luo.name, luo.person.resident_id, terms, by=wang.actor)
    return Staff(luo)


def test_staff_apply_for_their_enterprise(staff: Staff, wang: Applicant) -> None:
    done = staff.submits(DRAINAGE, DRAINS)
    row = Application.objects.get(case__number=done.number)
    assert (row.owner, row.applicant) == (staff.user, wang.user.person)
    assert row.mandate is not None
    assert row.mandate.enterprise is not None


def test_staff_apply_for_no_other_enterprise_of_the_same_person(staff: Staff) -> None:
    held = staff.completes(DRAINAGE, {**DRAINS, "enterprise.uscc": make_uscc(2)})
    with pytest.raises(NotPossible) as refused:
        submission.submit(held.id, held.version, declared=True, by=staff.actor)
    assert refused.value.code == "not_for_this_enterprise"
    assert not Application.objects.exists()

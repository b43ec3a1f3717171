"""The restaurant with the water bureau's old system in it: it works over exchange tables by its own rules, as it always
did, and does not know that there is a bundle."""

from __future__ import annotations

import pytest

from tests.service.exchange.bureau import a_bureau
from tests.web.test_killed_departments import Office, Restaurant, is_legal, nothing_is_left, offices
from yiwang.casework.cases.models import Case
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.ledger.models import Event
from yiwang.service.exchange import polling
from yiwang.service.exchange.models import System
from yiwang.web.worker import run_until_quiet

__all__ = ["offices"]


@pytest.mark.parametrize("kind", ["sqlite", "mysql"])
@pytest.mark.django_db(transaction=True)
def test_an_old_system_takes_part_in_the_restaurant(offices: list[Office], clock: FrozenClock, kind: str) -> None:
    others = [each for each in offices if each.department != "water"]
    with a_bureau(kind) as bureau:
        number = Restaurant().opens()
        for _round in range(40):
            run_until_quiet()
            busy = sum(each.works() for each in others)
            moved = polling.work(System.objects.get(department="water"))
            if bureau.works().idle and not (busy or moved):
                break
        is_legal(number)
        nothing_is_left()
        case = Case.objects.get(number=number)
        told = Event.objects.filter(stream="case", stream_id=case.pk, actor="system:water", type="cases.Reported")
        assert told.count() == 4, "accepted, reviewed, visited, decided"
        ((project, applicant, discharge),) = bureau.rows("SELECT bjbh, sqr, psl FROM t_psxk_bj", own=True)
        assert (project, discharge) == (f"{number}.drainage", "18"), "the bundle's answer stands in its own table"
        assert applicant

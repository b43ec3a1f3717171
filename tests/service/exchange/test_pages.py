"""What the department's people and administrators see of the exchange, and who sees it at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tests.casework.cases.world import World
from tests.foundation.directory import people
from tests.service.exchange.world import a_system, report, sent, step
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel.time import FrozenClock, city_date, now
from yiwang.service.exchange import reconciling
from yiwang.service.exchange.models import Sheet, System
from yiwang.service.exchange.reconciling import Held
from yiwang.web.worker import run_until_quiet

pytestmark = pytest.mark.django_db
HEADERS = {"accept-language": "zh-hans"}


@pytest.fixture
def system(world: World, clock: FrozenClock) -> System:
    """One file accepted a day late, a step refused, one waiting, and a sheet that the other side lost."""
    here = a_system()
    case = sent(world, here)
    done = now()
    clock.advance(timedelta(days=1))
    report(here, step(case, "PS-1", "accept", at=done), step(case, "PS-2", "accept", at=done))
    report(here, step(case, "PS-9", "result", result_type="1"))
    run_until_quiet()
    Sheet.objects.update(put_out_at=now())
    nothing = Held(f"{case.number}.drainage", 0, "", 3, reconciling.digest_of_steps(["PS-1", "PS-2", "PS-9"]))
    reconciling.keep_counts(here, city_date(now()), [nothing])
    reconciling.reconcile(here, city_date(now()))
    return here


def looks(user: User, address: str = "/exchange/water/") -> str:
    client = Client(headers=HEADERS)
    client.force_login(user)
    return client.get(address).content.decode()


@pytest.mark.parametrize("post", ["water/permits", "water/head", "water/data"])
def test_the_departments_people_see_what_waits_what_was_refused_and_what_came_late(system: System, post: str) -> None:
    page = looks(people.officer(post))
    for said in ("PS-2", "这件事现在不在收件环节", "PS-9", "前面的任务还没有办完", "补报的", "再送一次"):
        assert said in page, said


def test_others_learn_nothing(system: System) -> None:
    for stranger in (people.officer("fire/permits"), people.officer("water/supply")):
        client = Client()
        client.force_login(stranger)
        assert client.get("/exchange/water/").status_code == 404
        assert client.post("/exchange/water/resend/", {"project": "x"}).status_code == 404
        assert "水务系统" not in looks(stranger, "/exchange/")


def test_a_file_is_sent_again_by_a_button(system: System) -> None:
    admin = people.administrator()
    table = looks(admin, "/exchange/water/differences.csv")
    project = Sheet.objects.values_list("body__project_no", flat=True).first()
    assert f"{project},sheets,2,0," in table
    client = Client(headers=HEADERS)
    client.force_login(admin)
    answer = client.post("/exchange/water/resend/", {"project": project}, follow=True)
    assert "已重送" in answer.content.decode()
    assert not Sheet.objects.filter(put_out_at__isnull=False).exists()


def test_a_cell_of_the_departments_is_no_formula(system: System) -> None:
    reconciling.keep_counts(system, city_date(now()), [Held("=HYPERLINK(1)", 1, "", 0, "")])
    reconciling.reconcile(system, city_date(now()))
    assert "'=HYPERLINK(1)" in looks(people.administrator(), "/exchange/water/differences.csv")

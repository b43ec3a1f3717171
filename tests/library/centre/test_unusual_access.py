from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from tests.library.centre.conftest import Library
from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.models import Case
from yiwang.casework.cases.record import PartRef, TaskRef
from yiwang.casework.cases.refusals import NotPermitted
from yiwang.foundation.directory.models import Person
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.ledger.models import Event
from yiwang.foundation.ledger.replay import replay
from yiwang.library.centre import panels, queries, unusual_access
from yiwang.library.centre.models import FollowedLog, PostHabit, UnusualAccess
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.fragment import Fragment, Keys
from yiwang.web.worker import run_until_quiet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

WANG, LUO = "110000199003070220", "110000198609210449"


def reads(library: Library, *identifiers: str, **more: Any) -> None:
    number = library.account("food_one").pk
    draft = "draft:8d3c2a52-0000-4000-8000-000000000001"
    asker = replace(Asker(f"officer:{number}", "钱一", "market", "market/food", "application", case=draft), **more)
    (grant,) = queries.grants_for("market/food", "application", "security.residents@1")
    fragment = Fragment("security.residents@1", ("resident_id", "name"), keys=Keys("resident_id", identifiers))
    library.gateways["security"].read(fragment, grant, asker)


def opened() -> list[tuple[str, str, list[int]]]:
    rows = UnusualAccess.objects.order_by("case")
    return [(row.owner, row.reason, row.positions) for row in rows]


def test_ordinary_work_opens_no_case(library: Library) -> None:
    reads(library, WANG)
    reads(library, LUO)
    assert unusual_access.watch_all() == 0
    assert opened() == []


def test_a_look_after_hours_opens_one_case_of_the_owners_data_steward_and_later_ones_join_it(
    library: Library, clock: FrozenClock
) -> None:
    reads(library, WANG)
    clock.advance(timedelta(hours=9))
    reads(library, WANG)
    assert unusual_access.watch_all() == 1
    reads(library, LUO)
    assert unusual_access.watch_all() == 0
    assert opened() == [("security", "out-of-hours", [1, 2])]
    case = Case.objects.get(kind="unusual-access")
    assert case.title_en == "Unusual access: Out of office hours"
    assert replay().differences == ()


def test_the_steward_asks_and_decides_and_nobody_elsewhere_can(library: Library) -> None:
    reads(library, WANG, case="999900-2025-0000404")
    assert unusual_access.watch_all() == 1
    assert opened() == [("security", "no-case", [0])]
    number = Case.objects.get(kind="unusual-access").number
    with pytest.raises(NotPermitted):
        cases.complete(TaskRef(number, "ask", "ask"), by=library.market_data, words="我来看")
    cases.complete(TaskRef(number, "ask", "ask"), by=library.security_data, words="对方说明了原因")
    cases.decide(PartRef(number, "ask"), False, "没有办件，不应查阅。", by=library.security_data)
    run_until_quiet()
    assert replay().differences == ()


def test_an_officer_who_looks_at_their_own_record_is_found_without_a_look_at_anybody(library: Library) -> None:
    account = library.account("food_one")
    account.person = Person.objects.create(name="罗文静", resident_id=LUO)
    account.save()
    reads(library, WANG)
    reads(library, WANG, LUO)
    reads(library, LUO)
    assert unusual_access.watch_all() == 1
    assert opened() == [("security", "oneself", [2])]


def test_where_the_steward_looked_the_head_is_asked(library: Library) -> None:
    reads(library, WANG, actor=str(library.security_data), case="999900-2025-0000404")
    assert unusual_access.watch_all() == 1
    number = Case.objects.get(kind="unusual-access").number
    with pytest.raises(NotPermitted):
        cases.complete(TaskRef(number, "ask", "ask"), by=library.security_data, words="我自己看过了")
    cases.complete(TaskRef(number, "ask", "ask"), by=library.security_head, words="已经问过")


def test_a_day_that_is_over_is_learned_from_and_not_read_again(library: Library, clock: FrozenClock) -> None:
    reads(library, WANG)
    reads(library, LUO)
    unusual_access.watch_all()
    assert FollowedLog.objects.get(department="security").watched == 0
    clock.advance(timedelta(days=1))
    unusual_access.watch_all()
    assert FollowedLog.objects.get(department="security").watched == 2
    habit = PostHabit.objects.get()
    assert (habit.owner, habit.post, habit.looks, habit.officers) == ("security", "market/food", 2, 1)
    clock.advance(timedelta(days=100))
    unusual_access.watch_all()
    assert not PostHabit.objects.exists()


def test_a_burst_far_above_the_posts_habit_is_asked_about(
    library: Library, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yiwang.library.centre.unusual.LEAST", 3)
    for day in range(5):
        date = clock.now().date() - timedelta(days=day + 1)
        PostHabit.objects.create(owner="security", post="market/food", day=date, looks=1, officers=2)
    for _time in range(4):
        reads(library, WANG)
    assert unusual_access.watch_all() == 1
    assert opened() == [("security", "burst", [0, 1, 2, 3])]


def test_what_machines_read_and_what_is_hidden_from_the_reader_is_nobodys_look(
    library: Library, clock: FrozenClock
) -> None:
    clock.advance(timedelta(hours=9))
    reads(library, WANG, actor="machine")
    (grant,) = queries.grants_for("office/analysis", "analysis", "security.residents@1")
    analyst = Asker(str(library.analyst), "析一", "office", "office/analysis", "analysis")
    library.gateways["security"].read(Fragment("security.residents@1", ("resident_id", "born")), grant, analyst)
    assert unusual_access.watch_all() == 0


def test_neither_events_nor_the_case_name_who_looked_or_at_whom(library: Library) -> None:
    reads(library, WANG, case="999900-2025-0000404")
    unusual_access.watch_all()
    account = library.account("food_one")
    written = " ".join(event.body for event in Event.objects.all())
    written += str(list(Case.objects.values()))
    for secret in ("钱一", "王晓兰", WANG, f"officer:{account.pk}"):
        assert secret not in written


@pytest.mark.parametrize(("language", "said"), [("en", "record 0"), ("zh-hans", "没有对应的办件")])
def test_the_panel_shows_the_records_of_the_owners_log(library: Library, language: str, said: str) -> None:
    reads(library, WANG, case="999900-2025-0000404")
    unusual_access.watch_all()
    case = Case.objects.get(kind="unusual-access")
    with translation.override(language):
        panel = panels.UnusualPanel().panel(case.pk, frozenset({"ask"}))
        assert panel is not None
        html = render_to_string(panel.template, {"panel": panel.context})
    assert said in html
    assert "999900-2025-0000404" in html
    assert "王晓兰" not in html
    assert panels.UnusualPanel().panel(case.pk, frozenset()) is None
    client = Client()
    client.force_login(library.account("security_data"))
    assert client.get(f"/desk/cases/{case.number}/").status_code == 200

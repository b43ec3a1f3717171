"""Who looked at my data: mine and nobody else's, with a receipt that proves itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from tests.conftest import NOON
from tests.service.applications.applying import Applicant
from tests.service.applications.library import CHEN, Library, connected
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.time import FrozenClock, now
from yiwang.library.centre import looked_at, queries
from yiwang.library.centre.models import Correction
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.fragment import Fragment, Keys
from yiwang.library.gateways.gateway import NotGranted
from yiwang.service.applications import asking
from yiwang.web import loading


@pytest.fixture(scope="module")
def jinlan(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        with time.frozen(NOON):
            assert loading.load(Path(settings.ROOT) / "city") == 0
        yield
        transaction.set_rollback(True)


@pytest.fixture
def library(jinlan: None, db: None, clock: FrozenClock, tmp_path: Path) -> Iterator[Library]:
    with connected(tmp_path) as found:
        yield found


@pytest.fixture
def wang(library: Library) -> Applicant:
    return Applicant(User.objects.get(username="wang"))


@pytest.fixture
def web(wang: Applicant) -> Client:
    client = Client()
    client.force_login(wang.user)
    return client


def an_officer_looks(library: Library, **changes: Any) -> int:
    """An officer of the market bureau reads where Wang's premises are; returns the record's position."""
    issued = queries.issued_for(["market/food"], "application", "natural-resources.property@1")[0]
    known: dict[str, Any] = {
        "actor": "officer:7",
        "name": "钱慧敏",
        "department": "market",
        "post": "market/food",
        "purpose": "application",
        "case": "319900-2025-0000009",
    }
    asker = Asker(**(known | changes))
    fragment = Fragment(
        "natural-resources.property@1", ("owner_id", "address"), keys=Keys("owner_id", ("110000199003070220",))
    )
    return library.gateways["natural-resources"].read(fragment, issued.signed, asker).record


def test_nobody_has_looked_before_anybody_looks(web: Client) -> None:
    assert "还没有人看过" in web.get("/my-data/").content.decode()


def test_an_officers_look_and_my_own_are_told_apart_in_plain_words(
    library: Library, wang: Applicant, web: Client, clock: FrozenClock
) -> None:
    an_officer_looks(library)
    clock.advance(timedelta(minutes=1))
    draft = wang.starts("open-a-restaurant")
    asking.look_up(draft, by=wang.actor)
    page = looked_at.looks_at(wang.user.pk)
    assert page.looks[-1].own is False
    assert page.looks[-1].who.zh == "市场监督管理局 · 食品许可岗"
    assert all(look.own for look in page.looks[:-1])
    text = web.get("/my-data/").content.decode()
    assert "您本人" in text
    assert "市场监督管理局 · 食品许可岗" in text
    assert "您要办的开办餐饮店" in text
    assert "经营地址" in text


def test_what_one_application_reads_of_a_register_is_one_line_with_a_receipt_for_each_reading(
    library: Library, wang: Applicant, web: Client, clock: FrozenClock
) -> None:
    asking.look_up(wang.starts("open-a-restaurant"), by=wang.actor)
    page = looked_at.looks_at(wang.user.pk)
    (shop,) = [line for line in page.lines if line.latest.title.zh.startswith("不动产登记（个人）")]
    assert len(shop.looks) > 1
    assert {"经营地址", "建筑面积", "所在楼层"} <= {name.zh for name in shop.fields}
    assert {"市场监督管理局 · 食品许可岗", "消防救援支队 · 消防许可岗"} <= {name.zh for name in shop.offices}
    text = web.get("/my-data/").content.decode()
    assert f"查了 {len(shop.looks)} 次，为了：" in text
    for look in shop.looks:
        assert f"/my-data/looks/natural-resources/{look.position}/" in text
    an_officer_looks(library)
    an_officer_looks(library)
    assert len(looked_at.looks_at(wang.user.pk).lines) == len(page.lines) + 2, "an officer's looks stand each alone"


def test_a_look_that_was_refused_is_told_as_one(library: Library, wang: Applicant, web: Client) -> None:
    with pytest.raises(NotGranted):
        an_officer_looks(library, purpose="curiosity")
    (look,) = looked_at.looks_at(wang.user.pk).looks
    assert (look.refused, look.rows, look.who.zh) == (True, 0, "市场监督管理局 · 食品许可岗")
    text = web.get("/my-data/").content.decode()
    assert "未同意查看，没有给出任何内容" in text
    assert "没有查到" not in text
    assert "未同意查看" in web.get(f"/my-data/looks/natural-resources/{look.position}/").content.decode()
    assert web.get("/api/v1/my-data/looks").json()["looks"][0]["refused"] is True


def test_nobody_elses_looks_are_ever_shown(library: Library, wang: Applicant) -> None:
    an_officer_looks(library)
    chen = Applicant(User.objects.get(username="chen"))
    assert looked_at.looks_at(chen.user.pk).looks == ()
    position = looked_at.looks_at(wang.user.pk).looks[0].position
    other = Client()
    other.force_login(chen.user)
    assert other.get(f"/my-data/looks/natural-resources/{position}/").status_code == 404
    assert CHEN not in other.get("/my-data/").content.decode()


def test_a_receipt_verifies_itself_and_can_be_taken_home(library: Library, web: Client) -> None:
    position = an_officer_looks(library)
    answer = web.get(f"/my-data/looks/natural-resources/{position}/")
    assert "确实记在日志里" in answer.content.decode()
    file = web.get(f"/my-data/looks/natural-resources/{position}/?format=json").json()
    assert file["position"] == position
    assert len(bytes.fromhex(file["head"]["root"])) == 32


def test_a_receipt_of_a_look_that_is_not_there_is_not_found(library: Library, web: Client) -> None:
    assert web.get("/my-data/looks/natural-resources/99/").status_code == 404
    assert web.get("/my-data/looks/nowhere/0/").status_code == 404


def test_an_investigation_is_disclosed_when_it_is_due(library: Library, wang: Applicant, clock: FrozenClock) -> None:
    an_officer_looks(library, disclose_after=now() + timedelta(days=30))
    assert looked_at.looks_at(wang.user.pk).looks == ()
    clock.advance(timedelta(days=31))
    assert len(looked_at.looks_at(wang.user.pk).looks) == 1


def test_the_list_is_paged(library: Library, wang: Applicant) -> None:
    for _number in range(5):
        an_officer_looks(library)
    first = looked_at.looks_at(wang.user.pk, 1, per_page=3)
    second = looked_at.looks_at(wang.user.pk, 2, per_page=3)
    assert (len(first.looks), first.more, len(second.looks), second.more) == (3, True, 2, False)


def test_what_departments_hold_on_me_is_read_on_demand_as_my_own_look(library: Library, web: Client) -> None:
    assert "望江区滨江路" not in web.get("/my-data/facts/").content.decode()
    assert not library.looks("public-security")
    text = web.post("/my-data/facts/").content.decode()
    assert "望江区滨江路112号2幢301室" in text
    assert "H-1" in text, "one's own look needs no further consent"
    (look,) = library.looks("public-security")
    assert (look.asker.purpose, look.asker.actor.partition(":")[0]) == ("own", "resident")


def test_a_wrong_entry_is_disputed_where_it_is_shown(library: Library, web: Client) -> None:
    text = web.post("/my-data/facts/").content.decode()
    address = next(
        part.split('"')[0].replace("&amp;", "&")
        for part in text.split('href="')
        if part.startswith("/my-data/facts/public-security.residents@1/address/")
    )
    assert "望江区滨江路112号" in web.get(address).content.decode()
    held = address.partition("held=")[2]
    from urllib.parse import unquote

    sent = web.post(
        "/my-data/facts/public-security.residents@1/address/",
        {"held": unquote(held), "said": "望江区滨江路113号", "words": "门牌换过"},
    )
    assert sent.status_code == 200
    wrong = Correction.objects.get()
    assert (wrong.held, wrong.said) == ("望江区滨江路112号2幢301室", "望江区滨江路113号")
    assert web.get("/my-data/facts/public-security.residents@1/address/").status_code == 302, "nothing to complain of"

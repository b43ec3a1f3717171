"""Who stands for an enterprise in the register types neither its code nor what departments hold of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.service.applications.applying import DRAINAGE, Applicant
from tests.service.applications.library import REGISTERS, TODAY, WANG, Library, connected
from yiwang.foundation.kernel.identifiers import make_uscc
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.library.centre import looked_at
from yiwang.service.applications import actions, asking, queries, sources, submission
from yiwang.service.applications.models import Application
from yiwang.service.applications.progress import Kind
from yiwang.service.catalogue import queries as catalogue
from yiwang.service.catalogue.service import MaterialStatus

CODE, OTHER = make_uscc(41), make_uscc(42)
REPRESENTATIVES = "market.representatives@1"
STANDS: Mapping[str, Any] = {
    "representative_id": WANG,
    "uscc": CODE,
    "name": "锦澜晓兰餐饮有限公司",
    "status": "open",
    "updated": TODAY,
}
STANDS_TOO: Mapping[str, Any] = {**STANDS, "uscc": OTHER, "name": "锦澜晓兰茶饮店"}
REGISTERED: Mapping[str, Any] = {
    "uscc": CODE,
    "name": "锦澜晓兰餐饮有限公司",
    "form": "company",
    "representative_id": WANG,
    "founded": date(2020, 5, 6),
    "status": "open",
    "updated": TODAY,
}
ITS_SHOP: Mapping[str, Any] = {
    "record": "2020-9",
    "unit": "319901-7",
    "owner": "锦澜晓兰餐饮有限公司",
    "owner_code": CODE,
    "address": "青石区老街路18号",
    "floor_area": Decimal("150"),
    "floor": "ground",
    "tenure": "own",
    "use": "shop",
    "plan_filed": True,
    "in_force": True,
    "registered": date(2020, 5, 1),
    "updated": TODAY,
}
OTHERS_SHOP: Mapping[str, Any] = {**ITS_SHOP, "record": "2021-3", "owner_code": OTHER, "address": "青石区老街路99号"}
ROWS: Mapping[str, Any] = {
    "public-security.residents": REGISTERS["public-security.residents"],
    "market.representatives": (STANDS,),
    "market.enterprises": (REGISTERED, {**REGISTERED, "uscc": OTHER, "name": "锦澜晓兰茶饮店"}),
    "natural-resources.business-property": (ITS_SHOP, OTHERS_SHOP),
}


@pytest.fixture
def library(jinlan: None, db: None, clock: FrozenClock, tmp_path: Path) -> Iterator[Library]:
    with connected(tmp_path, ROWS) as found:
        yield found


def begins(wang: Applicant, **answers: Any) -> Any:
    draft = wang.starts(DRAINAGE, answers or None)
    asking.look_up(draft, by=wang.actor)
    return draft


def test_who_represents_an_enterprise_types_neither_code_nor_premises(wang: Applicant, library: Library) -> None:
    held = wang.sees(begins(wang))
    assert held.answers["enterprise.uscc"] == CODE
    assert held.answers["premises.address"] == "青石区老街路18号"
    assert held.answers["premises.floor_area"] == "150"
    known = held.progress.known
    assert (known["enterprise.uscc"].lookup.enterprise, known["premises.address"].lookup.enterprise) == ("", CODE)
    assert {step.key for step in held.progress.missing if step.kind is Kind.QUESTION} == {"discharge.kind"}


def test_the_source_says_of_which_enterprise_it_is(wang: Applicant, library: Library) -> None:
    held = wang.sees(begins(wang))
    source = sources.of_lookup(held.progress.known["premises.address"].lookup, {})
    assert "查的是锦澜晓兰餐饮有限公司" in source.zh


def test_its_licence_is_proved_by_the_register(wang: Applicant, library: Library) -> None:
    statuses = {each.material.key: each for each in wang.sees(begins(wang)).progress.materials}
    assert statuses["business_licence"].status is MaterialStatus.EXEMPT
    held = wang.sees(begins(wang)).told
    proof = held.proof_of("business_licence")
    assert proof is not None
    assert proof.product == "market.enterprises@1"


def test_of_several_enterprises_one_is_chosen_by_its_name(
    wang: Applicant, web: Client, clock: FrozenClock, tmp_path: Path
) -> None:
    with connected(tmp_path, {**ROWS, "market.representatives": (STANDS, STANDS_TOO)}) as library:
        draft = begins(wang)
        assert "premises.address" not in wang.sees(draft).answers
        assert not library.looks("natural-resources") or all(
            "business" not in each.product for each in library.looks("natural-resources")
        )
        page = web.get(f"/drafts/{draft}/records/market.representatives/").content.decode()
        assert "替哪一家办？" in page
        assert "锦澜晓兰茶饮店" in page
        rows = wang.sees(draft).told.choices[0].rows
        number = next(n for n, row in enumerate(rows) if row["uscc"] == CODE)
        asking.choose(draft, REPRESENTATIVES, number, by=wang.actor)
        assert wang.sees(draft).answers["premises.address"] == "青石区老街路18号"
        asking.choose(draft, REPRESENTATIVES, 1 - number, by=wang.actor)
        held = wang.sees(draft)
        assert (held.answers["enterprise.uscc"], held.answers["premises.address"]) == (OTHER, "青石区老街路99号")
        assert {each.enterprise for each in held.told.lookups} == {"", OTHER}
        asking.choose(draft, REPRESENTATIVES, number, by=wang.actor)
        assert wang.sees(draft).answers["premises.address"] == "青石区老街路18号", "and back again"


def test_nothing_is_read_of_an_enterprise_that_only_the_applicant_names(wang: Applicant, library: Library) -> None:
    draft = begins(wang)
    actions.answer(draft, {"enterprise.uscc": OTHER}, by=wang.actor)
    asking.look_up(draft, by=wang.actor)
    held = wang.sees(draft)
    assert {each.enterprise for each in held.told.lookups} == {""}
    assert "premises.address" not in held.answers, "what was told of the other enterprise answers nothing"
    assert "premises.address" in {step.key for step in held.progress.missing}


def test_nobody_elses_enterprise_is_read(chen: Applicant, library: Library) -> None:
    draft = begins(chen)
    assert "enterprise.uscc" not in chen.sees(draft).answers
    assert not any("business" in each.product for each in library.looks("natural-resources"))


def test_my_data_says_for_which_enterprise_it_was_looked_up(
    wang: Applicant, chen: Applicant, web: Client, library: Library
) -> None:
    begins(wang)
    abouts = {look.about for look in looked_at.looks_at(wang.user.pk).looks}
    assert abouts == {"", "锦澜晓兰餐饮有限公司"}
    assert "查的是锦澜晓兰餐饮有限公司" in web.get("/my-data/").content.decode()
    begins(chen)
    assert {look.about for look in looked_at.looks_at(chen.user.pk).looks} <= {""}


def test_what_was_told_of_the_enterprise_goes_with_the_application(wang: Applicant, library: Library) -> None:
    draft = begins(wang, **{"discharge.kind": "domestic"})
    actions.adopt(draft, "hidden_works_pledge", by=wang.actor)
    held = wang.sees(draft)
    assert not held.progress.missing, held.progress.missing
    done = submission.submit(draft, held.version, declared=True, by=wang.actor)
    papers = queries.papers(wang.follows(done.number).id)
    assert papers is not None
    assert papers.answers["enterprise.uscc"] == CODE
    assert {each.enterprise for each in papers.told.lookups} == {"", CODE}


def test_an_application_sent_at_once_is_filled_alike(wang: Applicant, library: Library) -> None:
    whole = submission.Whole(
        published=catalogue.service(DRAINAGE),
        answers={"discharge.kind": "domestic"},
        materials={},
        deferred=frozenset(),
        signed=frozenset(),
        declared=True,
        adopted=frozenset({"hidden_works_pledge"}),
    )
    submission.apply(whole, key="drains-0001", body=b"{}", by=wang.actor)
    sent = Application.objects.get()
    assert (sent.answers["enterprise.uscc"], sent.answers["premises.address"]) == (CODE, "青石区老街路18号")

"""Rules look at answers and papers before an officer opens the case, and before the applicant sends it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.foundation.documents.texts import saying
from tests.service.applications.applying import CARD, DRAINAGE, DRAINS, SENIOR, Applicant, asks_for_correction, part_of
from yiwang.foundation.directory.models import User
from yiwang.foundation.documents import actions as documents
from yiwang.foundation.documents.models import DocumentText
from yiwang.foundation.kernel.identifiers import make_uscc
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ledger.actions import seal
from yiwang.foundation.standards.elements import Element, ElementKind
from yiwang.service.applications import actions, checking, stated, submission
from yiwang.service.applications.checks import Remark, Weight
from yiwang.service.applications.models import CheckedSubmission
from yiwang.web.worker import run_until_quiet

HERE, THERE = "望江区滨江路 8 号", "江北区沿江路 21 号"
WANG, OTHER = "110000199003070220", "110000198609210449"


def pdf_of(who: Applicant, *pages: str, name: str = "a.pdf") -> Any:
    upload = SimpleUploadedFile(name, saying(*pages), "application/pdf")
    return documents.receive(upload, name, who.user, "applications.material").id


def submits(who: Applicant, papers: dict[str, Any], answers: dict[str, Any] | None = None) -> str:
    held = who.completes(DRAINAGE, {**DRAINS, **(answers or {})})
    for key, document in papers.items():
        actions.bring(held.id, key, [document], by=who.actor, replace=True)
    held = who.sees(held.id)
    return submission.submit(held.id, held.version, declared=True, by=who.actor).number


def found(number: str) -> tuple[Remark, ...]:
    seal()
    run_until_quiet()
    return checking.of_application(int(number[-7:])).remarks


def by_rule(remarks: tuple[Remark, ...], rule: str) -> list[Remark]:
    return [each for each in remarks if each.rule == rule]


def test_a_paper_that_says_another_address_stands_against_the_answer(wang: Applicant) -> None:
    number = submits(
        wang, {"hidden_works_pledge": pdf_of(wang, "承诺书", f"承诺人：王晓兰\n经营地址：{THERE}\n日期：2025年3月1日")}
    )
    (remark,) = by_rule(found(number), "document")
    assert (remark.weight, remark.said, remark.held) == (Weight.LOOK, HERE, stated.levelled(THERE))
    assert "第 2 页" in remark.where.zh
    assert "page 2" in remark.where.en


@pytest.mark.parametrize("written", [HERE, "望江区滨江路8号", "锦澜市望江区滨江路 8 号 一层", "望 江 区 滨 江 路 8 号"])
def test_the_same_address_written_otherwise_is_no_contradiction(wang: Applicant, written: str) -> None:
    number = submits(wang, {"hidden_works_pledge": pdf_of(wang, f"经营地址：{written}")})
    assert by_rule(found(number), "document") == []


def test_another_persons_number_and_another_enterprises_code_are_found(wang: Applicant) -> None:
    text = f"身份证号：{OTHER}\n统一社会信用代码：{make_uscc(77)}"
    held = {
        (each.said, each.held)
        for each in by_rule(found(submits(wang, {"hidden_works_pledge": pdf_of(wang, text)})), "document")
    }
    assert (WANG, OTHER) in held
    assert (make_uscc(1), make_uscc(77)) in held


def test_a_paper_that_names_the_applicant_among_others_contradicts_nothing(wang: Applicant) -> None:
    text = f"甲方 姓名：李四 身份证号：{OTHER}\n乙方 姓名：王晓兰 身份证号：{WANG}\n统一社会信用代码：{make_uscc(1)}"
    assert by_rule(found(submits(wang, {"hidden_works_pledge": pdf_of(wang, text)})), "document") == []


def test_a_paper_of_somebody_else_is_told_by_the_name(wang: Applicant) -> None:
    (remark,) = by_rule(
        found(submits(wang, {"hidden_works_pledge": pdf_of(wang, "姓名：李四\n内容：承诺")})), "document"
    )
    assert (remark.said, remark.held) == ("王晓兰", "李四")


def test_one_file_for_two_papers_is_found(wang: Applicant) -> None:
    held = wang.completes(DRAINAGE, DRAINS)
    one = pdf_of(wang, "承诺")
    for key in ("hidden_works_pledge", "grease_trap_contract"):
        actions.bring(held.id, key, [one], by=wang.actor, replace=True)
    held = wang.sees(held.id)
    number = submission.submit(held.id, held.version, declared=True, by=wang.actor).number
    assert len(by_rule(found(number), "same_file")) == 1


def test_a_check_that_the_department_publishes_names_its_basis(wang: Applicant) -> None:
    remarks = found(submits(wang, {}, {"discharge.grease_trap": False}))
    (remark,) = by_rule(remarks, "published_check")
    assert (remark.weight, remark.key) == (Weight.WRONG, "grease_trap")
    assert "第九条" in remark.basis
    assert remarks[0] == remark, "what is wrong stands first"


def test_a_blank_picture_and_a_paper_to_come_are_told(wang: Applicant) -> None:
    number = wang.submits(DRAINAGE, DRAINS, later=["grease_trap_contract"]).number
    remarks = found(number)
    assert [each.key for each in by_rule(remarks, "blank")] == ["hidden_works_pledge"]
    assert [(each.key, each.weight) for each in by_rule(remarks, "missing")] == [("grease_trap_contract", Weight.NOTE)]


def test_a_second_open_case_of_the_same_is_told_and_a_closed_one_is_not(wang: Applicant) -> None:
    first = submits(wang, {})
    second = submits(wang, {})
    assert [each.held for each in by_rule(found(second), "same_again")] == [first]
    actions.withdraw(first, DRAINAGE, "", by=wang.actor)
    checking.check_submission(int(second[-7:]))
    assert by_rule(found(second), "same_again") == []


def test_a_correction_is_checked_anew(wang: Applicant) -> None:
    number = submits(wang, {"hidden_works_pledge": pdf_of(wang, f"经营地址：{THERE}")})
    assert by_rule(found(number), "document")
    asks_for_correction(number, DRAINAGE, ["地址不一致"])
    draft = actions.begin_correction(number, DRAINAGE, by=wang.actor)
    version = actions.bring(
        draft, "hidden_works_pledge", [pdf_of(wang, f"经营地址：{HERE}")], by=wang.actor, replace=True
    )
    submission.correct(draft, version, declared=True, by=wang.actor)
    assert by_rule(found(number), "document") == []


def test_the_officer_sees_it_before_answers_and_papers_and_another_department_does_not(wang: Applicant) -> None:
    number = submits(wang, {"hidden_works_pledge": pdf_of(wang, f"经营地址：{THERE}")})
    found(number)
    officer = Client()
    officer.force_login(User.objects.get(username="wu.water"))
    page = officer.get(f"/desk/cases/{number}/").content.decode()
    assert page.index("打开前已核对") < page.index("申请材料") if "申请材料" in page else "打开前已核对" in page
    assert stated.levelled(THERE) in page
    told = officer.get(f"/api/v1/cases/{number}/checks").json()
    assert [each["held"] for each in told["remarks"] if each["rule"] == "document"] == [stated.levelled(THERE)]
    other = Client()
    other.force_login(User.objects.get(username="li.fire"))
    assert other.get(f"/api/v1/cases/{number}/checks").status_code == 404


def test_the_applicant_is_advised_before_sending_and_may_send_all_the_same(wang: Applicant, web: Client) -> None:
    held = wang.completes(DRAINAGE, {**DRAINS, "discharge.grease_trap": False})
    actions.bring(held.id, "hidden_works_pledge", [pdf_of(wang, f"经营地址：{THERE}")], by=wang.actor, replace=True)
    page = web.get(f"/drafts/{held.id}/review/").content.decode()
    assert "没有隔油池" in page
    assert stated.levelled(THERE) in page
    rules = {each["rule"] for each in web.get(f"/api/v1/drafts/{held.id}/checks").json()["remarks"]}
    assert rules >= {"published_check", "document"}
    version = wang.sees(held.id).version
    assert web.post(f"/drafts/{held.id}/review/", {"declared": "true", "version": version}).status_code == 303


def test_a_case_that_a_rule_granted_at_once_is_not_checked(chen: Applicant) -> None:
    chen.submits(CARD, SENIOR)
    seal()
    run_until_quiet()
    assert not CheckedSubmission.objects.exists()


def test_what_papers_say_goes_with_them(wang: Applicant) -> None:
    found(submits(wang, {"hidden_works_pledge": pdf_of(wang, "承诺")}))
    kept = DocumentText.objects.get(body__pages__0__startswith="承诺")
    field = DocumentText._meta.get_field("document")
    assert field.remote_field.on_delete.__name__ == "CASCADE"
    assert kept.document.owner == wang.user


def test_parts_of_a_bundle_see_their_own_remarks(wang: Applicant) -> None:
    from tests.service.applications.applying import RESTAURANT, SMALL_SHOP

    number = wang.submits(RESTAURANT, {**SMALL_SHOP, "discharge.grease_trap": False}).number
    found(number)
    kept = checking.of_application(int(number[-7:]))
    assert "published_check" in {each.rule for each in kept.of_part("drainage")}
    assert "published_check" not in {each.rule for each in kept.of_part("registration")}
    assert part_of(number, "drainage").key == "drainage"


@given(st.text(max_size=200), st.integers(min_value=0, max_value=9))
def test_an_identity_number_is_found_wherever_it_stands(noise: str, number: int) -> None:
    page = f"{noise} {WANG} {noise}"
    assert WANG in {each.value for each in stated.resident_ids(["", page])}


@given(st.text(max_size=300))
def test_any_text_is_read_without_harm(text: str) -> None:
    stated.usccs([text])
    for label in ("经营地址", "a.b(c"):
        stated.behind([text], label)
    for kind in ElementKind:
        stated.contradicts(Element("a.b", Words("地", "a"), kind), "1", text)


@pytest.mark.parametrize(
    ("kind", "answer", "value", "contradicts"),
    [
        (ElementKind.MONEY, 120050, "1,200.50 元", False),
        (ElementKind.MONEY, 120050, "1200.5", False),
        (ElementKind.MONEY, 5000000, "5万元", False),
        (ElementKind.MONEY, 5000000, "6万元", True),
        (ElementKind.DECIMAL, "120", "120.00 平方米", False),
        (ElementKind.DECIMAL, "120", "一百二十平方米", False),
        (ElementKind.INTEGER, 12, "13 座", True),
        (ElementKind.DATE, "2025-03-01", "2025年3月1日", False),
        (ElementKind.DATE, "2025-03-01", "2025/3/2", True),
        (ElementKind.DATE, "2025-03-01", "2025年13月40日", False),
        (ElementKind.BOOLEAN, True, "否", False),
    ],
)
def test_amounts_and_dates_are_compared_as_what_they_mean(
    kind: ElementKind, answer: object, value: str, contradicts: bool
) -> None:
    assert stated.contradicts(Element("a.b", Words("值", "value"), kind), answer, value) is contradicts

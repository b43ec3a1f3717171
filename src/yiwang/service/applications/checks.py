"""What is doubtful about an application, found by rules that anybody can follow: which rule, where, and what stands
against what. Pure. It advises: the applicant before sending, the officer before opening; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from yiwang.foundation.documents.inspection import TEXT
from yiwang.foundation.documents.reading import Reading
from yiwang.foundation.kernel.identifiers import InvalidIdentifier, check_resident_id, check_uscc
from yiwang.foundation.kernel.readable import readable
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import Element, ElementKind
from yiwang.service.applications import stated
from yiwang.service.applications.answers import shown
from yiwang.service.applications.progress import Progress
from yiwang.service.catalogue.service import MaterialStatus, elements_of, failed_checks

MOST = 100
"""So many remarks are made of one application."""
NAME = "姓名"
NUMBERS: Mapping[ElementKind, Any] = {ElementKind.RESIDENT_ID: check_resident_id, ElementKind.USCC: check_uscc}


class Weight(StrEnum):
    WRONG = "wrong"
    """a paper is missing, a number or a published check fails"""
    LOOK = "look"
    """two things do not agree: a person has to look"""
    NOTE = "note"
    """good to know"""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing found. `where` names the answer, paper and page; `said` is the answer, `held` what stands against it.

    `key` is the element, material or check; `parts` are those that it concerns, empty for all.
    """

    rule: str
    weight: Weight
    key: str
    words: Words
    where: Words
    parts: tuple[str, ...] = ()
    said: str = ""
    held: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A file of a material. `reading` is what it says; None where it was not read (yet)."""

    key: str
    name: str
    media_type: str
    sha256: str
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What is looked at. `applicant`: name and identity number as the directory knows them; `others`: open cases of the
    same applicant for the same service; `departments`: their names."""

    progress: Progress
    papers: tuple[Paper, ...]
    applicant: tuple[str, str]
    others: tuple[str, ...] = ()
    departments: Mapping[str, Words] | None = None


def remarks(given: Given) -> tuple[Remark, ...]:
    """Everything found, what is wrong first, in the order of the rules; at most `MOST`."""
    found = [
        *_published(given),
        *_numbers(given),
        *_papers(given),
        *_same_files(given),
        *_registers(given),
        *_documents(given),
        *_others(given),
    ]
    order = list(Weight)
    return tuple(sorted(found, key=lambda each: order.index(each.weight))[:MOST])


def _published(given: Given) -> Iterator[Remark]:
    """The checks that the matters publish."""
    for part in given.progress.parts:
        for check in failed_checks(part.matter, given.progress.relevant):
            where = Words(f"审查要点：{part.matter.name.zh}", f"Check of {part.matter.name.en}")
            yield Remark(
                "published_check", Weight.WRONG, check.key, check.words, where, (part.key,), basis=check.basis or ""
            )


def _numbers(given: Given) -> Iterator[Remark]:
    """Identity numbers and credit codes whose check character does not fit."""
    elements = elements_of(given.progress.service)
    for code, value in given.progress.relevant.items():
        check = NUMBERS.get(elements[code].kind) if value is not None else None
        if check is None:
            continue
        try:
            check(str(value))
        except InvalidIdentifier as wrong:
            name = elements[code].name
            yield Remark("number", Weight.WRONG, code, wrong.words, name, _asking(given, code), str(value))


def _papers(given: Given) -> Iterator[Remark]:
    """Papers that are missing or to come, of a wrong kind, or with nothing on them."""
    for each in given.progress.materials:
        material, mine = each.material, [paper for paper in given.papers if paper.key == each.material.key]
        name = material.name
        if each.status is MaterialStatus.AWAITED and not mine:
            words = Words("部门还没有答复，答复后自动补上。", "The department has not answered; it comes by itself.")
            yield Remark("awaited", Weight.NOTE, material.key, words, name, each.parts)
        elif each.status is not MaterialStatus.EXEMPT and not mine:
            later = given.progress.later(material.key)
            words = (
                Words("容缺后补，还没有交。准予前要到。", "To come later, not here yet. No grant before it is.")
                if later or each.status is MaterialStatus.DEFERRABLE
                else Words("没有交这份材料。", "This paper is missing.")
            )
            weight = Weight.NOTE if later or each.status is MaterialStatus.DEFERRABLE else Weight.WRONG
            yield Remark("missing", weight, material.key, words, name, each.parts, basis=material.basis or "")
        for paper in mine:
            yield from _paper(paper, each.material.media, name, each.parts)


def _paper(paper: Paper, media: tuple[str, ...], name: Words, parts: tuple[str, ...]) -> Iterator[Remark]:
    where = Words(f"{name.zh}：{paper.name}", f"{name.en}: {paper.name}")
    if paper.media_type not in (*media, TEXT):
        words = Words("文件格式不是这份材料要的。", "The kind of file is not what this paper asks for.")
        yield Remark("file_kind", Weight.WRONG, paper.key, words, where, parts, held=paper.media_type)
    reading = paper.reading
    if reading is None:
        return
    if reading.failed:
        words = Words("机器读不出这个文件，请打开看看。", "The file cannot be read by machine: open it.")
        yield Remark("unread", Weight.NOTE, paper.key, words, where, parts)
    elif reading.blank:
        listed = ", ".join(map(str, reading.blank[:10]))
        words = Words(f"第 {listed} 页是空白的。", f"Nothing is on page {listed}.")
        yield Remark("blank", Weight.LOOK, paper.key, words, where, parts)
    elif not reading.whole:
        words = Words("文件太长，只核对了前面的部分。", "The file is long: only its beginning was compared.")
        yield Remark("partly_read", Weight.NOTE, paper.key, words, where, parts)


def _same_files(given: Given) -> Iterator[Remark]:
    """The same bytes under two materials."""
    names = {each.material.key: (each.material.name, each.parts) for each in given.progress.materials}
    first: dict[str, Paper] = {}
    for paper in given.papers:
        earlier = first.setdefault(paper.sha256, paper)
        if earlier.key == paper.key or paper.media_type == TEXT or not {earlier.key, paper.key} <= set(names):
            continue
        (one, _parts), (two, parts) = names[earlier.key], names[paper.key]
        words = Words("两份材料交的是同一个文件。", "Two papers are the same file.")
        where = Words(f"{one.zh}；{two.zh}", f"{one.en}; {two.en}")
        yield Remark("same_file", Weight.LOOK, paper.key, words, where, parts, held=paper.name)


def _registers(given: Given) -> Iterator[Remark]:
    """Answers that differ from what a register holds, and records that have changed since."""
    progress = given.progress
    elements = elements_of(progress.service)
    names = given.departments or {}
    for code, known in progress.known.items():
        element, answer = elements[code], progress.relevant.get(code)
        department = names.get(known.lookup.department, Words(known.lookup.department, known.lookup.department))
        if answer is not None and answer != known.value:
            dispute = known.dispute
            case = Words(f"，更正在办：{dispute.case}", f"; correction {dispute.case}") if dispute else Words("", "")
            words = Words(
                f"和{department.zh}登记的不一样{case.zh}。", f"Differs from what {department.en} holds{case.en}."
            )
            yield Remark(
                "register", Weight.LOOK, code, words, element.name, _asking(given, code),
                _shown(element, answer), _shown(element, known.value),
            )  # fmt: skip
        if known.lookup.recheck is not None and code in known.lookup.recheck.changed:
            words = Words(f"{department.zh}的登记后来变了。", f"{department.en} has changed its record since.")
            yield Remark("register_changed", Weight.LOOK, code, words, element.name, _asking(given, code))


def _documents(given: Given) -> Iterator[Remark]:
    """Texts of documents that say another than the answers."""
    names = {each.material.key: (each.material.name, each.parts) for each in given.progress.materials}
    for paper in given.papers:
        read = paper.reading if paper.media_type != TEXT else None
        if read is None or not read.has_text or paper.key not in names:
            continue
        name, parts = names[paper.key]
        for element, said, found in _against(given, read.pages):
            where = Words(f"{element.zh}；{name.zh}第 {found.page} 页", f"{element.en}; {name.en}, page {found.page}")
            words = Words("材料里写的和填的不一样。", "The paper says another than the answer.")
            yield Remark("document", Weight.LOOK, paper.key, words, where, parts, said, found.value)


def _against(given: Given, pages: tuple[str, ...]) -> Iterator[tuple[Words, str, stated.Stated]]:
    """(what it is about, the answer, what the document states) for each contradiction."""
    elements, said = elements_of(given.progress.service), given.progress.relevant
    name, number = given.applicant
    for kind, find, own in (
        (ElementKind.RESIDENT_ID, stated.resident_ids, number),
        (ElementKind.USCC, stated.usccs, ""),
    ):
        known = {str(value) for code, value in said.items() if value and elements[code].kind is kind} | {own} - {""}
        found = find(pages)
        if known and found and not known & {each.value for each in found}:
            number_of = Words("身份证号", "Identity number") if own else Words("统一社会信用代码", "Credit code")
            yield number_of, ", ".join(sorted(known)[:3]), found[0]
    for code, value in said.items():
        element = elements[code]
        for label in dict.fromkeys((element.name.zh, element.name.en)) if value is not None else ():
            found = stated.behind(pages, label)
            if found and all(stated.contradicts(element, value, each.value) for each in found):
                yield element.name, _shown(element, value), found[0]
    people = {str(value) for code, value in said.items() if elements[code].kind in stated.TEXTS} | {name}
    named = stated.behind(pages, NAME)
    if name and named and not any(each.value.split()[0] in people for each in named):
        whole = stated.levelled("".join(pages))
        if name not in whole:
            yield Words("姓名", "Name"), name, named[0]


def _others(given: Given) -> Iterator[Remark]:
    for number in given.others:
        words = Words("同一申请人还有一件同样的申请在办。", "The same applicant has another open case of this.")
        yield Remark("same_again", Weight.LOOK, number, words, given.progress.service.name, held=number)


def _asking(given: Given, code: str) -> tuple[str, ...]:
    return given.progress.asking.get(code, ())


def _shown(element: Element, value: Any) -> str:
    return shown(element, value, "zh-hans")


readable(Remark)

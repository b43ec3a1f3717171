"""The letters of a case (文书): what an office writes to an applicant, as the law wants it written. Pure.

A letter is composed once, at the event that it tells of, in the same transaction. Its number stands in the event, its
text in an erasable row to which the event commits. The letter itself is Chinese; the English is a courtesy beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from yiwang.casework.cases import events
from yiwang.casework.cases.plan import PartPlan, TaskKind
from yiwang.casework.cases.state import PartState, TaskState
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date
from yiwang.foundation.ui.wording import clock_text


class LetterKind(StrEnum):
    ACCEPTANCE = "acceptance"
    CORRECTION = "correction"
    NOT_ACCEPTED = "not_accepted"
    PROCEDURE = "procedure"
    EXTENSION = "extension"
    GRANT = "grant"
    REFUSAL = "refusal"
    REVOCATION = "revocation"
    LAPSE = "lapse"
    HEARING = "hearing"


KIND_OF: Mapping[type, LetterKind] = {
    events.Accepted: LetterKind.ACCEPTANCE,
    events.CorrectionRequested: LetterKind.CORRECTION,
    events.NotAccepted: LetterKind.NOT_ACCEPTED,
    events.SpecialProcedureStarted: LetterKind.PROCEDURE,
    events.Extended: LetterKind.EXTENSION,
    events.Revoked: LetterKind.REVOCATION,
    events.DeferralLapsed: LetterKind.LAPSE,
    events.HearingCalled: LetterKind.HEARING,
}

SERIES: Mapping[LetterKind, str] = {
    LetterKind.ACCEPTANCE: "受",
    LetterKind.CORRECTION: "补",
    LetterKind.NOT_ACCEPTED: "不受",
    LetterKind.PROCEDURE: "特",
    LetterKind.EXTENSION: "延",
    LetterKind.REVOCATION: "撤",
    LetterKind.LAPSE: "终",
    LetterKind.HEARING: "听",
}
"""What follows the office's own word in a letter's number. Decisions take the word of their act (`ACTS`)."""

ACTS: Mapping[str, str] = {"permit": "许", "registration": "登", "filing": "备", "confirmation": "确", "benefit": "给"}
PERMIT = "permit"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """An office as its letters name it: `word` begins their numbers (锦市监); where one may object."""

    name: Words
    word: str
    review: Words
    court: Words


@dataclass(frozen=True, slots=True)
class Section:
    """One paragraph under its heading; `items` are numbered below it."""

    heading: Words
    text: Words
    items: tuple[Words, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "heading": self.heading.to_json(),
            "text": self.text.to_json(),
            "items": [item.to_json() for item in self.items],
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Section:
        return cls(
            Words.from_json(body["heading"]),
            Words.from_json(body["text"]),
            tuple(Words.from_json(item) for item in body["items"]),
        )


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it was sent, without its number. `to` is the applicant's name, `date` the city's day."""

    kind: LetterKind
    title: Words
    to: str
    matter: Words
    sections: tuple[Section, ...]
    office: Words
    date: date

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "title": self.title.to_json(),
            "to": self.to,
            "matter": self.matter.to_json(),
            "sections": [section.to_json() for section in self.sections],
            "office": self.office.to_json(),
            "date": self.date.isoformat(),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Letter:
        return cls(
            kind=LetterKind(body["kind"]),
            title=Words.from_json(body["title"]),
            to=body["to"],
            matter=Words.from_json(body["matter"]),
            sections=tuple(Section.from_json(section) for section in body["sections"]),
            office=Words.from_json(body["office"]),
            date=date.fromisoformat(body["date"]),
        )


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a letter is made from: the part after the event, its plan, what was written on the occasion, the day."""

    part: PartState
    plan: PartPlan
    said: tuple[str, ...]
    applicant: str
    office: Letterhead
    today: date


def kind_of(event: object, plan: PartPlan, together: Sequence[object] = ()) -> LetterKind | None:
    """The letter that an event owes the applicant, or None. `together`: all that happens in the same breath.

    Nobody writes where silence accepted, and what is decided at once has its decision as its only letter.
    """
    if plan.letters is None:
        return None
    if isinstance(event, events.Decided):
        return LetterKind.GRANT if event.granted else LetterKind.REFUSAL
    if isinstance(event, events.Accepted):
        decided = any(isinstance(each, events.Decided) and each.part == event.part for each in together)
        return None if event.by_law or decided else LetterKind.ACCEPTANCE
    return KIND_OF.get(type(event))


def series_of(kind: LetterKind, plan: PartPlan, office: Letterhead) -> str:
    """The series in which the letter is numbered: 锦市监许."""
    act = plan.letters.act if plan.letters else PERMIT
    return office.word + (SERIES.get(kind) or ACTS.get(act, ACTS[PERMIT]))


def number_text(series: str, year: int, number: int) -> str:
    """锦市监许〔2026〕12号."""
    return f"{series}〔{year}〕{number}号"


def compose(kind: LetterKind, event: Any, of: Occasion) -> Letter:
    """The letter that tells the applicant of `event`."""
    sections = [each for each in _SECTIONS[kind](event, of) if each.text.zh or each.items]
    return Letter(kind, title_of(kind, of.plan), of.applicant, of.plan.name, tuple(sections), of.office.name, of.today)


_TITLES: Mapping[LetterKind, Words] = {
    LetterKind.ACCEPTANCE: Words("受理通知书", "Notice of acceptance"),
    LetterKind.CORRECTION: Words("补正材料告知书", "Notice of what to correct"),
    LetterKind.NOT_ACCEPTED: Words("不予受理决定书", "Decision not to accept"),
    LetterKind.PROCEDURE: Words("特别程序告知书", "Notice of a special procedure"),
    LetterKind.EXTENSION: Words("延长办理期限告知书", "Notice of an extended limit"),
    LetterKind.GRANT: Words("准予行政许可决定书", "Decision to grant a permit"),
    LetterKind.REFUSAL: Words("不予行政许可决定书", "Decision to refuse a permit"),
    LetterKind.REVOCATION: Words("撤销决定书", "Decision to revoke"),
    LetterKind.HEARING: Words("听证通知书", "Notice of a hearing"),
    LetterKind.LAPSE: Words("终止办理告知书", "Notice that the matter ends"),
}


def title_of(kind: LetterKind, plan: PartPlan) -> Words:
    if plan.verdicts and kind in (LetterKind.GRANT, LetterKind.REFUSAL):
        verdict = plan.verdicts[0 if kind is LetterKind.GRANT else 1]
        return Words(f"{verdict.zh}决定书", f"Decision: {_lower(verdict.en)}")
    return _TITLES[kind]


def _acceptance(event: events.Accepted, of: Occasion) -> list[Section]:
    promise, statute = of.plan.promise.words(), of.plan.statute.words()
    sections = [
        Section(
            RESULT,
            Words(
                f"您的申请材料符合要求，现予受理。我们承诺{promise.zh}内作出决定，法定期限是{statute.zh}。",
                f"Your papers are in order and are accepted. We promise a decision within {promise.en}; "
                f"the law allows {statute.en}.",
            ),
        )
    ]
    deferral = of.plan.deferral
    if deferral is not None and of.part.still_deferred:
        within = deferral.within.words()
        text = Words(
            f"下列材料您承诺在受理后{within.zh}内补交。到期没有补齐，本件终止办理。",
            f"You promised to bring these within {within.en} of acceptance. If they do not come, the matter ends.",
        )
        items = tuple(deferral.name(key) for key in of.part.still_deferred)
        sections.append(Section(Words("容缺材料", "Deferred materials"), text, items))
    return [*sections, _basis(of, "行政许可法 第三十二条")]


def _correction(event: events.CorrectionRequested, of: Occasion) -> list[Section]:
    items = tuple(Words(item, item) for item in of.said)
    text = Words(
        "请一次补齐下面各项。补齐那天起计算办理期限。",
        "Please correct all of the following at once. The clock starts on the day it is complete.",
    )
    return [Section(Words("请您补正", "What to correct"), text, items), _basis(of, "行政许可法 第三十二条")]


def _not_accepted(event: events.NotAccepted, of: Occasion) -> list[Section]:
    return [
        _facts(of),
        _reasons(of),
        _basis(of, "行政许可法 第三十二条"),
        Section(RESULT, Words("对您的申请不予受理。", "Your application is not accepted.")),
        _remedy(of),
    ]


def _procedure(event: events.SpecialProcedureStarted, of: Occasion) -> list[Section]:
    procedure = of.plan.procedure(event.procedure)
    assert procedure is not None
    name, most = procedure.name, procedure.at_most.words()
    return [
        Section(
            RESULT,
            Words(
                f"现进行{name.zh}，最多{most.zh}。这段时间不计入办理期限。",
                f"{name.en} begins now and takes {most.en} at most. This time is not counted.",
            ),
        ),
        _reasons(of, Words("说明", "What it is about")),
        _basis(of, "行政许可法 第四十五条", procedure.basis),
    ]


def _extension(event: events.Extended, of: Occasion) -> list[Section]:
    longer = of.plan.extension.words()
    return [
        Section(
            RESULT,
            Words(
                f"经本机关负责人批准，法定办理期限延长{longer.zh}。承诺的日子不变。",
                f"The head of this office has extended the legal limit by {longer.en}. The promise stays.",
            ),
        ),
        _reasons(of),
        _basis(of, "行政许可法 第四十二条"),
    ]


def _grant(event: events.Decided, of: Occasion) -> list[Section]:
    verdict = of.plan.verdicts[0] if of.plan.verdicts else Words("准予行政许可", "The permit is granted")
    return [
        _facts(of),
        _reasons(of),
        _basis(of, "行政许可法 第三十八条"),
        Section(RESULT, Words(f"{verdict.zh}。", f"{verdict.en}.")),
        _remedy(of),
    ]


def _refusal(event: events.Decided, of: Occasion) -> list[Section]:
    verdict = of.plan.verdicts[1] if of.plan.verdicts else Words("不予行政许可", "The permit is refused")
    return [
        _facts(of),
        _reasons(of),
        _basis(of, "行政许可法 第三十八条"),
        Section(RESULT, Words(f"{verdict.zh}。", f"{verdict.en}.")),
        _remedy(of),
    ]


def _revocation(event: events.Revoked, of: Occasion) -> list[Section]:
    return [
        _facts(of),
        _reasons(of),
        _basis(of, "行政许可法 第六十九条"),
        Section(
            RESULT,
            Words("撤销已经作出的决定。", "The decision that was taken is revoked."),
        ),
        _remedy(of),
    ]


def _lapse(event: events.DeferralLapsed, of: Occasion) -> list[Section]:
    deferral = of.plan.deferral
    assert deferral is not None
    within = deferral.within.words()
    return [
        _facts(of),
        Section(
            REASONS,
            Words(
                f"您承诺受理后{within.zh}内补交下列材料，到期没有收到。",
                f"You promised to bring the following within {within.en} of acceptance; they have not come.",
            ),
            tuple(deferral.name(key) for key in event.what),
        ),
        _basis(of, ""),
        Section(
            RESULT,
            Words(
                "本件终止办理，没有作出许可或不予许可的决定。材料齐全后可以重新申请。",
                "The matter ends without a decision. You may apply again when the papers are complete.",
            ),
        ),
        _remedy(of),
    ]


def _hearing(event: events.HearingCalled, of: Occasion) -> list[Section]:
    subject, place, chair = (*of.said, "", "", "")[:3]
    day, hour = _day(city_date(event.at)), clock_text(event.at)
    when = Words(f"时间：{day.zh} {hour}", f"When: {day.en}, {hour}")
    items = (when, Words(f"地点：{place}", f"Where: {place}"), Words(f"主持人：{chair}", f"Chair: {chair}"))
    return [
        Section(RESULT, Words("定于下列时间举行听证，请您参加。", "A hearing is held as follows; please come."), items),
        Section(Words("听证内容", "What it is about"), Words(subject, subject)),
        Section(
            Words("您的权利", "Your rights"),
            Words(
                "您可以申请主持人回避，可以举证、申辩和质证。您也可以委托一至二人代理，费用由本机关承担。",
                "You may object to the chair, bring evidence, argue and question. One or two people may act for you. "
                "It costs you nothing.",
            ),
        ),
        _basis(of, "行政许可法 第四十六条至第四十八条"),
    ]


_SECTIONS: Mapping[LetterKind, Any] = {
    LetterKind.ACCEPTANCE: _acceptance,
    LetterKind.CORRECTION: _correction,
    LetterKind.NOT_ACCEPTED: _not_accepted,
    LetterKind.PROCEDURE: _procedure,
    LetterKind.EXTENSION: _extension,
    LetterKind.GRANT: _grant,
    LetterKind.REFUSAL: _refusal,
    LetterKind.REVOCATION: _revocation,
    LetterKind.LAPSE: _lapse,
    LetterKind.HEARING: _hearing,
}

FACTS = Words("事实", "Facts")
REASONS = Words("理由", "Reasons")
BASIS = Words("依据", "Legal basis")
RESULT = Words("决定", "Decision")
REMEDY = Words("不服怎么办", "If you disagree")


def _facts(of: Occasion) -> Section:
    """What the case's own record says: when it came, what was asked, examined and found out."""
    part, told = of.part, list[Words]()
    if part.opened_at:
        day = _day(city_date(part.opened_at))
        told.append(Words(f"{day.zh}收到申请。", f"The application came on {day.en}."))
    if part.corrected_at:
        day = _day(city_date(part.corrected_at))
        told.append(Words(f"{day.zh}补正完成。", f"It was corrected on {day.en}."))
    if part.accepted_at:
        day = _day(city_date(part.accepted_at))
        told.append(Words(f"{day.zh}受理。", f"It was accepted on {day.en}."))
    for stop in part.stops:
        procedure = of.plan.procedure(stop.procedure)
        if procedure is not None and stop.end is not None:
            day = _day(city_date(stop.end))
            told.append(Words(f"{day.zh}完成{procedure.name.zh}。", f"{procedure.name.en} ended on {day.en}."))
    if part.hearing is not None and part.hearing.held_at is not None:
        day = _day(city_date(part.hearing.held_at))
        told.append(
            Words(
                f"{day.zh}举行听证，决定依据听证笔录作出。",
                f"A hearing was held on {day.en}; the decision rests on its minutes.",
            )
        )
    done = [
        task.name
        for task in of.plan.tasks
        if task.kind in (TaskKind.WORK, TaskKind.ARRIVAL) and part.tasks[task.key].state is TaskState.DONE
    ]
    if done:
        told.append(
            Words(
                f"已办完：{'、'.join(name.zh for name in done)}。",
                f"Done: {', '.join(_lower(name.en) for name in done)}.",
            )
        )
    return Section(FACTS, Words("".join(each.zh for each in told), " ".join(each.en for each in told)))


def _reasons(of: Occasion, heading: Words = REASONS) -> Section:
    """What the officer wrote, word for word, whatever its language."""
    text = "\n".join(of.said)
    return Section(heading, Words(text, text))


def _basis(of: Occasion, procedural: str, *more: str) -> Section:
    """The matter's own laws; the Licensing Law's article where the act is a permit."""
    spec = of.plan.letters
    laws = [*(spec.basis if spec else ()), *more]
    if procedural and (spec is None or spec.act == PERMIT):
        laws.append(procedural)
    text = "；".join(dict.fromkeys(laws))
    return Section(BASIS, Words(f"{text}。", text) if text else Words("", ""))


def _remedy(of: Occasion) -> Section:
    """Where and until when one may object: 行政复议法 art. 20 (60 days), 行政诉讼法 art. 46 (six months)."""
    review, court = of.office.review, of.office.court
    return Section(
        REMEDY,
        Words(
            f"收到本文书起六十日内，可以向{review.zh}申请行政复议。也可以六个月内向{court.zh}提起行政诉讼。",
            f"Within 60 days of receiving this, you may ask {review.en} for an administrative review; "
            f"or, within six months, go to {court.en}.",
        ),
    )


def _day(day: date) -> Words:
    return Words(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%B} {day.year}")


def _lower(text: str) -> str:
    """A name inside an English sentence; abbreviations keep their capitals."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text

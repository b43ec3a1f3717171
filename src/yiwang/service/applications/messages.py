"""What the applicant is told when something happens to their application: subject and body in both languages. Pure.

The subject goes out by e-mail and names no personal answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yiwang.casework.cases import events
from yiwang.casework.cases.plan import PartPlan
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date
from yiwang.foundation.ui.wording import clock_text, day_text, last_day


@dataclass(frozen=True, slots=True)
class About:
    """The part of which a message speaks, and what was written on that occasion (empty when erased)."""

    part: PartPlan
    department: Words
    said: Sequence[str]
    today: date
    rule: Words | None = None
    """what the published rule says of itself, where a rule decided"""

    @property
    def words(self) -> Words:
        """What was written; by a person in the language they wrote."""
        return self.rule or _at_most("\n".join(self.said))


@dataclass(frozen=True, slots=True)
class Message:
    subject: Words
    body: Words


def message(event: Any, about: About) -> Message | None:
    """What to tell of an event; None where there is nothing to tell."""
    write = _WRITE.get(type(event))
    return write(event, about) if write else None


def _correction(event: events.CorrectionRequested, about: About) -> Message:
    items = _at_most("\n".join(f"{number}. {item}" for number, item in enumerate(about.said, start=1)))
    return Message(
        _subject("请补正", "Please correct", about),
        Words(
            f"{about.department.zh}请您一次补齐下面这些。补齐那天起才开始计时。\n{items.zh}",
            f"{about.department.en} asks you to correct the following, all at once. "
            f"The clock starts when it is complete.\n{items.en}",
        ),
    )


def _transferred(event: events.Transferred, about: About) -> Message:
    return Message(
        _subject("移送有权办理的单位", "Passed to the competent office", about),
        Words(
            f"这件事归{about.department.zh}办，已经移送过去。您不用重新申请。\n{about.words.zh}",
            f"{about.department.en} is competent for this and has it now. You need not apply again.\n{about.words.en}",
        ),
    )


def _accepted(event: events.Accepted, about: About) -> Message:
    if event.by_law:
        return Message(
            _subject("依法视为受理", "Accepted by law", about),
            Words(
                f"{about.department.zh}五个工作日没有答复，从收件那天起就算受理了。",
                f"{about.department.en} gave no answer in five working days, so it counts as accepted since receipt.",
            ),
        )
    limit = about.part.promise.words()
    return Message(
        _subject("已受理", "Accepted", about),
        Words(
            f"{about.department.zh}开始办了，承诺{limit.zh}内办好。您现在不用做什么。",
            f"{about.department.en} has begun and promises a decision within {limit.en}. You need do nothing now.",
        ),
    )


def _not_accepted(event: events.NotAccepted, about: About) -> Message:
    return Message(_subject("不予受理", "Not accepted", about), _reasons(about))


def _stopped(event: events.SpecialProcedureStarted, about: About) -> Message:
    what = _procedure(about.part, event.procedure)
    procedure = about.part.procedure(event.procedure)
    limit = procedure.at_most.words() if procedure else Words("", "")
    basis = procedure.basis if procedure else ""
    return Message(
        _subject(f"时钟停下，等{what.zh}", f"The clock stands still for a {_lower(what.en)}", about),
        Words(
            f"{about.department.zh}要做{what.zh}，最多{limit.zh}，这些天不计时。依据：{basis}。\n{about.words.zh}",
            f"{about.department.en} carries out a {_lower(what.en)}, {limit.en} at most; these days are not counted. "
            f"Legal basis: {basis}.\n{about.words.en}",
        ),
    )


def _resumed(event: events.SpecialProcedureEnded, about: About) -> Message:
    what = _procedure(about.part, event.procedure)
    return Message(
        _subject(f"{what.zh}有结果了", f"The {_lower(what.en)} is over", about),
        Words(f"时钟接着走。结果：\n{about.words.zh}", f"The clock runs again. The result:\n{about.words.en}"),
    )


def _extended(event: events.Extended, about: About) -> Message:
    return Message(
        _subject("期限延长", "The legal limit was extended", about),
        Words(
            f"{about.department.zh}依法延长一次法定期限，理由：\n{about.words.zh}",
            f"{about.department.en} has extended the legal limit once, for these reasons:\n{about.words.en}",
        ),
    )


def _decided(event: events.Decided, about: About) -> Message:
    if not event.granted:
        return Message(_subject("没有批准", "Refused", about), _reasons(about))
    return Message(
        _subject("办好了", "Granted", about),
        Words(
            f"{about.department.zh}准予了您的申请。\n{about.words.zh}",
            f"{about.department.en} has granted your application.\n{about.words.en}",
        ),
    )


def _delivered(event: events.Delivered, about: About) -> Message | None:
    if event.means == "online":
        return None
    return Message(
        _subject("结果已送达", "Handed over", about),
        Words(f"{about.department.zh}已经把结果交给您。", f"{about.department.en} has handed the result over to you."),
    )


def _revoked(event: events.Revoked, about: About) -> Message:
    return Message(_subject("决定被撤销", "Revoked", about), _reasons(about))


def _hearing_called(event: events.HearingCalled, about: About) -> Message:
    subject, place, chair = (*about.said, "", "", "")[:3]
    day = city_date(event.at)
    zh, en = day_text(day, "zh-hans", today=about.today), day_text(day, "en", today=about.today)
    hour = clock_text(event.at)
    return Message(
        _subject("听证通知", "You are invited to a hearing", about),
        Words(
            f"{about.department.zh}定于{zh} {hour}举行听证，地点：{place}。主持人：{chair}。\n"
            f"{subject}\n请答复您是否参加。",
            f"{about.department.en} holds a hearing on {en}, {hour}. Where: {place}. Chair: {chair}.\n{subject}\n"
            "Please say whether you come.",
        ),
    )


def _hearing_declined(event: events.HearingDeclined, about: About) -> Message:
    return Message(_subject("不举行听证", "There is no hearing", about), _reasons(about))


def _hearing_cancelled(event: events.HearingCancelled, about: About) -> Message:
    return Message(
        _subject("听证取消", "The hearing is cancelled", about),
        Words(
            f"{about.department.zh}取消了听证，原因：\n{about.words.zh}",
            f"{about.department.en} has cancelled the hearing:\n{about.words.en}",
        ),
    )


def _hearing_held(event: events.HearingHeld, about: About) -> Message:
    return Message(
        _subject("听证笔录", "Minutes of the hearing", about),
        Words(
            f"听证已经举行，决定会依据笔录作出。笔录：\n{about.words.zh}",
            f"The hearing was held; the decision rests on its minutes:\n{about.words.en}",
        ),
    )


def _deferral_near(event: events.DeferralNear, about: About) -> Message:
    zh, en = _materials(event.what, about)
    day = last_day(event.due)
    until = Words(day_text(day, "zh-hans", today=about.today), day_text(day, "en", today=about.today))
    return Message(
        _subject("请补交材料", "Please bring what is missing", about),
        Words(
            f"您承诺补交{zh}，最晚{until.zh}。到期没有补齐，这件事就终止办理。",
            f"You promised to bring {en}, by {until.en} at the latest. If it does not come, the matter ends.",
        ),
    )


def _deferral_lapsed(event: events.DeferralLapsed, about: About) -> Message:
    zh, en = _materials(event.what, about)
    return Message(
        _subject("终止办理", "The matter has ended", about),
        Words(
            f"到期没有收到您承诺补交的{zh}，依您的承诺终止办理。材料齐全后可以重新申请。\n{_REMEDY.zh}",
            f"What you promised to bring has not come in time: {en}. By your promise the matter has ended. "
            f"You may apply again when you have it.\n{_REMEDY.en}",
        ),
    )


def _materials(keys: Sequence[str], about: About) -> tuple[str, str]:
    names = [about.part.deferral.name(key) if about.part.deferral else Words(key, key) for key in keys]
    return "、".join(name.zh for name in names), ", ".join(_lower(name.en) for name in names)


def _promise_missed(event: events.PromiseMissed, about: About) -> Message:
    return _missed(about, event.due, Words("承诺的日子", "promised"))


def _statute_missed(event: events.StatuteMissed, about: About) -> Message:
    return _missed(about, event.due, Words("法定期限", "the law allows"))


_WRITE: dict[type, Callable[[Any, About], Message | None]] = {
    events.CorrectionRequested: _correction,
    events.Transferred: _transferred,
    events.Accepted: _accepted,
    events.NotAccepted: _not_accepted,
    events.SpecialProcedureStarted: _stopped,
    events.SpecialProcedureEnded: _resumed,
    events.Extended: _extended,
    events.Decided: _decided,
    events.Delivered: _delivered,
    events.Revoked: _revoked,
    events.HearingCalled: _hearing_called,
    events.HearingDeclined: _hearing_declined,
    events.HearingCancelled: _hearing_cancelled,
    events.HearingHeld: _hearing_held,
    events.DeferralNear: _deferral_near,
    events.DeferralLapsed: _deferral_lapsed,
    events.PromiseMissed: _promise_missed,
    events.StatuteMissed: _statute_missed,
}
TOLD = tuple(_WRITE)
"""The events of which an applicant is told."""


LONGEST = 4000
"""Characters of what somebody wrote that a message repeats; the page of the application has all of it."""


def _at_most(said: str) -> Words:
    if len(said) <= LONGEST:
        return Words(said, said)
    return Words(
        f"{said[:LONGEST]}……（全文请看申请页面）", f"{said[:LONGEST]}… (the page of the application has all of it)"
    )


_REMEDY = Words(
    "不服可以在六十日内申请行政复议，或者六个月内提起行政诉讼。",
    "If you disagree, ask for an administrative review within 60 days, or go to court within six months.",
)


def _subject(zh: str, en: str, about: About) -> Words:
    return Words(f"{zh}：{about.part.name.zh}", f"{en}: {about.part.name.en}")


def _reasons(about: About) -> Words:
    office, words = about.department, about.words
    return Words(f"{office.zh}的理由：\n{words.zh}\n{_REMEDY.zh}", f"Reasons of {office.en}:\n{words.en}\n{_REMEDY.en}")


def _missed(about: About, due: datetime, what: Words) -> Message:
    day = last_day(due)
    zh, en = day_text(day, "zh-hans", today=about.today), day_text(day, "en", today=about.today)
    return Message(
        _subject(f"超过了{what.zh}", f"Later than {what.en}", about),
        Words(
            f"{about.department.zh}没有在{zh}前办好，这已经记录在案。您可以打 12345 反映。",
            f"{about.department.en} was not done by {en}; this is on record. You may call 12345 about it.",
        ),
    )


def _procedure(part: PartPlan, key: str) -> Words:
    found = part.procedure(key)
    return found.name if found else Words(key, key)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]

"""Where an application is and what is awaited, as one sentence and one paragraph a neighbour would say. Pure.

Whatever the applicant must do comes first; then what stands still; then who works on it until when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from yiwang.casework.cases.state import Stage
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date
from yiwang.foundation.ui.wording import day_text, last_day
from yiwang.service.applications.glance import PartGlance
from yiwang.service.catalogue.package import Delivery


@dataclass(frozen=True, slots=True)
class Standing:
    """`correct` names the part to correct, `bring` the material to bring: the one thing that the applicant can do."""

    heading: Words
    text: Words
    correct: str = ""
    bring: str = ""


def standing(parts: Sequence[PartGlance], today: date) -> Standing:
    """What the h1 and the paragraph of the status page say."""
    for rule in (_correcting, _awaiting, _stopped, _received, _owed, _working, _handing_over):
        found = rule(parts, today)
        if found is not None:
            return found
    return _ended(parts)


def state_of(part: PartGlance) -> tuple[Words, str]:
    """A part's state in words, and the kind of tag that shows it."""
    if part.stage is Stage.WAITING:
        return _w(f"等{_zh(part.needs)}", f"after {_en(part.needs)}"), "plain"
    if part.stage is Stage.ACCEPTED and part.stop is not None:
        return _w(f"停，等{part.stop.zh}", f"stopped: {_lower(part.stop.en)}"), "stopped"
    if part.stage is Stage.ACCEPTED and part.awaiting:
        return _w("在办，等您补交", "under way, waiting for you"), "near"
    if part.stage is Stage.ACCEPTED and part.owed:
        return _w(f"在办，等{part.owed[0][1].zh}答复", f"under way, waiting for {part.owed[0][1].en}"), "stopped"
    if part.stage is Stage.ACCEPTED and part.left is not None:
        return _w(part.left.text("zh-hans"), part.left.text("en")), part.left.pace.value
    if part.stage is Stage.GRANTED and not part.delivered:
        return _w("已批准，待送达", "granted, not handed over yet"), "running"
    return _STATES[part.stage]


_STATES: dict[Stage, tuple[Words, str]] = {
    Stage.RECEIVED: (Words("等受理", "to be accepted"), "running"),
    Stage.CORRECTING: (Words("等您补正", "waiting for you"), "near"),
    Stage.ACCEPTED: (Words("在办", "under way"), "running"),
    Stage.GRANTED: (Words("已办好", "granted"), "done"),
    Stage.REFUSED: (Words("没有批准", "refused"), "late"),
    Stage.NOT_ACCEPTED: (Words("不予受理", "not accepted"), "late"),
    Stage.WITHDRAWN: (Words("您已撤回", "withdrawn"), "plain"),
    Stage.LAPSED: (Words("不再办理", "lapsed"), "plain"),
    Stage.REVOKED: (Words("已撤销", "revoked"), "late"),
}


def _correcting(parts: Sequence[PartGlance], today: date) -> Standing | None:
    found = [part for part in parts if part.stage is Stage.CORRECTING]
    if not found:
        return None
    first = found[0]
    asked = _day(first.correction_at, today) if first.correction_at else _w("", "")
    heading = (
        _w(f"等您补正：{first.name.zh}", f"Waiting for you to correct: {first.name.en}")
        if len(found) == 1
        else _w(f"等您补正 {len(found)} 项", f"Waiting for you to correct {len(found)} parts")
    )
    text = _w(
        f"{asked.zh}{first.department.zh}一次说清了要补什么。补齐那天起算，{first.promise_limit.zh}内办好。",
        f"On {asked.en} {first.department.en} told you, once and completely, what to correct. "
        f"The clock starts when it is complete: {first.promise_limit.en}.",
    )
    return Standing(heading, text, correct=first.key)


def _awaiting(parts: Sequence[PartGlance], today: date) -> Standing | None:
    late = {key: name for part in parts if part.stage is Stage.ACCEPTED for key, name in part.awaiting}
    ends = [part.deferral_due for part in parts if part.deferral_due is not None]
    until = _last(min(ends), today) if ends else None
    if not late:
        return None
    key, name = next(iter(late.items()))
    if len(late) == 1:
        heading = _w(f"在办，还等您补交{name.zh}", f"Under way, waiting for your {_lower(name.en)}")
    else:
        heading = _w(f"在办，还等您补交 {len(late)} 份材料", f"Under way, waiting for {len(late)} documents of yours")
    return Standing(
        heading,
        _w(
            f"部门先办着，时间照算。{_zh(tuple(late.values()))}没交齐，就出不了结果。"
            + (f"最晚{until.zh}交来，到期终止办理。" if until else ""),
            f"The departments go on and the clock runs. Without {_en(tuple(late.values()))} there is no result."
            + (f" Bring it by {until.en}, or the matter ends." if until else ""),
        ),
        bring=key,
    )


def _owed(parts: Sequence[PartGlance], today: date) -> Standing | None:
    """A department that holds a material does not answer: nobody has to do anything, the rest goes on."""
    owed = {name: department for part in parts if part.stage is Stage.ACCEPTED for name, department in part.owed}
    if not owed:
        return None
    name, department = next(iter(owed.items()))
    comes = _comes_by_itself(tuple(owed))
    return Standing(
        _w(f"在办，等{department.zh}答复{name.zh}", f"Under way, waiting for {department.en}: {_lower(name.en)}"),
        _w(f"{comes.zh}别的都照常办，您不用做什么。", f"{comes.en} All else goes on; you need do nothing."),
    )


def _comes_by_itself(names: Sequence[Words]) -> Words:
    return _w(
        f"{_zh(names)}由部门直接提供，暂时没有答复，一恢复就自动补上。",
        f"{_en(names)} comes from the department itself, which does not answer just now; it is added by itself when "
        "it does.",
    )


def _stopped(parts: Sequence[PartGlance], today: date) -> Standing | None:
    still = [part for part in parts if part.stop is not None]
    moving = [part for part in parts if part.stage in (Stage.ACCEPTED, Stage.RECEIVED) and part.stop is None]
    if not still or moving:
        return None
    first = still[0]
    assert first.stop is not None
    until = _last(first.stop_until, today)
    count = _count(parts, "停着", "stopped", len(still)) if len(parts) > 1 else Words("", "")
    return Standing(
        _w(f"时钟停着，等{first.stop.zh}的结果", f"The clock stands still: {_lower(first.stop.en)} under way"),
        _w(
            f"{count.zh}{first.department.zh}在做{first.stop.zh}，最迟{until.zh}有结果。您现在不用做什么。",
            f"{count.en} {first.department.en} has a {_lower(first.stop.en)} made, until {until.en} at the latest. "
            "You need do nothing now.",
        ),
    )


def _received(parts: Sequence[PartGlance], today: date) -> Standing | None:
    received = [part for part in parts if part.stage is Stage.RECEIVED]
    if not received or any(part.stage is Stage.ACCEPTED for part in parts):
        return None
    first = received[0]
    due = _last(first.acceptance_due, today)
    waiting = sum(part.stage is Stage.WAITING for part in parts)
    if waiting:
        heading = _w(
            f"已收到，先办{first.name.zh}，{waiting} 项随后",
            f"Received: {first.name.en} first, {waiting} parts after it",
        )
    elif len(received) > 1:
        heading = _w(f"已收到，{len(received)} 项等受理", f"Received, {len(received)} parts to be accepted")
    else:
        heading = _w(f"已收到，等{first.department.zh}受理", f"Received, to be accepted by {first.department.en}")
    text = _w(
        f"最迟{due.zh}告诉您受理了没有、要补什么。到时没有答复，就算受理。",
        f"By {due.en} you hear whether it is accepted or what to correct. No answer by then means accepted.",
    )
    owed = tuple({name: None for part in parts if part.stage.is_open for name, _department in part.owed})
    if owed:
        comes = _comes_by_itself(owed)
        text = _w(f"{text.zh}{comes.zh}", f"{text.en} {comes.en}")
    return Standing(heading, text)


def _working(parts: Sequence[PartGlance], today: date) -> Standing | None:
    working = [part for part in parts if part.stage in (Stage.ACCEPTED, Stage.RECEIVED)]
    if not working:
        return None
    names = list(dict.fromkeys(part.department.zh for part in working))
    still = next((part for part in working if part.stop is not None), None)
    if len(working) == 1:
        heading = _w(f"{working[0].department.zh}在办", f"{working[0].department.en} is working on it")
    elif len(names) == 1:
        heading = _w(f"{names[0]}在办 {len(working)} 项", f"{working[0].department.en} works on {len(working)} parts")
    else:
        heading = _w(f"{len(names)} 个部门同时在办", f"{len(names)} departments work on it at the same time")
    sentences = [_progress(parts, working, today)]
    if still is not None and still.stop is not None:
        until = _last(still.stop_until, today)
        sentences.append(
            _w(
                f"{still.name.zh}的时钟停着。等{still.stop.zh}的结果，最迟{until.zh}。",
                f"{still.name.en} stands still for a {_lower(still.stop.en)}, until {until.en} at the latest.",
            )
        )
    late = [part for part in working if part.late]
    if late:
        legal = _last(late[0].statute_due, today)
        sentences.append(
            _w(
                f"{late[0].name.zh}超过了承诺的日子，法定期限是{legal.zh}。",
                f"{late[0].name.en} is later than promised; the legal limit is {legal.en}.",
            )
        )
    return Standing(heading, _w("".join(s.zh for s in sentences), " ".join(s.en for s in sentences)))


def _progress(parts: Sequence[PartGlance], working: Sequence[PartGlance], today: date) -> Words:
    moving = [part for part in working if part.promise_due is not None]
    day = _last(max(part.promise_due for part in moving if part.promise_due), today) if moving else None
    if len(parts) == 1:
        if day is None:
            return _w("您现在不用做什么。", "You need do nothing now.")
        return _w(f"承诺最迟{day.zh}办好。您现在不用做什么。", f"Promised by {day.en}. You need do nothing now.")
    count = _count(parts, "在办", "under way", len(working))
    if day is None:
        return count
    if len(moving) == 1:
        name = moving[0].name
        return _w(f"{count.zh}{name.zh}承诺最迟{day.zh}办好。", f"{count.en} {name.en} is promised by {day.en}.")
    if len(moving) < len(working):
        return _w(
            f"{count.zh}没停的几项，承诺最迟{day.zh}办好。", f"{count.en} Those that run are promised by {day.en}."
        )
    return _w(f"{count.zh}承诺最迟{day.zh}办好。", f"{count.en} They are promised by {day.en}.")


def _count(parts: Sequence[PartGlance], zh: str, en: str, open_parts: int) -> Words:
    """How many parts are granted, how many ended otherwise, and how many are as `zh` and `en` say."""
    granted = sum(part.stage is Stage.GRANTED for part in parts)
    failed = sum(not part.stage.is_open for part in parts) - granted
    counted = [(granted, "办好", "granted"), (failed, "没办成", "not"), (open_parts, zh, en)]
    said = [Words(f"{number} 项{zh}", f"{number} {_are(number)} {en}") for number, zh, en in counted if number]
    return _w(
        f"{len(parts)} 项里，{'，'.join(each.zh for each in said)}。",
        f"Of {len(parts)} parts, {_joined([each.en for each in said])}.",
    )


def _handing_over(parts: Sequence[PartGlance], today: date) -> Standing | None:
    ready = [part for part in parts if part.stage is Stage.GRANTED and not part.delivered]
    if not ready or any(part.stage.is_open for part in parts):
        return None
    first = ready[0]
    if first.delivery is Delivery.COLLECTION:
        heading = _w(f"批准了，请来领{first.result.zh}", f"Granted: your {_lower(first.result.en)} waits for you")
        text = _w(
            f"请带身份证到{first.department.zh}领取。",
            f"Bring your identity card to {first.department.en} to collect it.",
        )
    else:
        heading = _w(f"批准了，{first.result.zh}在送", f"Granted: your {_lower(first.result.en)} is on its way")
        text = _w(f"{first.department.zh}正把它送给您。", f"{first.department.en} is sending it to you.")
    return Standing(heading, text)


def _ended(parts: Sequence[PartGlance]) -> Standing:
    granted = [part for part in parts if part.stage is Stage.GRANTED]
    others = [part for part in parts if part.stage is not Stage.GRANTED]
    if not others:
        all_of_them = _w(f"{len(parts)} 项全部办好", f"All {len(parts)} parts granted")
        heading = _w("办好了", "All done") if len(parts) == 1 else all_of_them
        names = tuple(part.result for part in granted)
        return Standing(heading, _w(f"{_zh(names)}已经给您。", f"You have your {_en(names)}."))
    if granted:
        return Standing(
            _w(
                f"办结：{len(granted)} 项办好，{len(others)} 项没办成",
                f"Closed: {len(granted)} granted, {len(others)} not",
            ),
            _w(
                f"没办成的是{_zh(tuple(part.name for part in others))}，原因和怎么办写在下面。",
                f"Not granted: {_en(tuple(part.name for part in others))}. Why, and what you can do, stands below.",
            ),
        )
    first = others[0]
    if first.missed:
        return Standing(
            _w("材料没有按时补齐，已终止办理", "A promised paper did not come, so it has ended"),
            _w(
                f"没有收到{_zh(first.missed)}。材料齐全后可以重新申请。",
                f"We did not get your {_en(first.missed)}. Apply again when you have it.",
            ),
        )
    return Standing(*_NOT_GRANTED.get(first.stage, _NOT_GRANTED[Stage.REFUSED]))


_REMEDIES = Words(
    "理由写在下面。不服可以申请复议或起诉。", "The reasons stand below. You may ask for a review or go to court."
)
_NOT_GRANTED: dict[Stage, tuple[Words, Words]] = {
    Stage.REFUSED: (
        Words("没有批准", "It was refused"),
        _REMEDIES,
    ),
    Stage.NOT_ACCEPTED: (
        Words("没有受理", "It was not accepted"),
        Words("理由写在下面。改好以后可以重新申请。", "The reasons stand below. You may put it right and apply again."),
    ),
    Stage.WITHDRAWN: (
        Words("您撤回了申请", "You withdrew the application"),
        Words("需要的时候可以重新申请。", "You may apply again whenever you like."),
    ),
    Stage.REVOKED: (
        Words("已经撤销", "It was revoked"),
        _REMEDIES,
    ),
}


def _w(zh: str, en: str) -> Words:
    en = en.strip()
    return Words(zh, en[:1].upper() + en[1:])


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _lower(text: str) -> str:
    """A name inside an English sentence; abbreviations keep their capitals."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _zh(names: Sequence[Words]) -> str:
    return "、".join(name.zh for name in names)


def _en(names: Sequence[Words]) -> str:
    return _joined([_lower(name.en) for name in names])


def _joined(said: Sequence[str]) -> str:
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1] if said else ""


def _day(moment: datetime, today: date) -> Words:
    day = city_date(moment)
    return Words(day_text(day, "zh-hans", today=today), day_text(day, "en", today=today))


def _last(due: datetime | None, today: date) -> Words:
    if due is None:
        return Words("到期那天", "the day it is due")
    day = last_day(due)
    return Words(day_text(day, "zh-hans", today=today), day_text(day, "en", today=today))

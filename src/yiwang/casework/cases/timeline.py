"""What happened in a case, in sentences a neighbour would use. Pure: from recorded events to words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from yiwang.casework.cases import events
from yiwang.casework.cases.plan import Plan
from yiwang.foundation.kernel.money import yuan
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import to_city
from yiwang.foundation.ledger.events import Recorded

Body = str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `said` is what somebody wrote (None when erased or nothing); `public`: the applicant
    may read it; `department`: whose part it was; `actor` as events write it ("officer:12"); `who` says on which side of
    the counter they were, where that is not the department; `by_rule`: a published rule decided. `reported_at`: it was
    done in the department's own system, which says that it was then; `at` is when it was received."""

    at: datetime
    type: str
    words: Words
    part: str | None
    department: str | None
    actor: str
    public: bool
    said: tuple[str, ...] = ()
    who: Words | None = None
    by_rule: bool = False
    reported_at: datetime | None = None

    @property
    def back_dated(self) -> bool:
        """Whether it was reported late: one hour or more after it was done."""
        return self.reported_at is not None and self.at - self.reported_at >= LATE


LATE = timedelta(hours=1)
"""From when on a report counts as back-dated."""


def reported_words(entry: Entry) -> Words | None:
    """Both times of what a department's own system reported; None for what was done here."""
    if entry.reported_at is None:
        return None
    done, came = to_city(entry.reported_at), to_city(entry.at)
    zh = f"部门系统报来：办于{done.month}月{done.day}日 {done:%H:%M}"
    en = f"Reported by the department's system: done on {done.day} {done:%B}, {done:%H:%M}"
    if entry.back_dated:
        zh += f"，补报于{came.month}月{came.day}日 {came:%H:%M}"
        en += f"; reported late, on {came.day} {came:%B}, {came:%H:%M}"
    return Words(zh, en)


def _reported(entries: list[Entry], recorded: Recorded) -> None:
    """Mark what happened in one breath with the report before it."""
    for place in reversed(range(len(entries))):
        entry = entries[place]
        if (entry.at, entry.actor, entry.part) != (recorded.at, recorded.actor, recorded.body.part):
            return
        if entry.reported_at is not None:
            return
        entries[place] = replace(entry, reported_at=recorded.body.reported_at)


@dataclass(frozen=True, slots=True)
class Named:
    """The codes of offices and places that a history names."""

    offices: frozenset[str]
    places: frozenset[str]


def named_in(history: Sequence[Recorded]) -> Named:
    """What `timeline` wants the names of."""
    offices: set[str] = set()
    places: set[str] = set()
    for body in (recorded.body for recorded in history):
        if isinstance(body, events.Received):
            offices |= {office for part in body.parts for office in part.offices.values()}
            places |= {body.received_in} - {""}
        elif isinstance(body, events.Corrected | events.Transferred):
            offices |= set(body.offices.values())
        elif isinstance(body, events.Delivered):
            places |= {body.handed_out_in} - {""}
    return Named(frozenset(offices), frozenset(places))


def timeline(
    history: Sequence[Recorded],
    plan: Plan,
    statements: Mapping[int, Body],
    names: Mapping[str, Words] = MappingProxyType({}),
) -> tuple[Entry, ...]:
    """Entries in order of time; that something was reported stands with what was reported. `names` are those of
    `named_in`, by code."""
    told = _Told(plan, names)
    entries: list[Entry] = []
    for recorded in history:
        if isinstance(recorded.body, events.Reported):
            _reported(entries, recorded)
        else:
            entries.append(_entry(recorded, told, statements))
    return tuple(entries)


@dataclass(slots=True)
class _Told:
    """Where a history has come to: which office has each part."""

    plan: Plan
    names: Mapping[str, Words]
    offices: dict[str, str] = field(default_factory=dict)

    def follow(self, body: Any) -> None:
        if isinstance(body, events.Received):
            for choice in body.parts:
                self._has(choice.key, choice.offices)
        elif isinstance(body, events.Transferred) or (isinstance(body, events.Corrected) and body.place):
            self._has(body.part, body.offices)

    def office(self, part: str) -> Words:
        return self.name(self.offices[part])

    def name(self, code: str) -> Words:
        return self.names.get(code, Words(code, code))

    def _has(self, part: str, offices: Mapping[str, str]) -> None:
        department = self.plan.by_key[part].department
        self.offices[part] = offices.get(department, department)


def _entry(recorded: Recorded, told: _Told, statements: Mapping[int, Body]) -> Entry:
    body, plan = recorded.body, told.plan
    told.follow(body)
    key = getattr(body, "part", None)
    part = plan.by_key.get(key) if key else None
    commitment = getattr(body, "words", None)
    said = statements.get(commitment.number) if commitment is not None else None
    return Entry(
        at=recorded.at,
        type=recorded.type,
        words=_words(body, told),
        part=key,
        department=told.offices.get(part.key, part.department) if part else None,
        actor=recorded.actor,
        public=not isinstance(body, _INTERNAL),
        said=() if not said else (said,) if isinstance(said, str) else tuple(said),
        who=_who(recorded),
        by_rule=isinstance(body, events.Decided) and body.by_rule,
    )


_APPLICANTS = (
    events.Received,
    events.Corrected,
    events.Arrived,
    events.HearingAsked,
    events.HearingAnswered,
    events.Withdrawn,
)
"""What the applicant does, or somebody for them; all else is a department's."""


def _who(recorded: Recorded) -> Words | None:
    if recorded.actor == "law":
        return Words("依法", "By law")
    if not isinstance(recorded.body, _APPLICANTS):
        return None
    if "+mandate:" in recorded.actor:
        return Words("代办人", "On behalf of the applicant")
    if recorded.actor.startswith("officer:"):
        return Words("工作人员代填", "Staff, for the applicant")
    return Words("申请人", "The applicant") if recorded.actor.startswith("resident:") else None


_INTERNAL = (events.TaskAssigned, events.TaskHandedOver, events.Noted, events.TaskCompleted, events.DueSoon)


def _words(body: Any, told: _Told) -> Words:
    plan = told.plan
    if isinstance(body, events.Received):
        return _received(body, told)
    part = plan.by_key[body.part]
    zh, en = _MOVED[type(body)](body, told) if type(body) in _MOVED else _SENTENCES[type(body)](body, part)
    if len(plan.parts) > 1:
        return Words(f"{part.name.zh}：{zh}", f"{part.name.en}: {en}")
    return Words(zh[0].upper() + zh[1:], en[0].upper() + en[1:])


def _received(body: events.Received, told: _Told) -> Words:
    """Where it was received and who is competent, where either says more than the plan."""
    zh, en = "已收件", "Received"
    if body.received_in:
        place = told.name(body.received_in)
        zh, en = f"{place.zh}窗口收件", f"Received at a window in {place.en}"
    competent = {choice.key: told.office(choice.key) for choice in body.parts if choice.offices}
    if not competent:
        return Words(zh, en)
    alone = len(told.plan.parts) == 1
    names = {key: told.plan.by_key[key].name for key in competent}
    zh += "，" + "，".join(
        f"由{office.zh}办理" if alone else f"{names[key].zh}由{office.zh}办理" for key, office in competent.items()
    )
    en += "; " + "; ".join(
        f"{office.en} is competent" if alone else f"{names[key].en}: {office.en} is competent"
        for key, office in competent.items()
    )
    return Words(zh, en)


def _corrected(body: events.Corrected, told: _Told) -> tuple[str, str]:
    if not body.place:
        return "已补正", "corrected"
    office = told.office(body.part)
    return f"已补正，地址改了，移交{office.zh}", f"corrected; by the new address it goes to {office.en}"


def _transferred(body: events.Transferred, told: _Told) -> tuple[str, str]:
    office = told.office(body.part)
    return f"移送{office.zh}", f"passed to {office.en}, which is competent"


def _delivered(body: events.Delivered, told: _Told) -> tuple[str, str]:
    zh, en = _MEANS.get(body.means, (body.means, body.means))
    if body.handed_out_in:
        place = told.name(body.handed_out_in)
        zh, en = f"{zh}，{place.zh}", f"{en} in {place.en}"
    return f"结果已送达（{zh}）", f"result delivered ({en})"


def _task(body: Any, part: Any) -> Words:
    name: Words = part.by_key[body.task].name
    return name


def _procedure(body: Any, part: Any) -> Words:
    procedure = part.procedure(body.procedure)
    return procedure.name if procedure else Words(body.procedure, body.procedure)


def _completed(body: Any, part: Any) -> tuple[str, str]:
    task = _task(body, part)
    return f"办完“{task.zh}”", f"“{task.en}” done"


def _handed_over(body: Any, part: Any) -> tuple[str, str]:
    task = _task(body, part)
    return f"“{task.zh}”移交 {body.to}", f"“{task.en}” handed over to {body.to}"


def _assigned(body: Any, part: Any) -> tuple[str, str]:
    task = _task(body, part)
    if body.officer is None:
        return f"“{task.zh}”放回待办", f"“{task.en}” put back"
    return f"“{task.zh}”有人接手", f"“{task.en}” taken up"


def _stopped(body: Any, part: Any) -> tuple[str, str]:
    name = _procedure(body, part)
    return f"开始{name.zh}，时钟停", f"{name.en} began, the clock stands still"


def _resumed(body: Any, part: Any) -> tuple[str, str]:
    name = _procedure(body, part)
    return f"{name.zh}结束，接着计时", f"{name.en} ended, the clock runs again"


def _decided(body: Any, part: Any) -> tuple[str, str]:
    if part.verdicts:
        verdict = part.verdicts[0 if body.granted else 1]
        return verdict.zh, verdict.en[:1].lower() + verdict.en[1:]
    if body.granted and body.by_rule:
        return "符合条件，当场办好", "granted at once by the published rule"
    return ("准予", "granted") if body.granted else ("不予许可", "refused")


def _accepted(body: Any, part: Any) -> tuple[str, str]:
    if body.by_law:
        return "部门五个工作日没有答复，依法视为受理", "nobody answered in five working days, so it is accepted by law"
    return "已受理", "accepted"


_MEANS = {"online": ("网上", "online"), "collection": ("窗口领取", "collected"), "post": ("邮寄", "by post")}


def _linked(body: Any, part: Any) -> tuple[str, str]:
    if body.relation == "check":
        return "已安排上门核查", "a check on site follows"
    return "相关办件已开立", "a related case was opened"


def _deferral_near(body: Any, part: Any) -> tuple[str, str]:
    zh, en = _materials(body, part)
    return f"补交{zh}的日子快到了", f"the day to bring {en} is near"


def _deferral_lapsed(body: Any, part: Any) -> tuple[str, str]:
    zh, en = _materials(body, part)
    return f"到期没有补交{zh}，终止办理", f"{en} did not come in time, so the matter ended"


def _materials(body: Any, part: Any) -> tuple[str, str]:
    names = [part.deferral.name(key) if part.deferral else Words(key, key) for key in body.what]
    return "、".join(name.zh for name in names), ", ".join(name.en[:1].lower() + name.en[1:] for name in names)


def _hearing_answered(body: Any, part: Any) -> tuple[str, str]:
    if body.comes:
        return "申请人参加听证", "the applicant comes to the hearing"
    return "申请人不参加听证", "the applicant does not come to the hearing"


def _fixed(zh: str, en: str) -> Any:
    return lambda body, part: (zh, en)


_MOVED: Mapping[type, Any] = {
    events.Corrected: _corrected,
    events.Transferred: _transferred,
    events.Delivered: _delivered,
}
"""What names an office or a place."""


def _fee(verb: tuple[str, str]) -> Any:
    def words(body: Any, part: Any) -> tuple[str, str]:
        sum_ = yuan(body.amount_fen)
        return f"{verb[0]} {sum_} 元", f"{sum_} yuan {verb[1]}"

    return words


_SENTENCES: Mapping[type, Any] = {
    events.FeePaid: _fee(("已缴费", "paid")),
    events.FeeReturned: _fee(("已退费", "given back")),
    events.Accepted: _accepted,
    events.CorrectionRequested: _fixed("请您补正", "you were asked to correct it"),
    events.NotAccepted: _fixed("不予受理", "not accepted"),
    events.TaskAssigned: _assigned,
    events.TaskHandedOver: _handed_over,
    events.TaskCompleted: _completed,
    events.Arrived: _fixed("材料已补齐", "a material came in"),
    events.SpecialProcedureStarted: _stopped,
    events.SpecialProcedureEnded: _resumed,
    events.Extended: _fixed("法定期限延长一次", "the legal limit was extended once"),
    events.Decided: _decided,
    events.Withdrawn: _fixed("申请人撤回", "withdrawn by the applicant"),
    events.Revoked: _fixed("撤销已作出的决定", "the decision was revoked"),
    events.Noted: _fixed("工作备注", "a note for colleagues"),
    events.Linked: _linked,
    events.HearingAsked: _fixed("申请听证", "a hearing was asked for"),
    events.HearingDeclined: _fixed("不举行听证", "there is no hearing"),
    events.HearingCalled: _fixed("安排了听证", "a hearing was called"),
    events.HearingAnswered: _hearing_answered,
    events.HearingCancelled: _fixed("取消听证", "the hearing was cancelled"),
    events.HearingHeld: _fixed("听证已举行，笔录在案", "the hearing was held; its minutes are on record"),
    events.DeferralNear: _deferral_near,
    events.DeferralLapsed: _deferral_lapsed,
    events.DueSoon: _fixed("承诺期限将到", "the promised day is near"),
    events.PromiseMissed: _fixed("超过承诺期限", "the promised day has passed"),
    events.StatuteMissed: _fixed("超过法定期限", "the legal limit has passed"),
}

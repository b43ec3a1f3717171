"""Histories of cases as a city would write them: seeded, realistic, and the same in two ways.

`write` tells the story of one case up to a moment: when it came in, who did what when, what time made of it. A story
keeps the case's state by the same `evolve` that the verbs use, so that everybody in it does only what the law and the
plan allow. A tenth is sent back for correction, some stop for a test or a hearing, a few officers hand over, extend or
are late, some people withdraw, and what is not done by the end lies on somebody's desk.

`live` lets the same stories happen through the real verbs on a frozen clock; `benchmarks.bulk` writes a million of them
into the tables at once. Tests show that both ways leave the same rows.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from random import Random

from benchmarks import townscape
from benchmarks.town import Resident, Town
from benchmarks.townscape import Service
from yiwang.casework.cases import clock, events, sweep
from yiwang.casework.cases.events import ChosenPart, Commitment
from yiwang.casework.cases.plan import PartPlan, Plan, Task, TaskKind
from yiwang.casework.cases.record import Situation
from yiwang.casework.cases.state import CaseState, PartState, Stage, TaskState, evolve, to_bytes
from yiwang.casework.cases.statements import salted_digest
from yiwang.foundation.directory.actor import LAW, Actor
from yiwang.foundation.kernel.calendar import CHINA
from yiwang.foundation.kernel.time import city_date, city_zone, start_of_day, to_city

NIGHT = timedelta(minutes=5)
"""After midnight, when the passing of time becomes facts."""

WORDS = {
    "request_correction": ("身份证明已过期，请重新提供。", "申请表第三栏未填写。", "请补充加盖公章的场所证明。"),
    "refuse_acceptance": ("该事项不属于本部门职权范围，请向有关部门申请。",),
    "hand_over": ("工作调整，转由同事办理。", "不属本岗位职责，转请办理。"),
    "complete": ("材料齐全，符合要求。", "现场与图纸一致。", "同意，无其他意见。", "经核查，情况属实。"),
    "start_special_procedure": (
        "现依法组织检测，所需时间不计入办理期限。",
        "现依法组织专家评审，所需时间不计入办理期限。",
    ),
    "end_special_procedure": ("检测合格。", "评审通过，已按意见修改。"),
    "extend": ("情况复杂，需进一步核实，经负责人批准延长。",),
    "grant": ("符合法定条件，准予许可。", "符合规定，同意办理。"),
    "refuse": ("现场条件不符合标准第四条，不予许可。", "申请人不符合规定的资格条件。"),
    "withdraw": ("", "暂不办理了。", "改日再申请。"),
    "note": ("已电话联系申请人。", "注意核对附件二。", "与上次申请内容一致。"),
}


@dataclass(frozen=True)
class Deed:
    """What somebody did: a verb of `cases.actions` and what it was given."""

    at: datetime
    by: Actor
    verb: str
    part: str
    task: str = ""
    words: str = ""
    what: str = ""
    """the procedure, the post or the means"""
    granted: bool = True


@dataclass(frozen=True)
class Happened:
    """An event of a story with the state it led to."""

    at: datetime
    by: str
    event: events.Event
    state: bytes


@dataclass(frozen=True)
class History:
    """One case up to `until`. `said[n]` are the words of statement n + 1 with their salt."""

    service: Service
    applicant: Resident
    district: str
    channel: str
    at: datetime
    until: datetime
    by_rule: str
    """the words of the rule that granted it at once, or nothing"""
    deeds: tuple[Deed, ...]
    happened: tuple[Happened, ...]
    said: tuple[tuple[str | list[str], str], ...]
    salt: str
    state: CaseState

    @property
    def chosen(self) -> tuple[ChosenPart, ...]:
        return tuple(ChosenPart(part.key) for part in self.service.plan.parts)


def write_many(seed: int, count: int, town: Town, since: datetime, until: datetime) -> Iterator[History]:
    """Histories of cases that came in between two moments, in the order in which they came in."""
    rng = Random(seed)
    services = townscape.services()
    shares = [service.share for service in services]
    arrivals = sorted(_arrival(rng, since, until) for _ in range(count))
    for at in arrivals:
        service = rng.choices(services, shares)[0]
        yield write(Random(rng.getrandbits(64)), service, town, at, until)


def write(rng: Random, service: Service, town: Town, at: datetime, until: datetime) -> History:
    """The story of one case from its receipt `at` until a moment."""
    story = Story(rng, service, town, at, until)
    while story.agenda and story.agenda[0][0] <= until:
        moment, _number, act = heapq.heappop(story.agenda)
        story.let_pass(moment)
        act(moment)
    story.let_pass(until)
    return story.told()


def _arrival(rng: Random, since: datetime, until: datetime) -> datetime:
    """Mostly in office hours of working days; the web takes in some at any hour."""
    while True:
        moment = since + (until - since) * rng.random()
        local = to_city(moment)
        working = CHINA.is_working(local.date()) and 9 <= local.hour < 17
        if working or rng.random() < (0.12 if 7 <= local.hour < 23 else 0.02):
            return moment.replace(microsecond=rng.randrange(1_000_000))


def office_time(at: datetime, hours: float) -> datetime:
    """The moment when so many office hours (9 to 17 on working days) have gone by since `at`."""
    day, left = city_date(at), timedelta(hours=hours)
    if not CHINA.is_working(day):
        day = CHINA.next_working_day(day)
        start = _opening(day)
    else:
        start = max(at, _opening(day))
    while (closing := _opening(day) + timedelta(hours=8)) < start + left:
        left -= max(closing - start, timedelta(0))
        day = CHINA.next_working_day(day)
        start = _opening(day)
    return start + left


def _opening(day: object) -> datetime:
    return datetime.combine(day, time(9), city_zone()).astimezone(UTC)  # type: ignore[arg-type]


Act = Callable[[datetime], None]
Say = Callable[[str | list[str]], Commitment]


_EVENTS: Mapping[str, Callable[[Deed, Say], events.Event]] = {
    "accept": lambda deed, say: events.Accepted(deed.part),
    "request_correction": lambda deed, say: events.CorrectionRequested(deed.part, say([deed.words])),
    "correct": lambda deed, say: events.Corrected(deed.part),
    "refuse_acceptance": lambda deed, say: events.NotAccepted(deed.part, say(deed.words)),
    "pick": lambda deed, say: events.TaskAssigned(deed.part, deed.task, deed.by.id),
    "hand_over": lambda deed, say: events.TaskHandedOver(deed.part, deed.task, deed.what, say(deed.words)),
    "complete": lambda deed, say: events.TaskCompleted(deed.part, deed.task, say(deed.words)),
    "start_special_procedure": lambda deed, say: events.SpecialProcedureStarted(deed.part, deed.what, say(deed.words)),
    "end_special_procedure": lambda deed, say: events.SpecialProcedureEnded(deed.part, deed.what, say(deed.words)),
    "extend": lambda deed, say: events.Extended(deed.part, say(deed.words)),
    "deliver": lambda deed, say: events.Delivered(deed.part, deed.what),
    "withdraw": lambda deed, say: events.Withdrawn(deed.part, say(deed.words)),
    "note": lambda deed, say: events.Noted(deed.part, say(deed.words)),
}
"""What each verb but `decide` makes happen."""


@dataclass
class Story:
    """A case on its way. The agenda holds what people mean to do; when its moment comes they look whether they can."""

    rng: Random
    service: Service
    town: Town
    at: datetime
    until: datetime
    agenda: list[tuple[datetime, int, Act]] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    happened: list[Happened] = field(default_factory=list)
    said: list[tuple[str | list[str], str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.plan: Plan = self.service.plan
        self.applicant = self.rng.choice(self.town.residents)
        self.district, self.channel = townscape.district(self.rng), townscape.channel(self.rng)
        self.salt = f"{self.rng.getrandbits(128):032x}"
        self.by_rule = "年满条件和户籍条件均已满足，依规则即时办结。" if self._is_clear_to_a_rule() else ""
        self.seen: set[tuple[str, str]] = set()
        self.wakes: dict[str, datetime | None] = {}
        self.takers: dict[tuple[str, str], int] = {}
        self.state = self._received()
        self._look_around(self.at)

    def _is_clear_to_a_rule(self) -> bool:
        return self.service.is_instant and self.rng.random() < 0.9

    def told(self) -> History:
        return History(
            service=self.service,
            applicant=self.applicant,
            district=self.district,
            channel=self.channel,
            at=self.at,
            until=self.until,
            by_rule=self.by_rule,
            deeds=tuple(self.deeds),
            happened=tuple(self.happened),
            said=tuple(self.said),
            salt=self.salt,
            state=self.state,
        )

    def _received(self) -> CaseState:
        party = salted_digest(self.salt, [self.applicant.name, self.applicant.identifier])
        chosen = tuple(ChosenPart(part.key) for part in self.plan.parts)
        received = events.Received("application", self.plan.digest, chosen, self.channel, self.district, party)
        happened: list[events.Event] = [received]
        for part in self.plan.parts if self.by_rule else ():
            happened.append(events.Accepted(part.key))
            happened.append(events.Decided(part.key, granted=True, words=self.say(self.by_rule), by_rule=True))
            happened.append(events.Delivered(part.key, "online"))
        state: CaseState | None = None
        for event in happened:
            state = evolve(state, event, self.at, self.plan)
            self.happened.append(Happened(self.at, str(self.applicant.actor), event, to_bytes(state)))
        assert state is not None
        return state

    def say(self, words: str | list[str]) -> Commitment:
        salt = f"{self.rng.getrandbits(128):032x}"
        self.said.append((words, salt))
        return Commitment(len(self.said), salted_digest(salt, words))

    def happen(self, at: datetime, by: Actor, *decided: events.Event) -> None:
        for event in decided:
            self.state = evolve(self.state, event, at, self.plan)
            self.happened.append(Happened(at, str(by), event, to_bytes(self.state)))
        self._look_around(at)

    def do(self, at: datetime, by: Actor, verb: str, part: str, **given: object) -> None:
        """Somebody does something: it is written down as a deed, and what follows happens."""
        deed = Deed(at, by, verb, part, **given)  # type: ignore[arg-type]
        self.deeds.append(deed)
        self.happen(at, by, *self._events_of(deed))

    def _events_of(self, deed: Deed) -> Sequence[events.Event]:
        if deed.verb == "decide":
            decided = events.Decided(deed.part, deed.granted, self.say(deed.words))
            by_hand = any(task.kind is TaskKind.DELIVER for task in self.plan.by_key[deed.part].tasks)
            online = deed.granted and not by_hand
            return [decided, events.Delivered(deed.part, "online")] if online else [decided]
        return [_EVENTS[deed.verb](deed, self.say)]

    def let_pass(self, until: datetime) -> None:
        """Every night just after midnight, what time has made of the case becomes facts."""
        while moments := [moment for moment in self.wakes.values() if moment is not None]:
            night = _night_after(max(min(moments), self.happened[-1].at))
            if night > until:
                return
            due = sorted((wake, key) for key, wake in self.wakes.items() if wake is not None and wake <= night)
            for _wake, key in due:
                part = self.state.parts[key]
                situation = Situation(0, self.state, self.plan, part, self.plan.by_key[key], night)
                self.happen(night, LAW, *sweep._facts(situation))
                self._note_wake(key, night)

    def _look_around(self, at: datetime) -> None:
        """People see what has become possible and plan what they will do about it."""
        for key, part in self.state.parts.items():
            self._note_wake(key, at)
            for task in self.plan.by_key[key].tasks:
                mark = (key, f"{task.key}{part.corrected_at or ''}" if task.key == "accept" else task.key)
                if part.tasks[task.key].state is TaskState.READY and mark not in self.seen:
                    self.seen.add(mark)
                    self._plan_task(key, part, task, at)
            for stage in (Stage.RECEIVED, Stage.CORRECTING, Stage.ACCEPTED):
                if part.stage is stage and (key, stage) not in self.seen:
                    self.seen.add((key, stage))
                    self._plan_stage(key, self.plan.by_key[key], stage, at)

    def _note_wake(self, key: str, at: datetime) -> None:
        part, plan = self.state.parts[key], self.plan.by_key[key]
        self.wakes[key] = clock.next_wake(part, clock.part_clock(part, plan, CHINA, at), plan, CHINA)

    def _later(self, at: datetime, hours: float, act: Act) -> None:
        heapq.heappush(self.agenda, (office_time(at, hours), len(self.agenda) + len(self.deeds) * 1000, act))

    def _hours(self, median: float, spread: float = 0.6) -> float:
        return median * self.rng.lognormvariate(0, spread)

    def _plan_stage(self, key: str, plan: PartPlan, stage: Stage, at: datetime) -> None:
        chance = self.rng.random
        if stage is Stage.RECEIVED and chance() < 0.02:
            self._later(at, self._hours(20), lambda moment: self._withdraw(moment, key))
        if stage is Stage.CORRECTING:
            fate = chance()
            if fate < 0.88:
                self._later(at, self._hours(24), lambda moment: self._correct(moment, key))
            elif fate < 0.93:
                self._later(at, self._hours(40), lambda moment: self._withdraw(moment, key))
        if stage is Stage.ACCEPTED:
            if plan.special_procedures and chance() < 0.3:
                procedure = self.rng.choice(plan.special_procedures).key
                self._later(at, self._hours(6), lambda moment: self._stop(moment, key, procedure))
            if chance() < 0.02:
                self._later(at, self._hours(50, 0.2), lambda moment: self._extend(moment, key))
            if chance() < 0.08:
                self._later(at, self._hours(5), lambda moment: self._note(moment, key))

    def _plan_task(self, key: str, part: PartState, task: Task, at: datetime) -> None:
        post = part.tasks[task.key].handed_to or task.by
        officer = self.rng.choice(self.town.officers[post])
        limit = 8.0 * (task.within.amount if task.within else 5)
        pace = self._hours(0.25)
        if self.rng.random() < 0.04:
            pace *= 6  # it lies about
        by = self.town.actor(officer, post)
        if task.kind is TaskKind.ACCEPT:
            self._plan_acceptance(key, part, by, 20 * pace, at)
        elif task.kind is TaskKind.DELIVER:
            self._later(at, limit * pace, lambda moment: self._deliver(moment, key, by))
        else:
            if self.rng.random() < 0.7:
                self._later(at, limit * pace * 0.4, lambda moment: self._pick(moment, key, task.key, by))
            if task.kind is TaskKind.WORK and self.rng.random() < 0.03:
                other = f"{post.partition('/')[0]}/head"
                self._later(at, limit * pace * 0.6, lambda moment: self._hand_over(moment, key, task.key, by, other))
            act = self._complete if task.kind is TaskKind.WORK else self._decide
            self._later(at, limit * pace, lambda moment: act(moment, key, task.key, by))

    def _plan_acceptance(self, key: str, part: PartState, by: Actor, hours: float, at: datetime) -> None:
        fate = self.rng.random()
        if fate < 0.02:
            return  # nobody looks at it: accepted by law
        verb = "accept"
        if fate < 0.04:
            verb = "refuse_acceptance"
        elif fate < 0.14 and part.correction_at is None:
            verb = "request_correction"
        self._later(at, hours, lambda moment: self._answer(moment, key, verb, by))

    # What people do when their moment has come, if it is still possible.

    def _part(self, key: str) -> PartState:
        return self.state.parts[key]

    def _open(self, key: str, task: str) -> bool:
        return self._part(key).tasks[task].state is TaskState.READY

    def _words(self, verb: str) -> str:
        return self.rng.choice(WORDS[verb])

    def _whoever(self, key: str, task: str, by: Actor) -> Actor:
        """The officer who has it now: it may have been handed over."""
        post = self._part(key).tasks[task].handed_to
        return by if post is None or post in by.posts else self.town.actor(self.town.officers[post][0], post)

    def _answer(self, at: datetime, key: str, verb: str, by: Actor) -> None:
        if self._part(key).stage is Stage.RECEIVED:
            self.do(at, by, verb, key, words="" if verb == "accept" else self._words(verb))

    def _correct(self, at: datetime, key: str) -> None:
        if self._part(key).stage is Stage.CORRECTING:
            self.do(at, self.applicant.actor, "correct", key)

    def _withdraw(self, at: datetime, key: str) -> None:
        if self._part(key).stage.is_open:
            self.do(at, self.applicant.actor, "withdraw", key, words=self._words("withdraw"))

    def _pick(self, at: datetime, key: str, task: str, by: Actor) -> None:
        progress = self._part(key).tasks[task]
        if progress.state is TaskState.READY and progress.officer is None and progress.handed_to is None:
            self.do(at, by, "pick", key, task=task)

    def _hand_over(self, at: datetime, key: str, task: str, by: Actor, post: str) -> None:
        if self._open(key, task):
            self.do(at, by, "hand_over", key, task=task, what=post, words=self._words("hand_over"))

    def _complete(self, at: datetime, key: str, task: str, by: Actor) -> None:
        if self._open(key, task):
            self.do(at, self._whoever(key, task, by), "complete", key, task=task, words=self._words("complete"))

    def _decide(self, at: datetime, key: str, task: str, by: Actor) -> None:
        part = self._part(key)
        if part.stage is not Stage.ACCEPTED or not self._open(key, task):
            return
        if part.running_stop is not None:
            self._later(at, 8, lambda moment: self._decide(moment, key, task, by))
            return
        granted = self.rng.random() < 0.94
        self.do(at, by, "decide", key, granted=granted, words=self._words("grant" if granted else "refuse"))

    def _deliver(self, at: datetime, key: str, by: Actor) -> None:
        part = self._part(key)
        if part.stage is Stage.GRANTED and part.delivered_at is None:
            self.do(at, by, "deliver", key, what=self.rng.choice(("collection", "post")))

    def _head(self, key: str) -> Actor:
        post = self.plan.by_key[key].decision.by
        return self.town.actor(self.rng.choice(self.town.officers[post]), post)

    def _stop(self, at: datetime, key: str, procedure: str) -> None:
        part = self._part(key)
        if part.stage is Stage.ACCEPTED and part.running_stop is None:
            words = self._words("start_special_procedure")
            self.do(at, self._head(key), "start_special_procedure", key, what=procedure, words=words)
            self._later(at, self._hours(36), lambda moment: self._resume(moment, key, procedure))

    def _resume(self, at: datetime, key: str, procedure: str) -> None:
        part = self._part(key)
        if part.stage is Stage.ACCEPTED and part.running_stop is not None:
            words = self._words("end_special_procedure")
            self.do(at, self._head(key), "end_special_procedure", key, what=procedure, words=words)

    def _extend(self, at: datetime, key: str) -> None:
        part = self._part(key)
        if part.stage is Stage.ACCEPTED and part.extended_at is None:
            self.do(at, self._head(key), "extend", key, words=self._words("extend"))

    def _note(self, at: datetime, key: str) -> None:
        if self._part(key).stage is Stage.ACCEPTED:
            self.do(at, self._head(key), "note", key, words=self._words("note"))


def _night_after(moment: datetime) -> datetime:
    """The first sweep at or after a moment."""
    night = start_of_day(city_date(moment)) + NIGHT
    return night if night >= moment else start_of_day(city_date(moment) + timedelta(days=1)) + NIGHT

"""Let made-up histories happen for real: through the verbs, on a frozen clock, with the nightly sweep between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import merge

from benchmarks.histories import NIGHT, Deed, History
from benchmarks.townscape import AREA
from yiwang.casework.cases import actions
from yiwang.casework.cases.receipt import Applicant, Receipt, receive
from yiwang.casework.cases.record import CaseRef, PartRef
from yiwang.casework.cases.sweep import sweep
from yiwang.foundation.kernel.time import city_date, frozen, start_of_day

Happening = tuple[datetime, int, Callable[[], object]]


def live(histories: Sequence[History], until: datetime) -> list[CaseRef]:
    """Receive the cases and do the deeds, in the order of their moments; returns the cases in the order given.

    The town is settled and the tables of cases are empty.
    """
    cases: dict[int, CaseRef] = {}

    def opened(number: int) -> None:
        cases[number] = _receive(histories[number])

    def done(number: int, deed: Deed) -> None:
        _VERBS[deed.verb](deed, PartRef(cases[number].number, deed.part))

    stories: list[Iterator[Happening]] = [
        _moments(history, number, opened, done) for number, history in enumerate(histories)
    ]
    first = min(history.at for history in histories)
    with frozen(first) as clock:
        for at, _order, act in merge(*stories, _nights(first, until), key=lambda each: each[:2]):
            clock.set(at)
            act()
    return [cases[number] for number in range(len(histories))]


def _moments(
    history: History, number: int, opened: Callable[[int], None], done: Callable[[int, Deed], None]
) -> Iterator[Happening]:
    yield history.at, number, lambda: opened(number)
    for deed in history.deeds:
        yield deed.at, number, lambda deed=deed: done(number, deed)  # type: ignore[misc]


def _nights(first: datetime, until: datetime) -> Iterator[Happening]:
    day = city_date(first)
    while (night := start_of_day(day) + NIGHT) <= until:
        if night >= first:
            yield night, -1, _sweep
        day += timedelta(days=1)


def _sweep() -> None:
    while sweep(limit=500) == 500:
        pass


def _receive(history: History) -> CaseRef:
    plan = history.service.plan
    who = history.applicant
    return receive(
        Receipt(
            kind="application",
            title=plan.name,
            plan=plan,
            parts=history.chosen,
            applicant=Applicant(who.id, who.name, who.identifier),
            area=AREA,
            district=history.district,
            channel=history.channel,
            granted_by_rule={part.key: history.by_rule for part in plan.parts} if history.by_rule else {},
        ),
        by=who.actor,
    )


_VERBS: Mapping[str, Callable[[Deed, PartRef], object]] = {
    "accept": lambda deed, part: actions.accept(part, by=deed.by),
    "request_correction": lambda deed, part: actions.request_correction(part, [deed.words], by=deed.by),
    "correct": lambda deed, part: actions.correct(part, by=deed.by),
    "refuse_acceptance": lambda deed, part: actions.refuse_acceptance(part, deed.words, by=deed.by),
    "pick": lambda deed, part: actions.pick(part.task(deed.task), by=deed.by),
    "hand_over": lambda deed, part: actions.hand_over(part.task(deed.task), deed.what, deed.words, by=deed.by),
    "complete": lambda deed, part: actions.complete(part.task(deed.task), by=deed.by, words=deed.words),
    "start_special_procedure": lambda deed, part: actions.start_special_procedure(
        part, deed.what, deed.words, by=deed.by
    ),
    "end_special_procedure": lambda deed, part: actions.end_special_procedure(part, deed.words, by=deed.by),
    "extend": lambda deed, part: actions.extend(part, deed.words, by=deed.by),
    "decide": lambda deed, part: actions.decide(part, deed.granted, deed.words, by=deed.by),
    "deliver": lambda deed, part: actions.deliver(part, deed.what, by=deed.by),
    "withdraw": lambda deed, part: actions.withdraw(part, deed.words, by=deed.by),
    "note": lambda deed, part: actions.note(part, deed.words, by=deed.by),
}

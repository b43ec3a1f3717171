"""Failed attempts (办不成事): who could not get something done says so in one sentence, without any application.

It is a case of an office that has no part in the matter (`city/supervision.yaml`), with a clock of its own, and is
answered in words. The case names nobody: who spoke, and what they said, stand in an erasable row beside it that the
supervising office alone is shown. So the office concerned can be asked, by handing over a task, and does not learn who
complained.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.events import ChosenPart
from yiwang.casework.cases.plan import PartPlan, Plan, Task, TaskKind
from yiwang.casework.cases.queries import case_view
from yiwang.casework.cases.receipt import Applicant, Receipt, receive
from yiwang.casework.cases.record import STREAM, PartRef
from yiwang.casework.cases.statements import salted_digest
from yiwang.foundation.directory.actor import MACHINE, Actor, ActorKind
from yiwang.foundation.kernel.calendar import Limit
from yiwang.foundation.kernel.identifiers import InvalidIdentifier, check_tracking_code, tracking_code
from yiwang.foundation.kernel.readable import readable
from yiwang.foundation.kernel.text import Words, canonical, canonical_json
from yiwang.foundation.kernel.time import now
from yiwang.foundation.ledger.events import Recorded
from yiwang.foundation.ledger.idempotency import Answer, once
from yiwang.foundation.ledger.replay import Testimony
from yiwang.service.applications.models import Application, FailedAttempt
from yiwang.service.applications.permissions import follow, said_by
from yiwang.service.applications.refusals import NoSuchApplication, NotPossible
from yiwang.service.applications.submission import area
from yiwang.service.catalogue import queries as catalogue
from yiwang.service.catalogue.queries import PublishedService

KIND = "failed-attempt"
PART = "answer"
LONGEST = 500
MOST_A_DAY = 10
"""So many one account may send within 24 hours."""
NOBODY = "不公开"
"""In the place of the applicant's name: whom the case is handed to does not learn who spoke."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What could not be done: one sentence; the service and the application that it is about, where there is one."""

    words: str
    service: str = ""
    about: str = ""


class Heard(msgspec.Struct, frozen=True):
    """What the person keeps. The tracking code exists here, in the stored answer, and nowhere else."""

    number: str
    tracking_code: str
    received_at: datetime
    answer_due: datetime | None


@dataclass(frozen=True, slots=True)
class Followed:
    """A failed attempt as the person sees it; `answer` is what the office wrote, empty until it has."""

    number: str
    words: str
    service: Words | None
    about: str
    received_at: datetime
    answer_due: datetime | None
    answered_at: datetime | None
    found: Words | None
    answer: str


def report(attempt: Attempt, *, key: str, client: str, by: Actor, channel: str = "web") -> Answer:
    """Open a case of it; the stored answer is a `Heard`, and the same again for the same `client` and `key`.

    A resident who is signed in finds it among what is theirs; whoever else follows it by its tracking code. Raises
    UnacceptableText, NotPossible (nothing said, nobody hears, too many in a day), NoSuchApplication, KeyReused.
    """
    words = canonical(attempt.words, multiline=True, max_length=LONGEST)
    if not words:
        raise NotPossible(
            "nothing_said",
            Words("请用一句话写下哪件事没办成。", "Say in one sentence what could not be done."),
            "words",
        )
    body = canonical_json([words, attempt.service, attempt.about])
    return once(client, f"failed-attempt:{key}", body, lambda: _open(words, attempt, by, channel))


def _open(words: str, attempt: Attempt, by: Actor, channel: str) -> Answer:
    supervision = catalogue.supervision()
    if supervision is None:
        raise NotPossible(
            "nobody_hears",
            Words("本市还没有指定受理的部门，请拨打 12345。", "No office hears this here yet. Call 12345."),
        )
    resident = by.id if by.kind is ActorKind.RESIDENT else None
    if resident is not None:
        since = now() - timedelta(days=1)
        if FailedAttempt.objects.filter(user=resident, case__received_at__gt=since).count() >= MOST_A_DAY:
            raise NotPossible(
                "too_many_in_a_day",
                Words(
                    f"一天最多反映 {MOST_A_DAY} 次。急事请拨打 12345。",
                    f"You may send {MOST_A_DAY} a day. If it is urgent, call 12345.",
                ),
            )
    application = _about(attempt.about, by)
    published = _published(application.service if application is not None else attempt.service)
    concerned = published.service.departments if published is not None else ()
    plan = plan_of_answer(
        published.service.name if published is not None else None, supervision.post_for(concerned), supervision.within
    )
    salt, at = secrets.token_hex(16), now()
    code = tracking_code()
    case = receive(
        Receipt(
            kind=KIND,
            title=plan.name,
            plan=plan,
            parts=(ChosenPart(PART),),
            applicant=Applicant(None, NOBODY),
            area=area(),
            channel=channel,
            submission=salted_digest(salt, words),
        ),
        by=MACHINE,
    )
    # Nobody has to accept that something went wrong: the office looks into it at once.
    cases.accept(PartRef(case.number, PART), by=MACHINE)
    FailedAttempt.objects.create(
        case_id=case.id,
        user_id=resident,
        service=published.code if published is not None else "",
        about_id=application.pk if application is not None else None,
        words=words,
        salt=salt,
        tracking=_digest(code),
    )
    due = case_view(case.number, MACHINE).part(PART).promise
    return Answer(201, msgspec.json.encode(Heard(case.number, code, at, due)).decode())


def plan_of_answer(service: Words | None, post: str, within: Limit) -> Plan:
    """One part: the office looks into it, or asks the office concerned, and then answers."""
    title = Words("办不成事", "Could not get it done")
    if service is not None:
        title = Words(f"{title.zh}：{service.zh}"[:120], f"{title.en}: {service.en}"[:200])
    part = PartPlan.build(
        key=PART,
        matter=KIND,
        name=title,
        department=post.partition("/")[0],
        statute=within,
        promise=within,
        tasks=[
            Task("look", Words("了解情况", "Look into it"), post),
            Task("decide", Words("答复", "Answer"), post, ("look",), None, TaskKind.DECIDE),
        ],
        verdicts=(
            Words("现在能办了", "It can be done now"),
            Words("办不了，已说明原因", "It cannot be done: explained"),
        ),
    )
    return Plan(title, (part,))


def mine(number: str, by: Actor) -> Followed:
    """One's own. Raises NoSuchApplication."""
    row = FailedAttempt.objects.filter(said_by(by), case__number=number).select_related("case", "about").first()
    if row is None:
        raise NoSuchApplication(number)
    return _followed(row)


def tracked(code: str) -> Followed:
    """The one to which a tracking code belongs. Raises NoSuchApplication, after the same work whatever is wrong."""
    try:
        plain = check_tracking_code(code)
    except InvalidIdentifier:
        plain = ""
    row = FailedAttempt.objects.filter(tracking=_digest(plain)).select_related("case", "about").first()
    if row is None:
        raise NoSuchApplication
    return _followed(row)


def all_mine(by: Actor) -> tuple[tuple[str, Words, datetime, bool], ...]:
    """(number, title, received at, answered) of one's own, the newest first, twenty at most. One query."""
    rows = FailedAttempt.objects.filter(said_by(by)).select_related("case").order_by("-case_id")[:20]
    return tuple(
        (row.case.number, Words(row.case.title_zh, row.case.title_en), row.case.received_at, bool(row.case.closed_at))
        for row in rows
    )


def may_be_about(number: str, by: Actor) -> PublishedService | None:
    """The service of one's own application, for a form that is about it; None where it is none of theirs."""
    try:
        application = _about(number, by)
    except NoSuchApplication:
        return None
    return _published(application.service) if application is not None else None


def of_case(case_id: int) -> FailedAttempt | None:
    return FailedAttempt.objects.filter(pk=case_id).select_related("case", "about").first()


class FailedAttemptWitness:
    """Whether what a person said is that to which the receipt commits."""

    stream = STREAM

    def testify(self, stream_id: int, history: Sequence[Recorded]) -> Testimony:
        received = history[0].body
        if received.kind != KIND:
            return Testimony()
        row = FailedAttempt.objects.filter(pk=stream_id).first()
        if row is None:
            return Testimony(erased=(f"case {stream_id}: what the person said was erased",))
        if salted_digest(row.salt, row.words) != received.submission:
            return Testimony(altered=(f"case {stream_id}: what the person said is not what its receipt commits to",))
        return Testimony()


def _about(number: str, by: Actor) -> Application | None:
    if not number:
        return None
    application = Application.objects.filter(follow(by), case__number=number).first()
    if application is None:
        raise NoSuchApplication(number)
    return application


def _published(code: str) -> PublishedService | None:
    try:
        return catalogue.service(code) if code else None
    except catalogue.NotPublished:
        return None


def _followed(row: FailedAttempt) -> Followed:
    part = case_view(row.case.number, MACHINE).part(PART)
    published = _published(row.service)
    verdict = part.verdicts[0 if part.stage == "granted" else 1] if part.verdicts and not part.is_open else None
    return Followed(
        number=row.case.number,
        words=row.words,
        service=published.service.name if published is not None else None,
        about=row.about.number if row.about is not None else "",
        received_at=row.case.received_at,
        answer_due=part.promise if part.is_open else None,
        answered_at=part.ended_at,
        found=verdict,
        answer=part.reason,
    )


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


readable(Heard)

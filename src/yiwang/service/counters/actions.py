"""What a clerk does at a window, and an operator on the telephone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse

from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.models import Case, Party
from yiwang.casework.cases.record import PartRef
from yiwang.foundation.directory import in_person
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.directory.in_person import Card
from yiwang.foundation.documents.actions import DocumentRef
from yiwang.foundation.kernel.text import Words, canonical
from yiwang.foundation.kernel.time import now
from yiwang.foundation.notifications.actions import tell
from yiwang.service.applications import actions as applications
from yiwang.service.applications import asking, drafts, submission
from yiwang.service.applications.reception import CONFIRMED, Vouched
from yiwang.service.applications.refusals import DraftChanged
from yiwang.service.applications.submission import Submitted
from yiwang.service.counters import appointments, codes, refusals
from yiwang.service.counters.models import Begun, Channel, Done, Hall, Handled, Shift, Visit
from yiwang.service.counters.permissions import own, serve
from yiwang.service.counters.refusals import NoSuchVisit

LONGEST_TRACKING = 40


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who stands at the window or calls. `card_seen`: the clerk compared card and face; `account_is_theirs`: what they
    said of an account that was opened in their name."""

    card: Card
    card_seen: bool = False
    account_is_theirs: bool | None = None


def open_window(hall: str, window: int, *, by: Actor) -> int:
    """Sit down at a window. Raises NotPossible (no such window, taken, or the clerk sits elsewhere)."""
    row = Hall.objects.filter(serve(by), code=hall).first()
    if row is None or by.id is None or not 1 <= window <= row.windows:
        raise refusals.NO_SUCH_WINDOW
    open_now = Shift.objects.filter(closed_at__isnull=True, clerk=by.id).first()
    if open_now is not None and (open_now.hall_id, open_now.window) == (row.pk, window):
        return open_now.pk
    try:
        with transaction.atomic():
            if open_now is not None:
                close_window(by=by)
            return Shift.objects.create(hall=row, window=window, clerk_id=by.id, opened_at=now()).pk
    except IntegrityError as taken:
        raise refusals.WINDOW_TAKEN from taken


def close_window(*, by: Actor) -> None:
    """Get up; whoever is served is served first. Closed already, nothing changes. Raises NotPossible."""
    with transaction.atomic():
        shift = Shift.objects.select_for_update().filter(clerk=by.id, closed_at__isnull=True).first()
        if shift is None:
            return
        if Visit.objects.filter(shift=shift, ended_at__isnull=True).exists():
            raise refusals.STILL_SERVED
        Shift.objects.filter(pk=shift.pk).update(closed_at=now())


def welcome(visitor: Visitor, *, by: Actor) -> int:
    """Begin a visit: at a window when their card was seen, on the telephone of whom a confirmed phone is on record.

    Raises NotPossible, directory NotPossible, in_person.WhoseAccount, InvalidIdentifier, UnacceptableText.
    """
    shift = Shift.objects.select_related("hall").filter(clerk=by.id, closed_at__isnull=True).first()
    if shift is None or not Hall.objects.filter(serve(by), pk=shift.hall_id).exists():
        raise refusals.NO_WINDOW
    at = now()
    at_window = shift.hall.channel == Channel.COUNTER
    try:
        with transaction.atomic():
            if at_window:
                if not visitor.card_seen:
                    raise refusals.CARD_NOT_SEEN
                person = in_person.identify(visitor.card, account_is_theirs=visitor.account_is_theirs, by=by)
            else:
                found = in_person.known(visitor.card)
                if found is None:
                    raise refusals.COME_TO_A_WINDOW
                person = found[0]
            visit = Visit.objects.create(
                shift=shift, person_id=person, started_at=at, confirmed_at=at if at_window else None
            )
            if at_window:
                appointments.keep(visit)
            else:
                codes.send(visit, codes.who(visit))
    except IntegrityError as busy:
        raise refusals.STILL_SERVED from busy
    return visit.pk


def confirm_caller(visit: int, code: str, *, by: Actor) -> None:
    """The caller said the code that their phone shows. Confirmed already, nothing changes. Raises NotPossible."""
    row = find(visit, by)
    if row.confirmed_at is None:
        codes.use(row, codes.who(row), code)
        Visit.objects.filter(pk=row.pk).update(confirmed_at=now())


def hand_over_sign_in(visit: int, *, by: Actor) -> in_person.SignIn:
    """A first password for the visitor's own account, opened where they have none; they are told that it happened.

    Raises NoSuchVisit, NotPossible (over, on the telephone), directory NotPossible.
    """
    row = _under_way(visit, by)
    if row.shift.hall.channel != Channel.COUNTER:
        raise refusals.COME_TO_A_WINDOW
    with transaction.atomic():
        handed = in_person.hand_over_sign_in(row.person_id, by=by)
        tell(
            handed.user_id,
            Words("窗口为您办了登录密码", "A password for your account was handed over at a window"),
            Words(
                "不是您本人去的窗口？请马上改密码，并告诉我们。",
                "Were you not at that window? Change your password now, and tell us.",
            ),
            reverse("directory:password"),
            f"counters:sign-in:{row.pk}:{now().isoformat()}",
        )
    return handed


def end(visit: int, *, by: Actor) -> None:
    """They go; ended already, nothing changes. Raises NoSuchVisit."""
    row = Visit.objects.filter(own(by), pk=visit).first()
    if row is None:
        raise NoSuchVisit(visit)
    Visit.objects.filter(pk=row.pk, ended_at__isnull=True).update(ended_at=now())


def begin(visit: int, service: str, *, by: Actor) -> UUID:
    """The draft of a service for the visitor, under the clerk's hand: what is known of them is filled in, what
    departments hold is looked up.

    Raises NoSuchVisit, NotPossible (over, or the caller is not confirmed), catalogue NotPublished.
    """
    row = _under_way(visit, by)
    with transaction.atomic():
        draft, _new = applications.start(service, by=by.speaking_for(row.person_id), channel=row.shift.hall.channel)
        Begun.objects.update_or_create(draft_id=draft, defaults={"visit": row})
    asking.look_up(draft, by=by)
    return draft


def send_signed(draft: UUID, version: int, signature: DocumentRef, *, by: Actor) -> Submitted:
    """Send what the visitor has signed: the signature stands among the papers to which the receipt commits.

    Raises NoSuchVisit, NotPossible and what `submission.submit` raises.
    """
    return _send(draft, version, Channel.COUNTER, Vouched(signatures=((signature.id, signature.sha256),)), by)


def send_confirmed(draft: UUID, version: int, code: str, *, by: Actor) -> Submitted:
    """Send what was read out to the caller and is confirmed by the code. Raises as `send_signed`."""
    visit = _visit_of(draft, by)
    held = drafts.read(draft, by)
    if held.version != version:
        raise DraftChanged(held.version)
    # Apart from the submission: a wrong try counts although nothing is sent.
    moment = codes.use(visit, codes.what(held), code)
    return _send(draft, version, Channel.PHONE, Vouched(confirmed={CONFIRMED: moment}), by)


def read_out(draft: UUID, *, by: Actor) -> None:
    """Send the caller a code for exactly what was read out to them. Raises NoSuchVisit, NotPossible."""
    visit = _visit_of(draft, by)
    held = drafts.read(draft, by)
    codes.send(visit, codes.what(held), held.progress.service.name)


def hand_out(visit: int, number: str, part: str, tracking: str = "", *, by: Actor) -> None:
    """Give the visitor the result of a part, or post it under the carrier's number.

    Raises NoSuchVisit, NotPossible, cases NotPossible, UnacceptableText.
    """
    row = _under_way(visit, by)
    number_of_carrier = canonical(tracking, max_length=LONGEST_TRACKING)
    with transaction.atomic():
        case = Case.objects.filter(number=number).first()
        if case is None or not Party.objects.filter(case=case, person=row.person_id).exists():
            raise refusals.NOTHING_TO_HAND_OUT
        cases.hand_out(
            PartRef(number, part),
            "post" if number_of_carrier else "collection",
            by=by.speaking_for(row.person_id),
            handed_out_in=row.shift.hall.place,
        )
        Handled.objects.create(
            visit=row, case=case, part=part, done=Done.HANDED_OUT, tracking=number_of_carrier, at=now()
        )


def find(visit: int, by: Actor) -> Visit:
    """A visit at the clerk's own window that goes on. Raises NoSuchVisit, NotPossible (over)."""
    row = Visit.objects.filter(own(by), pk=visit).select_related("shift__hall").first()
    if row is None:
        raise NoSuchVisit(visit)
    if row.ended_at is not None:
        raise refusals.VISIT_OVER
    return row


def _under_way(visit: int, by: Actor) -> Visit:
    row = find(visit, by)
    if row.confirmed_at is None:
        raise refusals.NOT_CONFIRMED
    return row


def _visit_of(draft: UUID, by: Actor) -> Visit:
    begun = Begun.objects.filter(draft=draft).values_list("visit_id", flat=True).first()
    if begun is None:
        raise NoSuchVisit
    return _under_way(begun, by)


def _send(draft: UUID, version: int, channel: Channel, own_yes: Vouched, by: Actor) -> Submitted:
    """Submit and count the visit, both or neither; sent before, the same answer comes again."""

    def vouched() -> Vouched:
        hall = _visit_of(draft, by).shift.hall
        if hall.channel != channel:
            raise refusals.NOT_SIGNED if channel is Channel.PHONE else refusals.NOT_CONFIRMED
        return replace(own_yes, place=hall.place)

    with transaction.atomic():
        done = submission.submit(draft, version, declared=True, by=by, vouched=vouched)
        case = Case.objects.values_list("pk", flat=True).get(number=done.number)
        visit = Begun.objects.values_list("visit_id", flat=True).get(draft=draft)
        Handled.objects.get_or_create(visit_id=visit, case_id=case, part="", done=Done.RECEIVED, defaults={"at": now()})
    return done

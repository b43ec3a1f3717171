"""Acting for somebody else: mandates are asked for, given and ended, and say who may speak for whom.

The principal gives one in their own account, agrees to one that was asked for, or says so at a window where a clerk
writes it down. Either side ends it at any time. Whatever was done under it stays and names it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from yiwang.foundation.directory.actions import NotPossible
from yiwang.foundation.directory.actor import Actor, ActorKind
from yiwang.foundation.directory.models import Enterprise, Mandate, MandateKind, Person
from yiwang.foundation.directory.queries import EnterpriseCard
from yiwang.foundation.kernel.identifiers import check_resident_id
from yiwang.foundation.kernel.text import Words, canonical
from yiwang.foundation.kernel.time import now

LONGEST = timedelta(days=3 * 366)
"""A mandate ends by itself after three years at most; who still needs it gives it again."""
MOST = 20
"""Mandates that somebody may have open on either side."""
MOST_SERVICES = 50

NOT_REPRESENTED = NotPossible(
    "not_represented",
    Words("您不是这家企业的法定代表人", "You are not the legal representative of this enterprise"),
    "enterprise",
)

NAMES: dict[str, Words] = {
    MandateKind.PROXY: Words("受委托的人", "proxy"),
    MandateKind.FAMILY: Words("家里人", "family"),
    MandateKind.PARENT: Words("父母", "parent"),
    MandateKind.GUARDIAN: Words("监护人", "guardian"),
    MandateKind.STAFF: Words("企业授权的员工", "staff of the enterprise"),
    MandateKind.HELPER: Words("帮办代办员", "helper of the city"),
}
BY_RESIDENTS = (MandateKind.FAMILY, MandateKind.PROXY)
"""What people give one another by themselves. Parents and guardians are looked at by somebody first."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a mandate reaches: its kind, services (none: all), until when, whether records may be told, which
    enterprise."""

    kind: MandateKind
    until: datetime
    services: tuple[str, ...] = ()
    records: bool = False
    enterprise: int | None = None


@dataclass(frozen=True, slots=True)
class MandateCard:
    """A mandate as both sides see it. `state` is "asked", "current" or "over" at the moment of asking."""

    id: int
    kind: MandateKind
    principal: str
    principal_id: int
    agent: str
    agent_id: int
    enterprise: EnterpriseCard | None
    services: tuple[str, ...]
    records: bool
    until: datetime
    state: str

    @property
    def kind_words(self) -> Words:
        return NAMES[self.kind]

    def covers(self, service: str) -> bool:
        """Whether it reaches this service now."""
        return self.state == "current" and (not self.services or service in self.services)


class NoSuchMandate(Exception):
    """There is none, or it is of others."""


_tellers: list[Callable[[MandateCard], None]] = []


def register_teller(tell: Callable[[MandateCard], None]) -> None:
    """Let a higher package tell the principal that they were asked."""
    _tellers.append(tell)


def in_force(at: datetime | None = None) -> Q:
    """Mandates that hold at `at` (now when left out)."""
    moment = now() if at is None else at
    stands_for = Q(enterprise__isnull=True) | Q(enterprise__representative=F("principal"))
    return stands_for & Q(given_at__lte=moment, until__gt=moment) & (Q(ended_at__isnull=True) | Q(ended_at__gt=moment))


def give(agent_name: str, agent_number: str, terms: Terms, *, by: Actor) -> int:
    """Let somebody act for oneself; returns the mandate's number. They are named by name and identity number, so that
    nobody learns whom the city knows.

    Raises NotPossible, InvalidIdentifier, UnacceptableText.
    """
    principal = _speaker(by)
    return _make(principal, _person(agent_name, agent_number, principal), terms, by=by, given_how="online")


def delegate(uscc: str, agent_name: str, agent_number: str, terms: Terms, *, by: Actor) -> int:
    """Let somebody of the staff act for an enterprise that one represents; returns the mandate's number. It lasts no
    longer than one represents it. Raises as `give`, and NotPossible where one does not."""
    principal = _speaker(by)
    enterprise = Enterprise.objects.filter(uscc=uscc, representative=principal).values_list("pk", flat=True).first()
    if enterprise is None:
        raise NOT_REPRESENTED
    of_staff = replace(terms, kind=MandateKind.STAFF, enterprise=enterprise)
    return _make(principal, _person(agent_name, agent_number, principal), of_staff, by=by, given_how="online")


def ask_for(principal_name: str, principal_number: str, terms: Terms, *, by: Actor) -> int:
    """Ask somebody to be allowed to act for them: nothing is allowed until they agree. Raises as `give`."""
    agent = _speaker(by)
    with transaction.atomic():
        mandate = _make(_person(principal_name, principal_number, agent), agent, terms, by=by, given_how="")
        for tell in _tellers:
            tell(card_of(mandate))
    return mandate


def write_down(principal: int, agent: int, terms: Terms, *, by: Actor, how: str = "window") -> int:
    """A clerk writes down the mandate that the principal gave before their eyes, or that the law gives (parents,
    guardians) and whose papers they saw. Raises NotPossible."""
    if by.kind is not ActorKind.OFFICER:
        raise NotPossible("not_a_clerk", Words("只有窗口工作人员能登记", "Only a clerk at a window writes this down"))
    return _make(principal, agent, terms, by=by, given_how=how)


def agree(mandate: int, *, by: Actor) -> None:
    """The principal agrees to what was asked of them. Agreed already, nothing changes. Raises NoSuchMandate."""
    at = now()
    with transaction.atomic():
        row = Mandate.objects.select_for_update().filter(pk=mandate, principal=_speaker(by)).first()
        if row is None or row.ended_at is not None or row.until <= at:
            raise NoSuchMandate(mandate)
        if row.given_at is None:
            row.given_at, row.given_by, row.given_how = at, str(by), "online"
            row.save(update_fields=["given_at", "given_by", "given_how"])


def end(mandate: int, *, by: Actor) -> None:
    """Either side ends it, from this moment; ended already, nothing changes. Raises NoSuchMandate."""
    person = _speaker(by)
    at = now()
    with transaction.atomic():
        mine = Q(principal=person) | Q(agent=person)
        row = Mandate.objects.select_for_update().filter(mine, pk=mandate).first()
        if row is None:
            raise NoSuchMandate(mandate)
        if row.ended_at is None and row.until > at:
            row.ended_at, row.ended_by = at, str(by)
            row.save(update_fields=["ended_at", "ended_by"])


def of(person: int) -> tuple[MandateCard, ...]:
    """The mandates that a person gave, was asked for, or holds; open ones first, newest first. One query."""
    rows = (
        Mandate.objects.filter(Q(principal=person) | Q(agent=person))
        .select_related("principal", "agent", "enterprise")
        .order_by("-pk")[: 5 * MOST]
    )
    cards = [_card(row) for row in rows]
    return tuple(sorted(cards, key=lambda card: card.state == "over"))


def held(by: Actor, service: str = "") -> tuple[MandateCard, ...]:
    """The mandates in force under which a resident may act; with `service`, those that reach it. One query."""
    if by.kind is not ActorKind.RESIDENT or by.person is None or by.mandate is not None:
        return ()
    rows = Mandate.objects.filter(in_force(), agent=by.person).select_related("principal", "agent", "enterprise")
    cards = (_card(row) for row in rows.order_by("pk")[:MOST])
    return tuple(card for card in cards if not service or card.covers(service))


def under(mandate: int, service: str, *, by: Actor) -> tuple[Actor, MandateCard]:
    """The resident speaking for the principal of a mandate in force that reaches the service. Raises NoSuchMandate."""
    card = next((each for each in held(by, service) if each.id == mandate), None)
    if card is None:
        raise NoSuchMandate(mandate)
    return by.speaking_for(card.principal_id, card.id), card


def card_of(mandate: int) -> MandateCard:
    """One mandate; asks nobody's right. Raises Mandate.DoesNotExist."""
    return _card(Mandate.objects.select_related("principal", "agent", "enterprise").get(pk=mandate))


def _make(principal: int, agent: int, terms: Terms, *, by: Actor, given_how: str) -> int:
    at = now()
    if not at < terms.until <= at + LONGEST:
        raise NotPossible(
            "bad_term",
            Words("期限要在今天之后，最长三年", "The last day must lie ahead, within three years"),
            "until",
        )
    if terms.kind not in BY_RESIDENTS and by.kind is not ActorKind.OFFICER and terms.enterprise is None:
        raise NotPossible(
            "not_by_oneself",
            Words("父母、监护人代办请到任一窗口登记", "Parents and guardians: have it written down at any window"),
            "kind",
        )
    if (terms.kind is MandateKind.STAFF) != (terms.enterprise is not None):
        raise ValueError("staff acts for an enterprise, and nobody else does")
    represented = Enterprise.objects.filter(representative=principal).values_list("pk", flat=True)
    if terms.enterprise is not None and terms.enterprise not in represented:
        raise NOT_REPRESENTED
    if principal == agent:
        raise NotPossible("oneself", Words("不能委托给自己", "You cannot give a mandate to yourself"), "resident_id")
    services = tuple(dict.fromkeys(terms.services))[:MOST_SERVICES]
    with transaction.atomic():
        # Both persons' rows are locked in one order, so that nobody opens more than `MOST` at once.
        list(Person.objects.select_for_update().filter(pk__in=(principal, agent)).order_by("pk"))
        open_ones = Mandate.objects.filter(ended_at__isnull=True, until__gt=at)
        same = open_ones.filter(
            principal=principal, agent=agent, enterprise=terms.enterprise, kind=terms.kind, services=list(services)
        ).first()
        if same is not None and (same.given_at is not None) == bool(given_how) and same.records == terms.records:
            return same.pk
        for side in ({"principal": principal}, {"agent": agent}):
            if terms.kind is not MandateKind.HELPER and open_ones.filter(**side).count() >= MOST:
                raise NotPossible(
                    "too_many_mandates",
                    Words(f"已有 {MOST} 份委托，请先结束不用的", f"There are {MOST} mandates. End those not needed"),
                )
        return Mandate.objects.create(
            principal_id=principal,
            agent_id=agent,
            enterprise_id=terms.enterprise,
            kind=terms.kind,
            services=list(services),
            records=terms.records,
            asked_at=at,
            asked_by=str(by),
            given_at=at if given_how else None,
            given_by=str(by) if given_how else "",
            given_how=given_how,
            until=terms.until,
        ).pk


def _speaker(by: Actor) -> int:
    """The person who gives or takes: a mandate is never passed on under another."""
    if by.kind is not ActorKind.RESIDENT or by.person is None or by.mandate is not None:
        raise NoSuchMandate
    return by.person


def _person(name: str, number: str, asking: int) -> int:
    wanted = canonical(name, max_length=64)
    found = Person.objects.filter(resident_id=check_resident_id(number)).values_list("pk", "name").first()
    if found is None or found[1] != wanted:
        raise NotPossible(
            "no_such_person",
            Words(
                "没有找到姓名和证件号都相符的人。请核对，或请对方先注册",
                "Nobody has this name and number. Check both, or ask them to open an account first",
            ),
            "resident_id",
        )
    if found[0] == asking:
        raise NotPossible("oneself", Words("不能委托给自己", "You cannot give a mandate to yourself"), "resident_id")
    return int(found[0])


def _card(row: Mandate) -> MandateCard:
    at = now()
    over = row.until <= at or (row.ended_at is not None and row.ended_at <= at)
    enterprise = row.enterprise
    over = over or (enterprise is not None and enterprise.representative_id != row.principal_id)
    return MandateCard(
        id=row.pk,
        kind=MandateKind(row.kind),
        principal=row.principal.name,
        principal_id=row.principal_id,
        agent=row.agent.name,
        agent_id=row.agent_id,
        enterprise=None if enterprise is None else EnterpriseCard(enterprise.name, enterprise.uscc),
        services=tuple(row.services),
        records=row.records,
        until=row.until,
        state="over" if over else "current" if row.given_at is not None and row.given_at <= at else "asked",
    )

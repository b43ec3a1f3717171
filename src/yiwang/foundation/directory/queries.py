"""What others ask the directory."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from yiwang.foundation.directory import offices
from yiwang.foundation.directory.actor import in_term
from yiwang.foundation.directory.levels import CARDS, MEANS, Level, LevelCard, Means
from yiwang.foundation.directory.models import (
    ApiToken,
    Appointment,
    Department,
    Enterprise,
    IdentityLevel,
    IdentityProof,
    Person,
    Post,
    User,
    UserKind,
)
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.text import Words


@dataclass(frozen=True, slots=True)
class DepartmentCard:
    code: str
    name: Words


@dataclass(frozen=True, slots=True)
class BranchCard:
    """A branch of a city's department, competent in the district or street whose code is `place`."""

    code: str
    name: Words
    department: str
    place: str
    uscc: str


@dataclass(frozen=True, slots=True)
class PostCard:
    """A post as `water/permits`, with its own name and its department's."""

    code: str
    name: Words
    department: DepartmentCard


@dataclass(frozen=True, slots=True)
class OfficerCard:
    """An officer who holds a post now."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is; personal data, for filling in and checking, never for logs or events. `user_id` is their
    account, where they have one."""

    person_id: int
    user_id: int | None
    name: str
    resident_id: str
    phone: str
    level: Level = Level.UNVERIFIED


@dataclass(frozen=True, slots=True)
class Proof:
    """That a level was proven, as its holder sees it."""

    level: Level
    words: Words
    at: datetime


@dataclass(frozen=True, slots=True)
class EnterpriseCard:
    name: str
    uscc: str


@dataclass(frozen=True, slots=True)
class Term:
    """An appointment as administrators see it. `state` is "current", "ahead" or "over" at the moment of asking."""

    id: int
    post: PostCard
    since: datetime
    until: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class OfficerRow:
    id: int
    name: str
    username: str
    is_active: bool
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class TokenCard:
    id: int
    name: str
    issued_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


def departments() -> tuple[DepartmentCard, ...]:
    """The city's departments in their order, without their branches."""
    return tuple(_department(row) for row in Department.objects.filter(parent__isnull=True))


def branches(*departments: str) -> tuple[BranchCard, ...]:
    """The branches of these departments, or of all, in their order."""
    rows = Department.objects.filter(parent__isnull=False)
    if departments:
        rows = rows.filter(parent__code__in=departments)
    return _branches(rows)


def branch(code: str) -> BranchCard | None:
    """The branch of this code; None for a department of the city."""
    return next(iter(_branches(Department.objects.filter(code=code, parent__isnull=False))), None)


def codes_of_branches(departments: Collection[str]) -> QuerySet[Department, str]:
    """The codes of the branches of these departments, for a question inside another one."""
    return Department.objects.filter(parent__code__in=departments).values_list("code", flat=True).order_by()


def competent_in(place: str) -> dict[str, str]:
    """The one competent office in a place, by department; departments without a branch there or around it are left
    out, as they are competent themselves. One query."""
    rows = Department.objects.filter(place__in=offices.around(place)).values_list("parent__code", "place")
    found = {(str(department), where) for department, where in rows}
    return {department: offices.nearest(found, department, place) for department, _where in found}


def department_of(office: str) -> str:
    """The city's department that an office is, or whose branch it is; the code itself where it is unknown."""
    parent = Department.objects.filter(code=office).values_list("parent__code", flat=True).first()
    return parent or office


def department(code: str) -> DepartmentCard | None:
    row = Department.objects.filter(code=code).first()
    return None if row is None else _department(row)


def posts(department_code: str | None = None) -> tuple[PostCard, ...]:
    """All posts, or those of one department, in their order."""
    rows = Post.objects.select_related("department")
    if department_code is not None:
        rows = rows.filter(department__code=department_code)
    return tuple(_post(row) for row in rows)


def post_name(post: str) -> Words:
    """A post ("water/permits") as people say it, with its department; "water/*" is the whole department."""
    office, _slash, name = post.partition("/")
    row = Post.objects.select_related("department").filter(department__code=office, code=name).first()
    if row is not None:
        card = _post(row)
        return Words(
            f"{card.department.name.zh} · {card.name.zh}",
            f"{card.department.name.en} · {card.name.en}",
        )
    whole = department(office)
    return whole.name if whole is not None else Words(post, post)


def officers_in(department_code: str, post: str | None = None) -> tuple[OfficerCard, ...]:
    """The officers who hold a post in the department now (with `post` "water/permits": that one), by name."""
    held = Appointment.objects.filter(
        in_term(), post__department__code=department_code, user__is_active=True, user__kind=UserKind.OFFICER
    )
    if post is not None:
        held = held.filter(post__code=post.rpartition("/")[2])
    found = held.order_by("user__name", "user_id").values_list("user_id", "user__name").distinct()
    return tuple(OfficerCard(user_id, name) for user_id, name in found)


def department_names() -> dict[str, Words]:
    """Names of all departments and of their branches by code, in their order."""
    return {code: Words(zh, en) for code, zh, en in Department.objects.values_list("code", "name_zh", "name_en")}


def office_names(codes: Collection[str]) -> dict[str, Words]:
    """Names of these departments and branches; unknown codes are left out. No query where none is asked."""
    rows = Department.objects.filter(code__in=codes).values_list("code", "name_zh", "name_en") if codes else ()
    return {code: Words(zh, en) for code, zh, en in rows}


def names(user_ids: Iterable[int]) -> dict[int, str]:
    """The display names of accounts, in one query; unknown ids are left out."""
    return dict(User.objects.filter(pk__in=set(user_ids)).values_list("pk", "name"))


def identity(user_id: int) -> Identity | None:
    """Who holds a resident's account; None for accounts without a person.

    Asked by every submission: the ORM would take ten times as long to phrase it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person.id, account.id, person.name, person.resident_id, person.phone, person.level "
            "FROM directory_user AS account JOIN directory_person AS person ON person.id = account.person_id "
            "WHERE account.id = %s",
            [user_id],
        )
        row = cursor.fetchone()
    return None if row is None else _identity(row)


def levels() -> dict[Level, LevelCard]:
    """The identity levels as the city calls them, the lowest first."""
    own = {
        Level(row.code): LevelCard(Level(row.code), Words(row.name_zh, row.name_en), Words(row.how_zh, row.how_en))
        for row in IdentityLevel.objects.all()
    }
    return {level: own.get(level, CARDS[level]) for level in Level}


@dataclass(frozen=True, slots=True)
class Gap:
    """The level that somebody has, and the one that something needs."""

    has: LevelCard
    needs: LevelCard


def gap(level: Level | None, minimum: Level) -> Gap | None:
    """What is missing to do something that needs `minimum`; None where nothing is, or for nobody in particular."""
    if level is None or level.reaches(minimum):
        return None
    cards = levels()
    return Gap(cards[level], cards[minimum])


def level_of(user: object) -> Level | None:
    """The identity level of who is signed in; None for visitors and for accounts without a person."""
    if not isinstance(user, User) or user.person is None:
        return None
    return Level(user.person.level)


def proofs(user_id: int) -> tuple[Proof, ...]:
    """What was proven of the account's holder, newest first."""
    holder = User.objects.filter(pk=user_id, person__isnull=False).values("person")
    rows = IdentityProof.objects.filter(person__in=holder).order_by("-at", "-pk")[:20]
    return tuple(Proof(Level(row.level), MEANS[Means(row.means)], row.at) for row in rows)


def identity_of_person(person_id: int) -> Identity:
    """Who a person is, with an account or without. Raises Person.DoesNotExist."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person.id, account.id, person.name, person.resident_id, person.phone, person.level "
            "FROM directory_person AS person LEFT JOIN directory_user AS account ON account.person_id = person.id "
            "WHERE person.id = %s",
            [person_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise Person.DoesNotExist
    return _identity(row)


def _identity(row: tuple[Any, ...]) -> Identity:
    person, account, name, resident_id, phone, level = row
    return Identity(person, account, name, resident_id, phone, Level(level))


def enterprise(uscc: str) -> EnterpriseCard | None:
    row = Enterprise.objects.filter(uscc=uscc).values_list("name", "uscc").first()
    return None if row is None else EnterpriseCard(*row)


def represented_by(user_id: int) -> tuple[EnterpriseCard, ...]:
    """The enterprises that an account holder represents, by code; at most 50."""
    holder = User.objects.filter(pk=user_id, person__isnull=False).values("person")
    found = Enterprise.objects.filter(representative__in=holder)
    return tuple(EnterpriseCard(name, uscc) for name, uscc in found.order_by("uscc").values_list("name", "uscc")[:50])


def officers() -> tuple[OfficerRow, ...]:
    """Every officer with their terms, current ones first; two queries."""
    at = time.now()
    terms: dict[int, list[Term]] = {}
    rows = Appointment.objects.select_related("post__department").order_by("post__department__order", "post", "since")
    for row in rows:
        state = "ahead" if row.since > at else "current" if row.until is None or row.until > at else "over"
        terms.setdefault(row.user_id, []).append(Term(row.pk, _post(row.post), row.since, row.until, state))
    order = {"current": 0, "ahead": 1, "over": 2}
    return tuple(
        OfficerRow(
            user.pk,
            user.name,
            user.username,
            user.is_active,
            tuple(sorted(terms.get(user.pk, ()), key=lambda term: order[term.state])),
        )
        for user in User.objects.filter(kind=UserKind.OFFICER).order_by("username")
    )


def term(appointment_id: int) -> tuple[OfficerCard, Term] | None:
    """One appointment and who holds it."""
    row = Appointment.objects.select_related("post__department", "user").filter(pk=appointment_id).first()
    if row is None:
        return None
    at = time.now()
    state = "ahead" if row.since > at else "current" if row.until is None or row.until > at else "over"
    return OfficerCard(row.user_id, row.user.name), Term(row.pk, _post(row.post), row.since, row.until, state)


def tokens(user_id: int) -> tuple[TokenCard, ...]:
    """The account's tokens that still work, newest first."""
    found = ApiToken.objects.filter(user_id=user_id, revoked_at__isnull=True, expires_at__gt=time.now())
    return tuple(
        TokenCard(row.pk, row.name, row.issued_at, row.expires_at, row.last_used_at)
        for row in found.order_by("-issued_at", "-pk")
    )


def _branches(rows: QuerySet[Department]) -> tuple[BranchCard, ...]:
    found = rows.values_list("code", "name_zh", "name_en", "parent__code", "place", "uscc")
    return tuple(BranchCard(code, Words(zh, en), parent, place, uscc) for code, zh, en, parent, place, uscc in found)


def _department(row: Department) -> DepartmentCard:
    return DepartmentCard(row.code, Words(row.name_zh, row.name_en))


def _post(row: Post) -> PostCard:
    return PostCard(f"{row.department.code}/{row.code}", Words(row.name_zh, row.name_en), _department(row.department))

"""Who acts in made-up histories: departments, posts, officers in office and residents with accounts, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from random import Random

from django.core.management.color import no_style
from django.db import connection, transaction

from benchmarks import townscape
from yiwang.foundation.directory.actor import Actor, ActorKind, officer
from yiwang.foundation.directory.levels import Level
from yiwang.foundation.directory.models import Appointment, Department, Person, Post, User, UserKind
from yiwang.foundation.kernel.identifiers import make_resident_id
from yiwang.foundation.kernel.text import Words

SETTLED = datetime(2015, 1, 4, tzinfo=UTC)
_POSTS = {
    "window": Words("窗口受理岗", "Window"),
    "review": Words("审查岗", "Reviewer"),
    "inspection": Words("现场核查岗", "Inspector"),
    "head": Words("审批岗", "Head"),
}


@dataclass(frozen=True)
class Resident:
    """Somebody with an account."""

    id: int
    name: str
    identifier: str

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.RESIDENT, self.id, person=self.id)


@dataclass(frozen=True)
class Town:
    """The accounts of an invented city; the same for the same seed and size, whatever the database."""

    seed: int = 1
    size: int = 2000
    """residents"""

    @cached_property
    def officers(self) -> Mapping[str, tuple[int, ...]]:
        """Account numbers by post. Everybody holds one post."""
        numbers = count(1)
        return {
            f"{office.code}/{post}": tuple(next(numbers) for _ in range(office.officers))
            for office in townscape.offices().values()
            for post in _POSTS
        }

    @cached_property
    def residents(self) -> tuple[Resident, ...]:
        rng = Random(self.seed)
        first = 1 + sum(len(held) for held in self.officers.values())
        identifiers: dict[str, None] = {}
        for number in count(self.seed * 1_000_000):
            if len(identifiers) == self.size:
                break
            identifiers[make_resident_id(number)] = None
        return tuple(
            Resident(first + place, townscape.person_name(rng), identifier)
            for place, identifier in enumerate(identifiers)
        )

    def actor(self, number: int, post: str) -> Actor:
        return officer(number, [post])

    def whole_department(self, code: str) -> Actor:
        """An officer who holds every post of a department, as the pages of the desk want one."""
        return officer(self.officers[f"{code}/head"][0], [f"{code}/{post}" for post in _POSTS])

    def settle(self) -> None:
        """Put everybody into an empty directory."""
        rng = Random(self.seed)
        with transaction.atomic():
            posts = _posts()
            accounts, appointments = [], []
            for post, numbers in self.officers.items():
                for number in numbers:
                    accounts.append(_account(number, townscape.person_name(rng), UserKind.OFFICER))
                    appointments.append(
                        Appointment(user_id=number, post=posts[post], since=SETTLED, appointed_by="administrator:0")
                    )
            accounts += [_account(each.id, each.name, UserKind.RESIDENT, person=each.id) for each in self.residents]
            Person.objects.bulk_create(
                Person(id=each.id, name=each.name, resident_id=each.identifier, level=Level.REAL_NAME)
                for each in self.residents
            )
            User.objects.bulk_create(accounts)
            Appointment.objects.bulk_create(appointments)
            continue_numbers(Person, User)


def continue_numbers(*models: type) -> None:
    """Let the next row get the next number, after rows were written with numbers of our own."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _posts() -> dict[str, Post]:
    """The departments with their posts, by "department/post"."""
    posts = {}
    for order, office in enumerate(townscape.offices().values()):
        department = Department.objects.create(
            code=office.code, name_zh=office.name.zh, name_en=office.name.en, order=order
        )
        for place, (post, name) in enumerate(_POSTS.items()):
            posts[f"{office.code}/{post}"] = Post.objects.create(
                department=department, code=post, name_zh=name.zh, name_en=name.en, order=place
            )
    return posts


def _account(number: int, name: str, kind: UserKind, person: int | None = None) -> User:
    """Nobody signs in to it with a password."""
    return User(
        id=number,
        username=f"account{number}",
        name=name,
        kind=kind,
        person_id=person,
        registered_at=SETTLED,
        password="!",
    )

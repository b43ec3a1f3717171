"""Taking a city's published offices and people into the database, as often as one likes."""

from __future__ import annotations

from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import transaction

from yiwang.foundation.directory import proving, published, published_levels
from yiwang.foundation.directory.actor import MACHINE
from yiwang.foundation.directory.levels import Level, Means
from yiwang.foundation.directory.models import (
    Appointment,
    Department,
    Enterprise,
    IdentityLevel,
    Person,
    Post,
    User,
)
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.findings import Refused, errors


def load(city: Path) -> None:
    """Read `departments.yaml`, `people.yaml` and `identity.yaml` of a city. Raises Refused with findings.

    Loading again changes names and adds what is new. It never touches a password that was set, never ends a term, never
    gives a post back whose term an administrator has ended, and never lowers an identity level. Departments and posts
    that are no longer in the files stay: cases of theirs may be open.
    """
    directory, findings = published.read(city)
    levels, more = published_levels.read(city)
    findings = [*findings, *more]
    if errors(findings):
        raise Refused(findings)
    with transaction.atomic():
        for card in levels.cards.values():
            IdentityLevel.objects.update_or_create(
                code=card.level,
                defaults={
                    "name_zh": card.name.zh,
                    "name_en": card.name.en,
                    "how_zh": card.how.zh,
                    "how_en": card.how.en,
                },
            )
        posts = _load_offices(directory)
        _load_accounts(directory, posts)
        for enterprise in directory.enterprises:
            Enterprise.objects.update_or_create(uscc=enterprise.uscc, defaults={"name": enterprise.name})


def _load_offices(directory: published.PublishedDirectory) -> dict[str, Post]:
    posts: dict[str, Post] = {}
    offices: dict[str, Department] = {row.code: row for row in Department.objects.all()}
    known = {(row.department_id, row.code): row for row in Post.objects.all()}
    for place, office in enumerate(directory.departments):
        row = offices.setdefault(office.code, Department(code=office.code))
        row.name_zh, row.name_en, row.order = office.name.zh, office.name.en, place
        row.parent, row.place, row.uscc = offices.get(office.parent), office.place, office.uscc
        row.save()
        for post_place, post in enumerate(office.posts):
            held = known.get((row.pk, post.code)) or Post(department=row, code=post.code)
            held.name_zh, held.name_en, held.order = post.name.zh, post.name.en, post_place
            held.save()
            posts[f"{office.code}/{post.code}"] = held
    return posts


def _load_accounts(directory: published.PublishedDirectory, posts: dict[str, Post]) -> None:
    at = time.now()
    known = User.objects.select_related("person").in_bulk(
        [account.username for account in directory.accounts], field_name="username"
    )
    # One hash for all of a demonstration city: the password is public, and each hash costs a tenth of a second.
    password = make_password(directory.password or None)
    held = set(Appointment.objects.values_list("user_id", "post_id"))
    for account in directory.accounts:
        user = known.get(account.username)
        if user is None:
            user = User(username=account.username, kind=account.kind, password=password, registered_at=at)
            user.language = account.language
        user.name, user.email = account.name, account.email or user.email
        user.person = _person(account, user.person)
        user.save()
        for post in (posts[code] for code in account.posts):
            if (user.pk, post.pk) not in held:
                Appointment.objects.create(user=user, post=post, since=at, appointed_by=str(MACHINE))


def _person(account: published.PublishedAccount, known: Person | None) -> Person | None:
    if not (account.resident_id or account.phone):
        return known
    person = known or Person()
    person.name, person.resident_id = account.name, account.resident_id
    if person.phone != account.phone:
        person.phone, person.phone_confirmed_at = account.phone, time.now() if account.phone else None
    person.save()
    if not Level(person.level).reaches(account.level):
        proving.prove(person.pk, account.level, Means.PUBLISHED, by=str(MACHINE))
        person.level = account.level
    return person

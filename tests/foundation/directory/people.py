"""People and offices for tests: each call makes new ones, all of them valid."""

from __future__ import annotations

import itertools

from yiwang.foundation.directory.levels import Level
from yiwang.foundation.directory.models import Appointment, Department, Person, Post, User, UserKind
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.identifiers import make_resident_id

PASSWORD = "a long walk by the river"

_numbers = itertools.count(1)


def resident(name: str = "王小满", *, level: Level = Level.REAL_NAME, **fields: object) -> User:
    number = next(_numbers)
    person = Person.objects.create(
        name=name, resident_id=make_resident_id(number), phone=f"139{number:08d}", level=level
    )
    return _user(f"resident{number}", name, UserKind.RESIDENT, person=person, **fields)


def officer(*posts: str, name: str = "赵明", **fields: object) -> User:
    """An officer who holds these posts ("water/permits") from now on; departments and posts are made when missing."""
    user = _user(f"officer{next(_numbers)}", name, UserKind.OFFICER, **fields)
    for code in posts:
        Appointment.objects.create(user=user, post=post(code), since=time.now(), appointed_by="machine")
    return user


def administrator(**fields: object) -> User:
    return _user(f"admin{next(_numbers)}", "管理员", UserKind.ADMINISTRATOR, **fields)


def post(code: str) -> Post:
    department_code, _, post_code = code.partition("/")
    department, _created = Department.objects.get_or_create(
        code=department_code, defaults={"name_zh": department_code, "name_en": department_code}
    )
    found, _created = Post.objects.get_or_create(
        department=department, code=post_code, defaults={"name_zh": post_code, "name_en": post_code}
    )
    return found


def _user(username: str, name: str, kind: UserKind, **fields: object) -> User:
    return User.objects.create_user(username, PASSWORD, name=name, kind=kind, registered_at=time.now(), **fields)

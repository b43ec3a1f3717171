"""Joiner, mover, leaver: what an administrator does when somebody comes, changes posts or goes.

Tasks lie above the directory (`casework.cases`), which hears of each deed and puts back, or hands to the named
colleague, whatever the officer may no longer do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from yiwang.foundation.directory import actions
from yiwang.foundation.directory.actor import Actor, ActorKind, in_term
from yiwang.foundation.directory.events import OfficerJoined, OfficerLeft, OfficerMoved
from yiwang.foundation.directory.models import Appointment, User, UserKind
from yiwang.foundation.directory.publishing import publish
from yiwang.foundation.directory.refusals import NotPermitted, NotPossible
from yiwang.foundation.directory.second_factors import actions as second_factors
from yiwang.foundation.directory.single_sign_on import actions as single_sign_on
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.text import Words, canonical


@dataclass(frozen=True, slots=True)
class Joiner:
    """Who comes: checked by a form or the file's reader."""

    username: str
    name: str
    posts: tuple[str, ...]
    email: str = ""
    language: str = "zh-hans"


@dataclass(frozen=True, slots=True)
class Joined:
    """The account, and its first password at the only moment when it can be read."""

    user_id: int
    username: str
    password: str


NO_OFFICER = NotPossible("no_such_officer", Words("没有这名工作人员", "There is no such officer"), "officer")
NO_COLLEAGUE = NotPossible(
    "no_such_colleague",
    Words("请选一名在职的同事，或让任务退回岗位", "Choose a colleague who is in office, or put the tasks back"),
    "successor",
)
NOTHING_CHANGES = NotPossible(
    "nothing_changes", Words("请选要离开或要接任的岗位", "Choose a post to leave or to take"), "taken"
)


def join(new: Joiner, *, by: Actor) -> Joined:
    """Open an officer's account and appoint them; their first password must be exchanged at the first sign-in.

    Raises NotPermitted, NotPossible (user name taken, no such post), UnacceptableText.
    """
    _administer(by)
    username, password = new.username.lower(), actions.first_password()
    if not actions.USERNAME.fullmatch(username):
        raise NotPossible(
            "not_a_username",
            Words("用户名要 3 至 40 个小写字母或数字，字母开头", "A user name has 3 to 40 small letters or digits"),
            "username",
        )
    if not new.posts:
        raise NotPossible("no_post", Words("请至少选一个岗位", "Choose at least one post"), "posts")
    try:
        with transaction.atomic():
            if User.objects.filter(username=username).exists():
                raise actions.TAKEN_USERNAME
            user = User.objects.create_user(
                username,
                password,
                name=canonical(new.name, max_length=64),
                kind=UserKind.OFFICER,
                language=new.language,
                email=new.email,
                must_change_password=True,
                registered_at=time.now(),
            )
            for post in new.posts:
                actions.appoint(user.pk, post, by=by)
            publish(user.pk, OfficerJoined(posts=tuple(new.posts)), by=by)
    except IntegrityError as taken:
        raise actions.TAKEN_USERNAME from taken
    return Joined(user.pk, username, password)


def move(user_id: int, *, gone: Iterable[str], taken: Iterable[str], by: Actor, successor: int | None = None) -> None:
    """End terms and begin others now, all or nothing ("water/permits").

    Raises NotPermitted, NotPossible (no such officer, colleague or post; a post held already; nothing to change).
    """
    _administer(by)
    leaving, taking = tuple(sorted(set(gone))), tuple(sorted(set(taken)))
    if not leaving and not taking:
        raise NOTHING_CHANGES
    with transaction.atomic():
        _lock(user_id)
        _check_successor(user_id, successor)
        ended = _end([each for each in _terms(user_id) if _code(each) in leaving], by)
        for post in taking:
            actions.appoint(user_id, post, by=by)
        publish(user_id, OfficerMoved(gone=ended, taken=taking, successor=successor or 0), by=by)


def leave(user_id: int, *, by: Actor, successor: int | None = None) -> None:
    """End all terms, sessions and tokens, and switch the account off. It stays, so that the record keeps its name.

    Raises NotPermitted, NotPossible (no such officer or colleague).
    """
    _administer(by)
    with transaction.atomic():
        user = _lock(user_id)
        _check_successor(user_id, successor)
        ended = _end(_terms(user_id), by)
        actions.switch(user, False)
        second_factors.forget_all(user)
        single_sign_on.disconnect(user)
        publish(user_id, OfficerLeft(gone=ended, successor=successor or 0), by=by)


def renew_sign_in(user_id: int, *, by: Actor) -> Joined:
    """A new first password for an officer who has lost theirs, or their second factor; all of their sessions end.

    Raises NotPermitted, NotPossible.
    """
    _administer(by)
    password = actions.first_password()
    with transaction.atomic():
        user = _lock(user_id)
        user.set_password(password)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        second_factors.forget_all(user)
        single_sign_on.disconnect(user)
        actions.revoke_tokens(user)
    return Joined(user.pk, user.username, password)


def _lock(user_id: int) -> User:
    user = User.objects.select_for_update().filter(pk=user_id, kind=UserKind.OFFICER, is_active=True).first()
    if user is None:
        raise NO_OFFICER
    return user


def _terms(user_id: int) -> Sequence[Appointment]:
    """Terms that are not over, those ahead included."""
    rows = Appointment.objects.select_for_update(of=("self",)).filter(user_id=user_id).exclude(until__lte=time.now())
    return list(rows.select_related("post__department"))


def _end(terms: Sequence[Appointment], by: Actor) -> tuple[str, ...]:
    at = time.now()
    for row in terms:
        row.until, row.ended_by = max(at, row.since), str(by)
        row.save(update_fields=["until", "ended_by"])
    return tuple(sorted({_code(row) for row in terms}))


def _code(row: Appointment) -> str:
    return f"{row.post.department.code}/{row.post.code}"


def _check_successor(user_id: int, successor: int | None) -> None:
    if successor is None:
        return
    in_office = Appointment.objects.filter(
        in_term(), user_id=successor, user__is_active=True, user__kind=UserKind.OFFICER
    )
    if successor == user_id or not in_office.exists():
        raise NO_COLLEAGUE


def _administer(by: Actor) -> None:
    if by.kind is not ActorKind.ADMINISTRATOR and by.kind is not ActorKind.MACHINE:
        raise NotPermitted(f"{by} does not administer officers")

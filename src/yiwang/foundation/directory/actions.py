"""What people do with accounts, offices and terms."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, connection, transaction

from yiwang.foundation.directory.actor import Actor, ActorKind
from yiwang.foundation.directory.events import OfficerMoved
from yiwang.foundation.directory.models import ApiToken, Appointment, Person, Post, User, UserKind
from yiwang.foundation.directory.publishing import publish
from yiwang.foundation.directory.refusals import NotPermitted as NotPermitted
from yiwang.foundation.directory.refusals import NotPossible as NotPossible
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.identifiers import check_phone, check_resident_id
from yiwang.foundation.kernel.text import Words, canonical

USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")
TOKEN_TERM = timedelta(days=90)
MOST_TOKENS = 20
TOKEN_PREFIX = "yw_"  # noqa: S105 (what every token begins with, so that leaked ones can be found)


@dataclass(frozen=True, slots=True)
class NewResident:
    """What a resident says of themselves when they open an account."""

    name: str
    resident_id: str
    phone: str
    username: str
    password: str
    language: str = "zh-hans"


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token at the only moment when it can be read."""

    id: int
    token: str
    expires_at: datetime


TAKEN_USERNAME = NotPossible(
    "username_taken", Words("这个用户名已有人使用，请换一个", "This user name is taken. Choose another"), "username"
)
TAKEN_PHONE = NotPossible(
    "phone_taken",
    Words(
        "这个手机号已用于另一账号，请登录或换一个手机号",
        "This phone belongs to another account. Sign in, or give another",
    ),
    "phone",
)
TAKEN_RESIDENT_ID = NotPossible(
    "resident_id_taken",
    Words(
        "这个身份证号已有账号。请直接登录；不是您本人开立的，请带身份证到任一窗口核实",
        "There is an account for this identity number. Sign in; if it is not yours, bring your card to any window",
    ),
    "resident_id",
)


def register(new: NewResident) -> User:
    """Open an account for a resident.

    Raises UnacceptableText, InvalidIdentifier, django ValidationError (password), NotPossible (name, phone or number
    already in use).
    """
    name = canonical(new.name, max_length=64)
    resident_id, phone = check_resident_id(new.resident_id), check_phone(new.phone)
    username = new.username.lower()
    if not name or not USERNAME.fullmatch(username):
        raise ValueError("a form checks name and user name before it registers")
    validate_password(new.password, User(username=username, name=name))
    try:
        with transaction.atomic():
            _refuse_taken(username, phone, resident_id)
            person = Person.objects.create(name=name, resident_id=resident_id, phone=phone)
            return User.objects.create_user(
                username,
                new.password,
                name=name,
                kind=UserKind.RESIDENT,
                language=new.language,
                person=person,
                registered_at=time.now(),
            )
    except IntegrityError:
        # Somebody was faster: now the look-up finds which of the three is taken.
        _refuse_taken(username, phone, resident_id)
        raise


def choose_language(user: User, language: str) -> None:
    """Say in which language messages are written ("zh-hans", "en")."""
    User.objects.filter(pk=user.pk).update(language=language)
    user.language = language


def change_password(user: User, new: str) -> None:
    """Set another password; every other session of the account ends. Raises django ValidationError."""
    validate_password(new, user)
    user.set_password(new)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])


def switch(user: User, active: bool) -> None:
    """Switch an account off (its sessions end, its tokens are revoked, nobody signs in to it) or on again."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=active)
        if not active:
            ApiToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=time.now())
    user.is_active = active


def system_account(department: str) -> User:
    """The account of a department's own system, made where there is none: it holds tokens and never signs in.

    Raises NotPossible where a person took its name.
    """
    user, _made = User.objects.get_or_create(
        username=f"system.{department}",
        defaults={"name": department, "kind": UserKind.SYSTEM, "registered_at": time.now(), "password": "!"},
    )
    if user.kind != UserKind.SYSTEM:
        raise NotPossible(
            "name_taken", Words(f"{user.username} 已是别人的账号", f"{user.username} is somebody's account already")
        )
    return user


def revoke_tokens(user: User) -> int:
    """Let none of the account's tokens work any longer; returns how many there were."""
    open_tokens = ApiToken.objects.filter(user=user, revoked_at__isnull=True)
    return open_tokens.update(revoked_at=time.now())


def issue_token(user: User, name: str, *, term: timedelta = TOKEN_TERM) -> IssuedToken:
    """Give the account a bearer token for the API.

    Raises NotPossible when the account holds too many, ValueError for a term over 90 days.
    """
    if not timedelta(0) < term <= TOKEN_TERM:
        raise ValueError("a token lives at most 90 days")
    at = time.now()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if ApiToken.objects.filter(user=user, revoked_at__isnull=True, expires_at__gt=at).count() >= MOST_TOKENS:
            raise NotPossible(
                "too_many_tokens",
                Words("您已有 20 个令牌，请先撤销不用的", "You hold 20 tokens. Revoke those you do not use"),
            )
        token = TOKEN_PREFIX + secrets.token_urlsafe(32)
        row = ApiToken.objects.create(
            user=user,
            name=canonical(name, max_length=80),
            digest=token_digest(token),
            issued_at=at,
            expires_at=at + term,
        )
    return IssuedToken(row.pk, token, row.expires_at)


def revoke_token(user: User, token_id: int) -> bool:
    """End one of the account's own tokens from this moment; False when the account holds no such token."""
    mine = ApiToken.objects.filter(pk=token_id, user=user, revoked_at__isnull=True)
    return mine.update(revoked_at=time.now()) == 1


def account_of_token(token: str) -> User | None:
    """The account for which a bearer token speaks now; None for a token unknown, expired or revoked."""
    at = time.now()
    values = (at - timedelta(minutes=1), token_digest(token), at)
    found = list(User.objects.raw(_BEARER, [_of_database(each) for each in values]))
    if not found:
        return None
    (account,) = found
    if account.is_long_unused:  # type: ignore[attr-defined]  # a column of the query
        ApiToken.objects.filter(digest=token_digest(token)).update(last_used_at=at)
    return account


_BEARER = (
    "SELECT account.*, (token.last_used_at IS NULL OR token.last_used_at <= %s) AS is_long_unused "
    "FROM directory_apitoken AS token JOIN directory_user AS account ON account.id = token.user_id "
    "WHERE token.digest = %s AND token.revoked_at IS NULL AND token.expires_at > %s AND account.is_active"
)
"""Asked by every request of a program: the ORM would take ten times as long to phrase it."""


def _of_database(value: str | datetime) -> object:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def first_password() -> str:
    """A password that is handed over on paper and opens one page: that on which its holder chooses another."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def appoint(
    user_id: int, post: str, *, by: Actor, since: datetime | None = None, until: datetime | None = None
) -> Appointment:
    """Give an officer a post ("water/permits") from `since` (now when left out) until `until` (open when left out).

    Raises NotPermitted, NotPossible (no such officer or post, held already, ends before it starts).
    """
    _administer(by)
    start = time.now() if since is None else since
    department, _, code = post.partition("/")
    office = Post.objects.filter(department__code=department, code=code).first()
    if office is None:
        raise NotPossible("no_such_post", Words("没有这个岗位", "There is no such post"), "post")
    if until is not None and until <= start:
        raise NotPossible(
            "ends_before_it_starts", Words("任期须在开始之后结束", "The term must end after it starts"), "until"
        )
    with transaction.atomic():
        if not User.objects.select_for_update().filter(pk=user_id, kind=UserKind.OFFICER, is_active=True).exists():
            raise NotPossible("no_such_officer", Words("没有这名工作人员", "There is no such officer"), "user")
        overlapping = Appointment.objects.filter(user_id=user_id, post=office).exclude(until__lte=start)
        if until is not None:
            overlapping = overlapping.filter(since__lt=until)
        if overlapping.exists():
            raise NotPossible(
                "held_already",
                Words("该工作人员在此期间已担任此岗位", "The officer holds this post in that time"),
                "post",
            )
        return Appointment.objects.create(user_id=user_id, post=office, since=start, until=until, appointed_by=str(by))


def end_appointment(appointment_id: int, *, by: Actor) -> None:
    """End a term now: from the next request on the officer no longer has the post. Ended already, nothing changes.

    A term that lies ahead is ended before it begins. Raises NotPermitted, Appointment.DoesNotExist.
    """
    _administer(by)
    at = time.now()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=Appointment.objects.values_list("user_id").get(pk=appointment_id)[0])
        row = Appointment.objects.select_for_update().get(pk=appointment_id)
        if row.until is not None and row.until <= at:
            return
        row.until = max(at, row.since)
        row.ended_by = str(by)
        row.save(update_fields=["until", "ended_by"])
        publish(row.user_id, OfficerMoved(gone=(str(row.post),)), by=by)


def _administer(by: Actor) -> None:
    if by.kind not in (ActorKind.ADMINISTRATOR, ActorKind.MACHINE):
        raise NotPermitted(f"{by} does not administer posts")


def _refuse_taken(username: str, phone: str, resident_id: str) -> None:
    if User.objects.filter(username=username).exists():
        raise TAKEN_USERNAME
    if Person.objects.filter(phone=phone).exists():
        raise TAKEN_PHONE
    if Person.objects.filter(resident_id=resident_id).exists():
        raise TAKEN_RESIDENT_ID

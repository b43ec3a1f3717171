"""Nothing typed is lost: a form that came back too late, or from another tab's session, is kept for its person.

A session ends after half an hour without a request (officers); whoever then sends a form is asked to sign in first. Its
text is kept for an hour, on the server, under a random cookie of this browser and for the account that had opened the
form. Nothing of it is executed. The same person finds it in the form again; nobody else sees it.

Whose form it is, its own CSRF token says: the token's secret is renewed at each sign-in, and a signed cookie remembers
which accounts opened pages under which secret. So no other site can put text into somebody's form either.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.middleware.csrf import _unmask_cipher_token  # type: ignore[attr-defined]
from django.utils.crypto import salted_hmac

from yiwang.foundation.directory.access import API_PREFIX, Role, Rule
from yiwang.foundation.directory.models import UnsentForm, User
from yiwang.foundation.kernel.text import UnacceptableText, canonical, canonical_json
from yiwang.foundation.kernel.time import now
from yiwang.foundation.ui.unsent import Typed, put_back

KEPT_FOR = timedelta(hours=1)
LONGEST_FORM = 256 * 1024
"""Bytes of a form, and of the text that is kept of it."""
LONGEST_UPLOAD = 20 * 1024 * 1024
"""Bytes of a form with files: they are read past, never kept."""
MOST_FORMS = 10
"""Forms kept for one person; the oldest goes first."""
MOST_OPENERS = 3
LONGEST_PATH = 500

BROWSER, OPENERS = "unsent", "opened-by"
"""The cookies: the random key of this browser's forms; which accounts opened pages under which CSRF secret."""
_OPENERS_FOR = timedelta(hours=25)
"""A little longer than any session."""
_SALT = "yiwang.directory.unsent"
_FORM, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105
_NEW_KEY, _CSRF_SECRET = "yiwang.unsent_key", "CSRF_COOKIE"


def comes_back(rule: Rule) -> bool:
    """Whether what is typed on this route may be kept: a form at its own address, for people who signed in."""
    return {"GET", "POST"} <= rule.methods and Role.VISITOR not in rule.who and not rule.secret


def keep(request: HttpRequest, rule: Rule) -> bool:
    """Keep the text of a form that will not be executed, if we know whose it is and it may be kept. Says whether."""
    if request.method != "POST" or not comes_back(rule) or request.path_info.startswith(API_PREFIX):
        return False
    openers = _openers(request)
    path = request.path
    if not openers or len(path) > LONGEST_PATH:
        return False
    read = _read(request)
    if read is None:
        return False
    token, typed = read
    owner = User.objects.filter(pk=openers.get(_digest_of_token(token), 0), is_active=True).first()
    if owner is None or len(canonical_json(typed.fields)) > LONGEST_FORM:
        return False
    key = request.COOKIES.get(BROWSER, "")
    if not 20 <= len(key) <= 100:
        key = secrets.token_urlsafe(24)
    request.META[_NEW_KEY] = key
    at = now()
    UnsentForm.objects.update_or_create(
        browser=_hashed(key),
        owner=owner,
        path=path,
        defaults={
            "fields": {name: list(sent) for name, sent in typed.fields.items()},
            "files": typed.files,
            "kept_at": at,
            "expires_at": at + KEPT_FOR,
        },
    )
    held = UnsentForm.objects.filter(owner=owner).order_by("-kept_at", "-pk")
    UnsentForm.objects.filter(pk__in=[pk for (pk,) in held.values_list("pk")[MOST_FORMS:]]).delete()
    return True


def show_again(request: HttpRequest, rule: Rule) -> None:
    """Put what this person had typed on this page, in this browser, back into its form."""
    if request.method == "GET" and BROWSER in request.COOKIES and comes_back(rule):
        found = _of(request).filter(path=request.path).first()
        if found is not None:
            put_back(request, Typed({name: tuple(sent) for name, sent in found.fields.items()}, found.files))


def arrived(request: HttpRequest) -> None:
    """A form was executed: what was kept of it is no longer needed."""
    if BROWSER in request.COOKIES:
        _of(request).filter(path=request.path).delete()


def waits_at(request: HttpRequest) -> str:
    """The page with the form that this person sent last without effect, in this browser; empty when there is none."""
    return _of(request).order_by("-kept_at").values_list("path", flat=True).first() or ""


def forget(request: HttpRequest) -> None:
    """Whoever signs out leaves nothing behind."""
    _of(request).delete()


def forget_expired() -> None:
    UnsentForm.objects.filter(expires_at__lte=now()).delete()


def remember(request: HttpRequest, response: HttpResponseBase) -> None:
    """Set the cookies: whose forms this answer shows, and the key of what was kept."""
    user = request.user
    secret = request.META.get(_CSRF_SECRET)
    if isinstance(user, User) and secret and not request.path_info.startswith(API_PREFIX):
        openers, mark = _openers(request), _digest(secret)
        if openers.get(mark) != user.pk:
            latest = [[mark, user.pk], *([m, pk] for m, pk in openers.items() if m != mark)][:MOST_OPENERS]
            _set(response, OPENERS, signing.dumps(latest, salt=_SALT), _OPENERS_FOR)
    if _NEW_KEY in request.META:
        _set(response, BROWSER, request.META[_NEW_KEY], KEPT_FOR)


def _of(request: HttpRequest) -> Any:
    """What was kept in this browser for the person who is signed in now."""
    user, key = request.user, request.COOKIES.get(BROWSER, "")
    if not isinstance(user, User) or not key:
        return UnsentForm.objects.none()
    return UnsentForm.objects.filter(browser=_hashed(key), owner=user, expires_at__gt=now())


def _openers(request: HttpRequest) -> Mapping[str, int]:
    try:
        held = signing.loads(request.COOKIES.get(OPENERS, ""), salt=_SALT, max_age=_OPENERS_FOR)
    except signing.BadSignature:
        return {}
    return {str(mark): int(pk) for mark, pk in held}


def _read(request: HttpRequest) -> tuple[str, Typed] | None:
    """The form's CSRF token and its text in canonical form; None for what is no form of ours."""
    kind = (request.content_type or "").lower()
    limit = {_FORM: LONGEST_FORM, _MULTIPART: LONGEST_UPLOAD}.get(kind, 0)
    try:
        if not 0 < int(request.META.get("CONTENT_LENGTH") or 0) <= limit:
            return None
        if not hasattr(request, "_files"):
            request.upload_handlers = [_ReadPast(request)]
        form = request.POST
    except (RequestDataTooBig, SuspiciousOperation, BadRequest, MultiPartParserError, OSError, ValueError):
        return None
    fields: dict[str, tuple[str, ...]] = {}
    for name, sent in form.lists():
        try:
            kept = tuple(canonical(value, multiline=True, max_length=LONGEST_FORM) for value in sent)
            if name != _TOKEN:
                fields[canonical(name, max_length=200)] = kept
        except UnacceptableText:
            continue
    return form.get(_TOKEN, ""), Typed(fields, bool(request.META.get(_FILES)) or bool(request.FILES))


_FILES = "yiwang.unsent_files"


class _ReadPast(FileUploadHandler):
    """Notes that a file was sent, and keeps nothing of it."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        assert self.request is not None
        self.request.META[_FILES] = True
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


def _digest_of_token(token: str) -> str:
    """The mark of the secret inside a form's CSRF token; every page masks the secret anew."""
    if len(token) != 64 or not token.isascii() or not token.isalnum():
        return ""
    return _digest(_unmask_cipher_token(token))


def _digest(secret: str) -> str:
    return salted_hmac(_SALT, secret, algorithm="sha256").hexdigest()[:32]


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _set(response: HttpResponseBase, name: str, value: str, age: timedelta) -> None:
    response.set_cookie(name, value, max_age=age, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)

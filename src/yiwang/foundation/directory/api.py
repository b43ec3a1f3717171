"""Bearer tokens for the API, and the ways in which an operation is told who calls it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Path, Router, Schema, Status
from ninja.security import APIKeyCookie, HttpBearer

from yiwang.foundation.directory import actions, duties, middleware, queries, sign_in
from yiwang.foundation.directory.limits import TooManyAttempts
from yiwang.foundation.directory.models import User
from yiwang.foundation.directory.second_factors import actions as second_factors
from yiwang.foundation.directory.second_factors.actions import WrongFactor
from yiwang.foundation.ui.language import said


class BearerToken(HttpBearer):
    """`Authorization: Bearer yw_...`, checked at every request by `middleware.BearerTokens`."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        return request.user if middleware.is_bearer(request) and isinstance(request.user, User) else None


class SessionCookie(APIKeyCookie):
    """The session of a browser; the access table asks for the CSRF token where something is written."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self) -> None:
        super().__init__(csrf=False)

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        return request.user if not middleware.is_bearer(request) and isinstance(request.user, User) else None


SIGNED_IN = [BearerToken(), SessionCookie()]
"""Give this as `auth=` to whatever is not for visitors."""

router = Router(tags=["directory"])


class Problem(Schema):
    """Why a request was refused: `code` for programs, `detail` for people, in their language."""

    code: str
    detail: str
    field: str | None = None


class Credentials(Schema):
    username: str = Field(max_length=80, description="User name or phone")
    password: str = Field(max_length=sign_in.LONGEST_PASSWORD)
    code: str = Field("", max_length=20, description="What the authenticator app shows, where the account has one")
    name: str = Field("API", min_length=1, max_length=80, description="What the token is for")
    days: int = Field(30, ge=1, le=actions.TOKEN_TERM.days)


class NewToken(Schema):
    id: int
    token: str = Field(description="Shown this once")
    token_type: str = "Bearer"  # noqa: S105 (RFC 6750's word, not a secret)
    expires_at: datetime


class Token(Schema):
    id: int
    name: str
    issued_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


TokenId = Path(..., ge=1, le=2**63 - 1)


@router.post(
    "/tokens",
    auth=None,
    url_name="issue-token",
    response={201: NewToken, 401: Problem, 409: Problem, 429: Problem},
    summary="Sign in with a password and receive a bearer token",
)
def issue_token(request: HttpRequest, credentials: Credentials) -> Status:
    """A wrong password and an unknown account are answered alike. After five failures the account waits."""
    try:
        user = sign_in.prove(credentials.username, credentials.password, address=sign_in.address_of(request))
        if user.must_change_password or duties.is_demanded(user) or second_factors.has_one(user):
            second_factors.prove(user, credentials.code, address=sign_in.address_of(request))
        issued = actions.issue_token(user, credentials.name, term=timedelta(days=credentials.days))
    except sign_in.WrongCredentials:
        detail = _("User name, phone or password is wrong.")
        return Status(401, Problem(code="wrong_credentials", detail=detail))
    except WrongFactor:
        detail = _("This account needs the code of its authenticator app, too. Or make a token on your account page.")
        return Status(401, Problem(code="second_factor_needed", detail=detail))
    except TooManyAttempts as refused:
        detail = _("Too many attempts. Try again in %(minutes)d minutes.") % {"minutes": refused.minutes}
        return Status(429, Problem(code="too_many_attempts", detail=detail))
    except actions.NotPossible as refused:
        return Status(409, Problem(code=refused.code, detail=said(refused.words)))
    return Status(201, NewToken(id=issued.id, token=issued.token, expires_at=issued.expires_at))


@router.get("/tokens", auth=SIGNED_IN, url_name="list-tokens", response=list[Token], summary="My tokens that work")
def list_tokens(request: HttpRequest) -> list[Token]:
    return [
        Token(
            id=card.id,
            name=card.name,
            issued_at=card.issued_at,
            expires_at=card.expires_at,
            last_used_at=card.last_used_at,
        )
        for card in queries.tokens(_caller(request).pk)
    ]


@router.delete(
    "/tokens/{token_id}",
    auth=SIGNED_IN,
    url_name="revoke-token",
    response={204: None, 404: Problem},
    summary="Revoke one of my tokens",
)
def revoke_token(request: HttpRequest, token_id: int = TokenId) -> Status:
    """The token is refused from the next request on, this one's own too."""
    if actions.revoke_token(_caller(request), token_id):
        return Status(204, None)
    return Status(404, Problem(code="no_such_token", detail=_("You have no such token.")))


def _caller(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user

"""Who sends a request, and whether the declared table lets them reach what they ask for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from ninja.utils import check_csrf

from yiwang.foundation.directory import access, actions, duties, sign_in, unsent
from yiwang.foundation.directory.access import Role, Rule, Verdict
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.directory.models import User
from yiwang.foundation.ui.problems import problem_for_programs

Next = Callable[[HttpRequest], HttpResponseBase]

logger = logging.getLogger("yiwang.directory")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class UndeclaredRoute(LookupError):
    """A route that the table of `web/access.py` does not name. Raised in development and tests; a 404 in a city."""


class Sessions:
    """Ends sessions that have lasted too long on the city's clock. Stands behind Django's AuthenticationMiddleware."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if isinstance(user, User) and not sign_in.keep_session(request, user):
            sign_in.end_session(request)
            request.META["yiwang.session_ended"] = True
        response = self.get_response(request)
        unsent.remember(request, response)
        return response


class BearerTokens:
    """Lets a bearer token speak for its account, under /api/ alone. Whoever sends one is never their session's user.

    A token that is unknown, expired or revoked is a 401, also where a visitor could enter.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        header = request.headers.get("Authorization", "")
        if not header or not request.path_info.startswith(access.API_PREFIX):
            return self.get_response(request)
        scheme, _space, token = header.partition(" ")
        user = actions.account_of_token(token.strip()) if scheme.lower() == "bearer" else None
        if user is None:
            return _unauthorised(_("The token is unknown, has expired or was revoked. Ask for a new one."), "bad_token")
        request.user = user
        request.META["yiwang.bearer"] = True
        return self.get_response(request)


class AccessTable:
    """Enforces the roles and methods that the table declares for a route, before its view runs.

    A visitor is sent to sign in (401 in the API); another role gets 403; another method 405. Writing to the API with a
    session needs the CSRF token, whatever the operation itself says.
    """

    table: Mapping[str, Rule] = {}

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code < 400 and request.META.get("yiwang.reached"):
            unsent.arrived(request)
        return response

    def process_view(
        self, request: HttpRequest, callback: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        assert match is not None
        name = access.route_name(match.view_name, match.namespaces, callback, str(request.method))
        if name is None:
            return _method_not_allowed(callback)
        rule = self.table.get(name)
        if rule is None:
            return self._undeclared(name, match)
        role = access.role_of(actor_of(request.user))
        operations = access.operations_of(callback)
        method = next(iter(rule.methods)) if operations is not None else str(request.method)
        verdict = access.judge(rule, role, method)
        if verdict is Verdict.SIGN_IN:
            return _sign_in_first(request, rule)
        if verdict is Verdict.FORBIDDEN:
            return _forbidden(request)
        if verdict is Verdict.METHOD:
            return HttpResponseNotAllowed(sorted(rule.methods))
        if operations is not None and _forged(request, role):
            return problem_for_programs(
                403, "csrf", _("The request has no valid CSRF token. Load the page anew and try again.")
            )
        if (duty := _duty_first(request, name)) is not None:
            return duty
        if operations is None:
            request.META["yiwang.reached"] = True
            unsent.show_again(request, rule)
        return None

    def _undeclared(self, name: str, match: ResolverMatch) -> HttpResponseBase:
        if settings.YIWANG_ROUTES_MUST_BE_DECLARED:
            raise UndeclaredRoute(f"{name} ({match.route}) has no row in the table of web/access.py")
        logger.error("route %s has no row in the table of web/access.py and was refused", name)
        raise Http404


def is_bearer(request: HttpRequest) -> bool:
    """Whether a bearer token, not a session, says who sends this request."""
    return bool(request.META.get("yiwang.bearer"))


def _forged(request: HttpRequest, role: Role) -> bool:
    if request.method in SAFE_METHODS or role is Role.VISITOR or is_bearer(request):
        return False
    return check_csrf(request) is not None


def _duty_first(request: HttpRequest, name: str) -> HttpResponseBase | None:
    """Where somebody must go first who has not set a password of their own, or not shown a second factor.

    A token was made in a session that had done all this.
    """
    user = request.user
    if not isinstance(user, User) or is_bearer(request):
        return None
    duty = duties.first_of(request, user)
    if duty is None or name in duties.WAYS[duty]:
        return None
    if request.path_info.startswith(access.API_PREFIX):
        return problem_for_programs(403, "duty_first", _("Sign in on the pages first and do what is asked there."))
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": reverse(duty)})
    return HttpResponseRedirect(reverse(duty))


def _sign_in_first(request: HttpRequest, rule: Rule) -> HttpResponseBase:
    if request.path_info.startswith(access.API_PREFIX):
        return _unauthorised(_("Sign in, or send a bearer token."), "sign_in_needed")
    kept = unsent.keep(request, rule)
    question = {"next": request.path if kept else _place_to_return(request)}
    if kept:
        question["kept"] = "1"
    if request.META.get("yiwang.session_ended"):
        question["ended"] = "1"
    address = f"{reverse('directory:sign-in')}?{urlencode(question)}"
    if request.headers.get("HX-Request") == "true":
        # A fragment cannot hold the sign-in page: the browser goes there as a whole.
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _place_to_return(request: HttpRequest) -> str:
    """The page to show after sign-in: this one, or for a form sent too late the page on which it stands."""
    if request.method in SAFE_METHODS and request.headers.get("HX-Request") != "true":
        return request.get_full_path()
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(referer)
    return parts.path + (f"?{parts.query}" if parts.query else "") or "/"


def _forbidden(request: HttpRequest) -> HttpResponseBase:
    if request.path_info.startswith(access.API_PREFIX):
        return problem_for_programs(403, "wrong_role", _("This operation is not for your account."))
    raise PermissionDenied


def _unauthorised(detail: str, code: str) -> HttpResponseBase:
    response = problem_for_programs(401, code, detail)
    response.headers["WWW-Authenticate"] = 'Bearer realm="yiwang"'
    return response


def _method_not_allowed(callback: Callable[..., Any]) -> HttpResponseBase:
    operations = access.operations_of(callback) or []
    return HttpResponseNotAllowed(sorted({method for each in operations for method in each.methods}))

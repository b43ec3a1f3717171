"""The identity provider that the city trusts, told by the environment, and its side of the conversation (httpx).

    YIWANG_OIDC_ISSUER          https://id.example: what stands in its tokens, and where its configuration is found
    YIWANG_OIDC_CLIENT_ID, YIWANG_OIDC_CLIENT_SECRET
    YIWANG_OIDC_NAME            what the button says: 随申办|Citizen Cloud (Chinese, a bar, English)
    YIWANG_OIDC_LEVEL           the identity level that it proves (unverified, real_name, face_to_face); see `connect`

The authorization code flow with PKCE (RFC 7636), `state` and `nonce`; ID tokens signed by a key that the provider
publishes, never by a shared secret. Times are compared on the city's clock.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import jwt
from django.core.exceptions import ImproperlyConfigured

from yiwang.foundation.directory.levels import Level
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import now

SECONDS = 10.0
LARGEST = 256 * 1024
DRIFT = 60
"""Seconds that the provider's clock may differ."""
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA")


class ProviderFailed(Exception):
    """The provider does not answer, or not as the standard has it. `why` is for the log: it names no person."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Provider:
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: Words
    level: Level


@dataclass(frozen=True, slots=True)
class Journey:
    """What the browser's session keeps while its person is at the provider."""

    state: str
    nonce: str
    verifier: str
    redirect: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a verified ID token says. `two_factors`: the provider asked for more than a password (RFC 8176)."""

    issuer: str
    subject: str
    name: str
    resident_id: str
    two_factors: bool


def provider() -> Provider | None:
    """The configured provider; None where there is none. Raises ImproperlyConfigured."""
    issuer = os.environ.get("YIWANG_OIDC_ISSUER", "").rstrip("/")
    if not issuer:
        return None
    _safe(issuer, ImproperlyConfigured)
    client, secret = os.environ.get("YIWANG_OIDC_CLIENT_ID", ""), os.environ.get("YIWANG_OIDC_CLIENT_SECRET", "")
    if not client or not secret:
        raise ImproperlyConfigured("YIWANG_OIDC_CLIENT_ID and YIWANG_OIDC_CLIENT_SECRET go with YIWANG_OIDC_ISSUER.")
    level = os.environ.get("YIWANG_OIDC_LEVEL") or Level.UNVERIFIED.value
    if level not in tuple(Level):
        raise ImproperlyConfigured(f"YIWANG_OIDC_LEVEL is one of {', '.join(Level)}.")
    chinese, _bar, english = os.environ.get("YIWANG_OIDC_NAME", "统一身份认证|Single sign-on").partition("|")
    return Provider(issuer, client, secret, Words(chinese, english or chinese), Level(level))


def set_out(found: Provider, redirect: str) -> tuple[str, Journey]:
    """The address at the provider to which the browser goes, and what to remember. Raises ProviderFailed."""
    journey = Journey(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), redirect)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(journey.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": found.client_id,
        "redirect_uri": redirect,
        "scope": "openid profile",
        "state": journey.state,
        "nonce": journey.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    where = _endpoint(_configuration(found), "authorization_endpoint")
    return f"{where}{'&' if urlsplit(where).query else '?'}{urlencode(asked)}", journey


def come_back(found: Provider, journey: Journey, state: str, code: str) -> Told:
    """Exchange the code for what the provider says of the person. Raises ProviderFailed."""
    if not secrets.compare_digest(state.encode(), journey.state.encode()):
        raise ProviderFailed("another state came back")
    configuration = _configuration(found)
    tokens = _asked(
        "POST",
        _endpoint(configuration, "token_endpoint"),
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": journey.redirect,
            "code_verifier": journey.verifier,
        },
        auth=(found.client_id, found.client_secret),
    )
    claims = _verified(found, configuration, str(tokens.get("id_token", "")), journey.nonce)
    methods = claims.get("amr")
    return Told(
        issuer=found.issuer,
        subject=str(claims["sub"])[:255],
        name=str(claims.get("name", "")),
        resident_id=str(claims.get("resident_id", "")),
        two_factors=isinstance(methods, list) and "mfa" in methods,
    )


def _verified(found: Provider, configuration: Mapping[str, Any], token: str, nonce: str) -> Mapping[str, Any]:
    """The claims of an ID token (OpenID Connect Core, 3.1.3.7). Raises ProviderFailed."""
    keys = _asked("GET", _endpoint(configuration, "jwks_uri"))
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise ProviderFailed(f"ID tokens are signed with {header.get('alg')}")
        published = [
            key
            for key in jwt.PyJWKSet.from_dict(dict(keys)).keys
            if header.get("kid") in (None, key.key_id) and key.public_key_use in (None, "sig")
        ]
        if not published:
            raise ProviderFailed("the key of the ID token is not published")
        claims: dict[str, Any] = jwt.decode(
            token,
            published[0],
            algorithms=[str(header["alg"])],
            audience=found.client_id,
            issuer=[found.issuer, found.issuer + "/"],
            # The city's clock is compared below.
            options={"verify_exp": False, "verify_iat": False, "verify_nbf": False, "require": ["exp", "iat", "sub"]},
        )
    except jwt.PyJWTError as wrong:
        raise ProviderFailed(f"the ID token does not hold: {type(wrong).__name__}") from wrong
    at = now().timestamp()
    expires, issued = claims["exp"], claims["iat"]
    if not isinstance(expires, int | float) or not isinstance(issued, int | float):
        raise ProviderFailed("the ID token's times are no numbers")
    if expires + DRIFT <= at or issued - DRIFT > at:
        raise ProviderFailed("the ID token is not of now")
    if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise ProviderFailed("the ID token is an answer to another question")
    if claims.get("azp", found.client_id) != found.client_id:
        raise ProviderFailed("the ID token was made for another client")
    return claims


def _configuration(found: Provider) -> Mapping[str, Any]:
    read = _asked("GET", f"{found.issuer}/.well-known/openid-configuration")
    if str(read.get("issuer", "")).rstrip("/") != found.issuer:
        raise ProviderFailed("the configuration is another issuer's")
    return read


def _endpoint(configuration: Mapping[str, Any], name: str) -> str:
    where = configuration.get(name)
    if not isinstance(where, str):
        raise ProviderFailed(f"the configuration has no {name}")
    _safe(where, ProviderFailed)
    return where


def _asked(method: str, address: str, **more: Any) -> Mapping[str, Any]:
    try:
        with httpx.stream(method, address, timeout=SECONDS, follow_redirects=False, **more) as answer:
            body = b""
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > LARGEST:
                    raise ProviderFailed("an answer is too large")
        if answer.status_code != 200:
            raise ProviderFailed(f"{urlsplit(address).path} answers {answer.status_code}")
        read = httpx.Response(200, content=body).json()
    except (httpx.HTTPError, ValueError) as failed:
        raise ProviderFailed(f"{urlsplit(address).path}: {type(failed).__name__}") from None
    if not isinstance(read, dict):
        raise ProviderFailed(f"{urlsplit(address).path} answers no object")
    return read


def _safe(address: str, refusal: type[Exception]) -> None:
    parts = urlsplit(address)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise refusal(f"{parts.scheme}://{parts.hostname} is not https.")

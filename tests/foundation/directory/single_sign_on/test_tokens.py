"""An ID token counts when this provider signed it, now, for us, as the answer to our question."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.exceptions import ImproperlyConfigured

from yiwang.foundation.directory.levels import Level
from yiwang.foundation.directory.single_sign_on import provider as providers
from yiwang.foundation.directory.single_sign_on.provider import Provider, ProviderFailed
from yiwang.foundation.kernel.text import Words

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ISSUER = "https://id.example"
PROVIDER = Provider(ISSUER, "yiwang", "secret", Words("市民云", "Citizen Cloud"), Level.UNVERIFIED)
CONFIGURATION = {"jwks_uri": f"{ISSUER}/jwks"}


@pytest.fixture(autouse=True)
def published(monkeypatch: pytest.MonkeyPatch) -> None:
    public = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    keys = {"keys": [{**public, "kid": "1", "use": "sig", "alg": "RS256"}]}
    monkeypatch.setattr(providers, "_asked", lambda *_words, **_more: keys)


def claims(**other: Any) -> dict[str, Any]:
    at = int(time.time())
    return {"iss": ISSUER, "aud": "yiwang", "sub": "17", "nonce": "n", "iat": at, "exp": at + 300, **other}


def read(said: dict[str, Any], key: Any = KEY, algorithm: str = "RS256", kid: str = "1") -> Any:
    token = jwt.encode(said, key, algorithm, headers={"kid": kid})
    return providers._verified(PROVIDER, CONFIGURATION, token, "n")


def test_a_token_that_holds_is_read() -> None:
    assert read(claims())["sub"] == "17"


@pytest.mark.parametrize(
    "other",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"nonce": "of another question"},
        {"exp": 1, "iat": 0},
        {"iat": int(time.time()) + 3600, "exp": int(time.time()) + 7200},
        {"azp": "another"},
        {"exp": "soon"},
    ],
)
def test_a_token_for_others_of_others_or_of_another_time_is_refused(other: dict[str, Any]) -> None:
    with pytest.raises(ProviderFailed):
        read(claims(**other))


def test_a_signature_by_another_key_or_with_a_shared_secret_is_refused() -> None:
    with pytest.raises(ProviderFailed):
        read(claims(), OTHER)
    with pytest.raises(ProviderFailed):
        read(claims(), kid="2")
    with pytest.raises(ProviderFailed, match="HS256"):
        read(claims(), "a secret of thirty-two characters", "HS256")
    with pytest.raises(ProviderFailed, match="none"):
        providers._verified(PROVIDER, CONFIGURATION, jwt.encode(claims(), "", "none"), "n")
    with pytest.raises(ProviderFailed):
        providers._verified(PROVIDER, CONFIGURATION, "nonsense", "n")


@pytest.mark.parametrize(
    "environment",
    [
        {"YIWANG_OIDC_ISSUER": "http://id.example", "YIWANG_OIDC_CLIENT_ID": "a", "YIWANG_OIDC_CLIENT_SECRET": "b"},
        {"YIWANG_OIDC_ISSUER": ISSUER},
        {
            "YIWANG_OIDC_ISSUER": ISSUER,
            "YIWANG_OIDC_CLIENT_ID": "a",
            "YIWANG_OIDC_CLIENT_SECRET": "b",
            "YIWANG_OIDC_LEVEL": "certain",
        },
    ],
)
def test_a_provider_named_by_halves_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured):
        providers.provider()

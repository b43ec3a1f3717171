"""What a passkey's answer must be; signatures are tested with a browser."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2.cose import ES256, CoseKey
from fido2.utils import websafe_encode
from fido2.webauthn import AttestedCredentialData
from hypothesis import given
from hypothesis import strategies as st

from tests.foundation.directory import people
from yiwang.foundation.directory.models import Passkey
from yiwang.foundation.directory.refusals import NotPossible
from yiwang.foundation.directory.second_factors import passkeys
from yiwang.foundation.directory.second_factors.actions import WrongFactor
from yiwang.foundation.kernel.time import FrozenClock, now

ORIGIN = "http://localhost"


def _public_key() -> CoseKey:
    return ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())


BLOB = st.text("ABCDEFGHIJKLMNOPabcdefghij0123456789-_", max_size=60)


@given(
    st.one_of(
        st.text(max_size=60),
        st.fixed_dictionaries(
            {
                "id": BLOB,
                "rawId": BLOB,
                "type": st.just("public-key"),
                "response": st.dictionaries(
                    st.sampled_from(["clientDataJSON", "attestationObject", "authenticatorData", "signature"]), BLOB
                ),
            }
        ).map(json.dumps),
    )
)
def test_no_made_up_answer_adds_a_passkey(answer: str) -> None:
    with pytest.raises(WrongFactor):
        passkeys.add(None, "phone", {"challenge": "AAAA", "user_verification": "required"}, answer, ORIGIN)  # type: ignore[arg-type]


@pytest.mark.parametrize("answer", ["", "{}", "[]", "x" * 30_000, '{"id": 1}', '{"rawId": "AAAA", "response": {}}'])
def test_no_made_up_answer_signs_in(db: None, clock: FrozenClock, answer: str) -> None:
    client = Client(headers={"accept-language": "en"})
    client.get("/sign-in/passkey/")
    response = client.post("/sign-in/passkey/", {"response": answer})
    assert response.status_code == 422
    assert "No passkey answered" in response.content.decode()
    assert client.get("/account/").status_code == 302


def test_an_answer_is_heard_once_for_each_challenge(db: None, clock: FrozenClock) -> None:
    client = Client()
    client.get("/sign-in/passkey/")
    before = client.session["passkey_proving"]
    client.post("/sign-in/passkey/", {"response": "{}"})
    assert client.session["passkey_proving"] != before


def test_an_account_holds_ten_passkeys(db: None, clock: FrozenClock) -> None:
    user = people.resident()
    key = websafe_encode(bytes(AttestedCredentialData.create(bytes(16), b"key", _public_key())))
    Passkey.objects.bulk_create(
        Passkey(user=user, name="k", credential=str(n), public_key=key, added_at=now()) for n in range(10)
    )
    with pytest.raises(NotPossible, match="too_many_passkeys"):
        passkeys.begin_adding(user, ORIGIN)


def test_whose_passkey_it_is_not_does_not_remove_it(db: None, clock: FrozenClock) -> None:
    owner, other = people.resident(), people.resident()
    key = Passkey.objects.create(user=owner, name="k", credential="1", public_key="x", added_at=now())
    client = Client()
    client.force_login(other)
    address = f"/account/second-factors/passkeys/{key.pk}/remove/"
    assert client.post(address, {"password": people.PASSWORD}).status_code == 404
    client.force_login(owner)
    assert client.post(address, {"password": "wrong"}).status_code == 422
    assert client.post(address, {"password": people.PASSWORD}).status_code == 302
    assert not Passkey.objects.exists()

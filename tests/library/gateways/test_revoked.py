"""A gateway hears whoever its list revokes no more, from the next request on, without being started again."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.library.gateways.police import CENTRE, FORMER, Police, certified, police_of, reached
from tests.library.gateways.registers import RESIDENTS, WANG, asker, grant
from yiwang.foundation.kernel.time import now
from yiwang.library.gateways import signing
from yiwang.library.gateways.access import Consent
from yiwang.library.gateways.fragment import Fragment, Keys
from yiwang.library.gateways.gateway import NotGranted, Offline
from yiwang.library.gateways.remote import RemoteGateway
from yiwang.library.gateways.revoked import BadList, Revoked


@pytest.fixture
def police(tmp_path: Path, clock: Any) -> Iterator[Police]:
    with police_of(tmp_path, remote=True) as department:
        yield department


def revoke(tmp_path: Path, *lines: str) -> None:
    (tmp_path / "police" / "revoked").write_text("\n".join(lines), encoding="utf-8")


def certificate(tmp_path: Path) -> bytes:
    return ssl.PEM_cert_to_DER_cert((tmp_path / "centre" / "tls.pem").read_text())


def port_of(police: Police) -> int:
    assert isinstance(police.gateway, RemoteGateway)
    return police.gateway._address[1]


@pytest.mark.parametrize("written", ["its id", "the key"])
def test_who_signs_with_a_revoked_key_is_heard_no_more(police: Police, tmp_path: Path, written: str) -> None:
    former = reached(tmp_path, port_of(police), police.local, key=FORMER)
    assert former.head().size == 0
    revoke(tmp_path, "# stolen on Monday", FORMER.id if written == "its id" else FORMER.public.hex())
    with pytest.raises(Offline, match="refused the request: signature"):
        former.head()
    assert police.read(), "the new key is heard"
    revoke(tmp_path, "")
    assert former.head().size == 1
    former.close()


def test_a_grant_under_a_revoked_key_is_believed_no_more_also_one_that_was_made_ready(
    police: Police, tmp_path: Path
) -> None:
    old, new = signing.issue(grant(), FORMER), signing.issue(grant(), CENTRE)
    assert police.read(given=old)
    revoke(tmp_path, FORMER.id)
    assert police.refused(given=old) == "signature"
    assert police.read(given=new)


def test_a_consent_under_a_revoked_key_is_none(tmp_path: Path, clock: Any) -> None:
    with police_of(tmp_path, replace(RESIDENTS, consent=True), remote=True) as police:
        given = Consent(WANG, RESIDENTS.reference, "application", now(), now() + timedelta(days=1))
        who = asker(subject=WANG, consents=(signing.consent(given, FORMER),))
        assert police.read(who=who, keys=Keys("id", (WANG,)))
        revoke(tmp_path, FORMER.id)
        assert police.refused(who=who, keys=Keys("id", (WANG,))) == "signature"


def test_a_revoked_certificate_is_refused_on_a_connection_that_stands_and_on_every_new_one(
    police: Police, tmp_path: Path
) -> None:
    assert police.read()
    digits = sha256(certificate(tmp_path)).hexdigest().upper()
    revoke(tmp_path, ":".join(digits[at : at + 2] for at in range(0, len(digits), 2)) + "  # of the old machine")
    with pytest.raises(Offline, match="refused the request: revoked"):
        police.read()
    anew = reached(tmp_path, port_of(police), police.local)
    with pytest.raises(Offline, match="refused the request: revoked"):
        anew.read(Fragment(RESIDENTS.reference, ("name",)), police.granted(), asker())
    anew.close()
    certified(tmp_path / "authority", tmp_path / "centre", "centre")
    other = reached(tmp_path, port_of(police), police.local)
    assert other.head().size == 1, "nothing was read meanwhile; another certificate of the centre's is let in"
    other.close()


def test_while_the_list_cannot_be_read_nobody_is_heard(
    police: Police, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert police.read()
    revoke(tmp_path, "the centre's old key")
    with pytest.raises(Offline, match="refused the request: revoked"):
        police.read()
    with pytest.raises(NotGranted, match="signature"):
        police.local.read(Fragment(RESIDENTS.reference, ("name",)), police.granted(), asker())
    assert "revoked:1: write a key" in caplog.text
    revoke(tmp_path, "")
    assert police.read()


@pytest.mark.parametrize("line", ["g" * 16, "ab" * 20, CENTRE.public.hex()[:-1], f"{CENTRE.id} {FORMER.id}"])
def test_a_list_that_names_nobody_is_not_begun_with(tmp_path: Path, line: str) -> None:
    path = tmp_path / "revoked"
    path.write_text(f"# of 2025\n\n{line}\n", encoding="utf-8")
    with pytest.raises(BadList, match="revoked:3: write a key"):
        Revoked(path)


def test_without_a_list_nobody_is_revoked(tmp_path: Path) -> None:
    revoked = Revoked(tmp_path / "revoked")
    assert not revoked.has_key(CENTRE.id)
    assert not revoked.has_certificate(b"certificate")

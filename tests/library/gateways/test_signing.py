"""A gateway believes signatures and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.library.gateways import registers
from yiwang.library.gateways import signing
from yiwang.library.gateways.access import Consent
from yiwang.library.gateways.grant import Mask, MaskKind
from yiwang.library.gateways.signing import BadKey, BadSignature, SigningKey, Trust

KEY = SigningKey.fresh()
AT = datetime(2025, 3, 12, tzinfo=UTC)


def test_a_grant_is_read_back_as_it_was_signed() -> None:
    given = registers.grant(fields={"id": Mask(MaskKind.HASH), "name": Mask(MaskKind.PARTIAL, keep_first=1)})
    assert signing.verified(signing.issue(given, KEY), KEY.trust()) == given


def test_a_grant_that_was_widened_is_not_believed() -> None:
    signed = signing.issue(registers.grant(), KEY)
    wider = replace(signed, body=signed.body.replace(b'"most_rows":10000', b'"most_rows":99999'))
    assert wider.body != signed.body
    with pytest.raises(BadSignature):
        signing.verified(wider, KEY.trust())


def test_a_stranger_signs_in_vain() -> None:
    with pytest.raises(BadSignature):
        signing.verified(signing.issue(registers.grant(), SigningKey.fresh()), KEY.trust())


def test_a_signed_consent_is_no_grant() -> None:
    given = Consent("11010519491231002X", "health.certificates@1", "application", AT, AT)
    signed = signing.consent(given, KEY)
    assert signing.verified_consent(signed, KEY.trust()) == given
    with pytest.raises(BadSignature):
        KEY.trust().verify("grant", signed.body, signed.signature, signed.key_id)


def test_while_keys_rotate_both_are_believed() -> None:
    new = SigningKey.fresh()
    both = Trust([KEY.public, new.public])
    for key in (KEY, new):
        assert signing.verified(signing.issue(registers.grant(), key), both)


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "gateway-key"
    assert SigningKey.kept_in(path).id == SigningKey.kept_in(path).id
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(BadKey, match="chmod 600"):
        SigningKey.kept_in(path)


def test_trusted_keys_lie_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "centre.pub").write_text(KEY.public.hex() + "\n")
    assert Trust.kept_in(tmp_path).key_ids == {KEY.id}
    (tmp_path / "broken.pub").write_text("nothing")
    with pytest.raises(BadKey, match=r"broken\.pub"):
        Trust.kept_in(tmp_path)


def test_a_tree_head_is_signed_for_its_department() -> None:
    head = signing.signed_head("police", 3, bytes(32), AT, KEY)
    signing.verify_head(head, KEY.trust())
    with pytest.raises(BadSignature):
        signing.verify_head(replace(head, department="health"), KEY.trust())

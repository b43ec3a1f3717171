"""A department's gateway: what it refuses, what it gives, and that it wrote it down before."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.library.gateways.police import CENTRE, Police
from tests.library.gateways.registers import LI, PEOPLE, RESIDENTS, WANG, asker, grant
from yiwang.foundation.kernel.merkle import extends
from yiwang.library.gateways import signing
from yiwang.library.gateways.access import Consent
from yiwang.library.gateways.fragment import AllOf, Compare, Keys, Order, StartsWith
from yiwang.library.gateways.gateway import Cancelled, NotGranted, Offline
from yiwang.library.gateways.grant import CLEAR, Mask, MaskKind
from yiwang.library.gateways.log import verify_receipt
from yiwang.library.gateways.signing import SigningKey
from yiwang.library.gateways.stopping import Stop

MASKED = {"id": Mask(MaskKind.HASH), "name": Mask(MaskKind.PARTIAL, keep_first=1), "rooms": CLEAR}


def test_a_granted_row_is_given_and_the_person_finds_it_in_the_log(police: Police) -> None:
    assert police.read("name", "rooms", keys=Keys("id", (WANG,))) == [{"name": "王芳", "rooms": 3}]
    [record] = police.gateway.accesses_of(WANG)
    assert (record.asker.case, record.asker.name, record.product) == ("C-1", "Li Lei", RESIDENTS.reference)
    assert (record.fields, record.rows, record.grant) == (("name", "rooms"), 1, "grant-1")
    assert not police.gateway.accesses_of(LI)


def test_whoever_is_looked_for_in_vain_finds_it_in_the_log_too(police: Police) -> None:
    assert police.read(keys=Keys("id", ("110105194912310070",))) == []
    assert police.read("name", where=Compare("id", "=", "110105194912310070")) == []
    records = police.gateway.accesses_of("110105194912310070")
    assert [record.rows for record in records] == [0, 0]
    assert not police.gateway.accesses_of(WANG)


def test_an_answer_without_rows_is_logged_too(police: Police) -> None:
    assert police.read(where=Compare("name", "=", "无此人")) == []
    [record] = police.gateway.accesses()
    assert record.rows == 0
    assert record.subjects == ()


def test_everybody_whose_row_was_given_is_in_the_record(police: Police) -> None:
    police.read("rooms", order=(Order("rooms", descending=True),), limit=2)
    assert len(police.gateway.accesses_of(WANG)) == len(police.gateway.accesses_of(LI)) == 1
    assert len(police.gateway.accesses()[0].subjects) == 2


def test_the_row_rule_holds_even_where_a_source_is_careless(police: Police) -> None:
    police.rows.careless = True
    given = police.granted(rows='district = "north"')
    assert police.read("name", given=given, limit=3) == [{"name": "王芳"}]
    assert not police.gateway.accesses_of(LI)


def test_masked_values_can_be_compared_and_shipped_but_never_undone(police: Police) -> None:
    given = police.granted(fields=MASKED)
    [row] = police.read("id", "name", given=given, where=Compare("name", "=", "王*"))
    assert row["name"] == "王*"
    assert len(row["id"]) == 32
    assert police.read("rooms", given=given, keys=Keys("id", (row["id"],))) == [{"rooms": 3}]
    assert police.read("rooms", given=given, keys=Keys("id", (WANG,))) == []
    assert police.read("rooms", given=given, where=StartsWith("name", "王芳")) == []
    assert len(police.gateway.accesses_of(WANG)) == 2, "only the answers that held her row name her"
    asked = [where for _, where, *_ in police.rows.asked]
    assert asked == [None] * 4


def test_order_and_limit_of_masked_values_come_after_the_mask(police: Police) -> None:
    given = police.granted(fields={"name": Mask(MaskKind.NULL), "rooms": CLEAR})
    found = police.read("name", "rooms", given=given, order=(Order("name"), Order("rooms")), limit=2)
    assert found == [{"name": None, "rooms": 2}, {"name": None, "rooms": 3}]


def test_conditions_on_masked_and_plain_fields_both_hold(police: Police) -> None:
    given = police.granted(fields=MASKED)
    both = AllOf((Compare("rooms", ">", 1), StartsWith("name", "李")))
    assert police.read("rooms", given=given, where=both) == [{"rooms": 2}]


def test_changes_since_a_cursor(police: Police) -> None:
    assert police.read("name", after=2) == [{"name": "王芳"}]


@pytest.mark.parametrize("fault", [ValueError("secret value"), OSError("connection refused")])
def test_a_source_that_fails_is_offline_and_tells_nothing(police: Police, fault: Exception) -> None:
    police.rows.fault = fault
    with pytest.raises(Offline) as offline:
        police.read()
    assert str(fault) not in str(offline.value)
    assert (offline.value.department, offline.value.product) == ("police", RESIDENTS.reference)
    assert not police.gateway.accesses()


def test_a_question_that_was_given_up_releases_nothing(police: Police) -> None:
    stop = Stop(30)
    stop.cancel()
    with pytest.raises(Cancelled):
        police.read(stop=stop)
    assert not police.gateway.accesses()


def test_more_rows_than_granted_are_refused_whole(police: Police) -> None:
    given = police.granted(most_rows=2)
    assert police.refused(given=given) == "rows"
    assert len(police.read(given=given, limit=2)) == 2
    assert police.refused(given=police.granted(most_rows=1, fields=MASKED), where=StartsWith("name", "")) == "rows"


def test_a_grant_is_used_so_often_in_a_minute_and_no_more(police: Police, clock: Any) -> None:
    given = police.granted(per_minute=3)
    for _ in range(3):
        police.read(given=given)
    assert police.refused(given=given) == "rate"
    police.read(given=police.granted(id="another", per_minute=3))
    clock.advance(timedelta(seconds=20))
    police.read(given=given)
    assert police.refused(given=given) == "rate"


def test_only_the_centres_signature_opens(police: Police) -> None:
    assert police.refused(given=signing.issue(grant(), SigningKey.fresh())) == "signature"
    real = police.granted(most_rows=1)
    assert police.refused(given=replace(real, body=police.granted().body)) == "signature"


def test_a_grant_ends_while_the_gateway_runs(police: Police, clock: Any) -> None:
    given = police.granted(expires=clock.now() + timedelta(hours=1))
    police.read(given=given)
    clock.advance(timedelta(hours=1))
    assert police.refused(given=given) == "expired"


def test_a_rule_about_today_is_about_the_day_of_the_reading(police: Police, clock: Any) -> None:
    given = police.granted(rows='born <= today() - duration("P35Y")')
    assert len(police.read(given=given)) == 1
    clock.advance(timedelta(days=80))
    assert len(police.read(given=given)) == 2


def test_refusals_say_the_same_of_hidden_and_missing_fields(police: Police) -> None:
    assert police.refused("income") == police.refused("nothing") == "field"


def test_without_a_consent_nothing_is_read(department: Any, clock: Any) -> None:
    police = department(replace(RESIDENTS, consent=True))
    keys = Keys("id", (WANG,))
    assert police.refused(keys=keys, who=asker(subject=WANG)) == "consent"
    given = Consent(WANG, RESIDENTS.reference, "application", clock.now(), clock.now() + timedelta(days=1))
    agreed = asker(subject=WANG, consents=(signing.consent(given, CENTRE),))
    assert police.read(keys=keys, who=agreed) == [{"name": "王芳"}]
    forged = asker(subject=WANG, consents=(signing.consent(given, SigningKey.fresh()),))
    assert police.refused(keys=keys, who=forged) == "signature"
    clock.advance(timedelta(days=1))
    assert police.refused(keys=keys, who=agreed) == "consent"


def test_receipts_verify_and_heads_continue_one_another(police: Police) -> None:
    police.read()
    old = police.gateway.head()
    police.read()
    receipt = police.gateway.receipt(1)
    verify_receipt(receipt, police.trust)
    assert extends(1, 2, old.root, receipt.head.root, police.gateway.consistency(1, 2))
    with pytest.raises(LookupError):
        police.gateway.receipt(2)


def test_products_and_quality_leave_no_row(police: Police) -> None:
    assert list(police.gateway.products()) == [RESIDENTS]
    assert police.gateway.quality(RESIDENTS.reference).rows == len(PEOPLE)
    with pytest.raises(NotGranted):
        police.gateway.quality("police.nothing@1")


def test_where_the_log_cannot_be_written_nothing_is_released(police: Police, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", full)
        with pytest.raises(Offline, match="log"):
            police.read()
    assert not police.gateway.accesses()

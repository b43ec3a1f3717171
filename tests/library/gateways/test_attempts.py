"""What is refused of somebody who is named stands in the owner's log, without filling it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.library.gateways.police import Police, police_of
from tests.library.gateways.registers import LI, RESIDENTS, WANG, asker, grant
from yiwang.foundation.kernel.time import FrozenClock, now
from yiwang.library.gateways import attempts, signing
from yiwang.library.gateways.contract import Sharing
from yiwang.library.gateways.fragment import Compare, Keys
from yiwang.library.gateways.gateway import NotGranted
from yiwang.library.gateways.log import verify_receipt
from yiwang.library.gateways.signing import SigningKey
from yiwang.library.gateways.statistic import Measure, Statistic

ABOUT_WANG = Keys("id", (WANG,))


@pytest.mark.parametrize(
    ("code", "granted", "who"),
    [
        ("no_grant", {}, {"post": "market/water"}),
        ("wrong_purpose", {}, {"purpose": "curiosity"}),
        ("case_needed", {"needs_case": True}, {"case": ""}),
        ("field", {"fields": {"id": grant().fields["id"]}}, {}),
        ("statistics_only", {"statistics_only": True}, {}),
    ],
)
def test_who_is_named_in_vain_finds_who_tried_and_why(
    police: Police, code: str, granted: dict[str, Any], who: dict[str, Any]
) -> None:
    given = police.granted(**granted)
    assert police.refused("name", given=given, who=asker(**who), keys=ABOUT_WANG) == code
    (record,) = police.gateway.accesses_of(WANG)
    assert (record.refused, record.rows, record.fields, record.times) == (code, 0, ("name",), 1)
    assert (record.asker.name, record.grant) == ("Li Lei", "")
    assert not police.gateway.accesses_of(LI)
    assert list(police.gateway.accesses()) == [record]
    verify_receipt(police.gateway.receipt(record.position), police.trust)


def test_a_forged_and_an_expired_grant_are_attempts_too(police: Police, clock: FrozenClock) -> None:
    forged = signing.issue(grant(), SigningKey.fresh())
    assert police.refused(given=forged, where=Compare("id", "=", WANG)) == "signature"
    ended = police.granted(expires=now() - timedelta(days=1))
    assert police.refused(given=ended, keys=ABOUT_WANG) == "expired"
    assert [each.refused for each in police.gateway.accesses_of(WANG)] == ["expired", "signature"]


def test_a_statistic_of_one_person_is_an_attempt(police: Police) -> None:
    asked = Statistic(RESIDENTS.reference, (Measure("count"),), ("district",), Compare("id", "=", WANG))
    with pytest.raises(NotGranted, match="wrong_purpose"):
        police.gateway.figures(asked, police.granted(), asker(purpose="curiosity"))
    (record,) = police.gateway.accesses_of(WANG)
    assert (record.refused, record.fields, record.statistics) == ("wrong_purpose", ("district",), False)


def test_what_names_nobody_and_what_is_only_too_much_leaves_no_record(police: Police) -> None:
    police.refused("name", who=asker(purpose="curiosity"))
    police.refused("name", who=asker(purpose="curiosity"), where=Compare("name", "=", "王芳"))
    given = police.granted(per_minute=1)
    police.read("name", given=given, keys=ABOUT_WANG)
    assert police.refused("name", given=given, keys=ABOUT_WANG) == "rate"
    assert [each.refused for each in police.gateway.accesses()] == [""]


def test_attempts_at_what_is_withheld_name_nobody(department: Any) -> None:
    police: Police = department(replace(RESIDENTS, sharing=Sharing.WITHHELD))
    assert police.refused("name", keys=ABOUT_WANG) == "withheld"
    (record,) = police.gateway.accesses()
    assert (record.refused, record.subjects) == ("withheld", ())
    assert not police.gateway.accesses_of(WANG)


def test_an_investigation_may_delay_that_an_attempt_is_told(police: Police, clock: FrozenClock) -> None:
    late = asker(purpose="curiosity", disclose_after=now() + timedelta(days=30))
    police.refused("name", who=late, keys=ABOUT_WANG)
    assert not police.gateway.accesses_of(WANG)
    assert len(police.gateway.accesses()) == 1
    clock.advance(timedelta(days=31))
    assert len(police.gateway.accesses_of(WANG)) == 1


def test_a_flood_of_attempts_is_counted_and_does_not_fill_the_log(police: Police, clock: FrozenClock) -> None:
    for _number in range(50):
        police.refused("name", who=asker(purpose="curiosity"), keys=ABOUT_WANG)
    police.refused("name", who=asker(department="water", post="water/permits"), keys=ABOUT_WANG)
    written = police.gateway.accesses()
    assert len(written) == attempts.PER_MINUTE + 1, "another department's flood takes nobody's place"
    assert {each.times for each in written} == {1}
    clock.advance(timedelta(minutes=1))
    police.gateway.head()
    last = police.gateway.accesses()[-1]
    assert (last.refused, last.times) == ("wrong_purpose", 50 - attempts.PER_MINUTE)
    assert sum(each.times for each in police.gateway.accesses()) == 51
    police.refused("name", who=asker(purpose="curiosity"), keys=ABOUT_WANG)
    assert police.gateway.accesses()[-1].times == 1


def test_what_was_only_counted_is_written_when_the_gateway_closes(tmp_path: Path, clock: FrozenClock) -> None:
    with police_of(tmp_path) as police:
        for _number in range(attempts.PER_MINUTE + 5):
            police.refused("name", who=asker(purpose="curiosity"), keys=ABOUT_WANG)
    with police_of(tmp_path) as police:
        assert [each.times for each in police.gateway.accesses_of(WANG)][:2] == [5, 1]


def test_one_record_names_so_many_at_most(police: Police) -> None:
    everybody = tuple(f"{number:018}" for number in range(1000))
    police.refused("name", who=asker(purpose="curiosity"), keys=Keys("id", everybody))
    (record,) = police.gateway.accesses()
    assert len(record.subjects) == attempts.MOST_NAMED


def test_a_log_that_cannot_be_written_changes_nothing_for_who_was_refused(
    tmp_path: Path, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    with police_of(tmp_path) as police:
        log = tmp_path / "police" / "log" / "records"
        police.read("name", keys=ABOUT_WANG)
        with log.open("r+b") as file:
            file.truncate(8)
        assert police.refused("name", who=asker(purpose="curiosity"), keys=ABOUT_WANG) == "wrong_purpose"
        assert "could not be written" in caplog.text

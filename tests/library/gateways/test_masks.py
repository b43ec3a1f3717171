"""What a consumer sees of a masked field."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from tests.library.gateways.registers import RESIDENTS
from yiwang.library.gateways.grant import Mask, MaskKind
from yiwang.library.gateways.masks import check_mask, hash_key, masked

KEY = hash_key(b"s" * 32, "analysis", "data-office")


def seen(values: list[Any], kind: pa.DataType, mask: Mask, field: str = "name", key: bytes = KEY) -> list[Any]:
    column = pa.chunked_array([pa.array(values, kind)])
    found = masked(column, RESIDENTS.by_name[field], mask, key)
    assert found.type == (pa.string() if mask.kind is MaskKind.HASH else kind)
    result: list[Any] = found.to_pylist()
    return result


def test_a_withheld_value_is_null() -> None:
    assert seen(["王芳", None], pa.string(), Mask(MaskKind.NULL)) == [None, None]


def test_a_name_shown_in_part_keeps_its_first_character() -> None:
    names = ["王芳", "欧阳娜娜", None, ""]
    assert seen(names, pa.string(), Mask(MaskKind.PARTIAL, keep_first=1)) == ["王*", "欧***", None, ""]


def test_what_would_be_shown_whole_is_hidden_whole() -> None:
    mask = Mask(MaskKind.PARTIAL, keep_first=2, keep_last=2)
    assert seen(["13912345678", "1391", "139"], pa.string(), mask) == ["13*******78", "****", "***"]


def test_equal_identifiers_have_equal_hashes_however_they_are_written() -> None:
    found = seen(["11010519491231002x", " 11010519491231002X", None], pa.string(), Mask(MaskKind.HASH), "id")
    assert found[0] == found[1] != None  # noqa: E711
    assert found[2] is None


def test_hashes_are_the_hmac_of_the_standard_library() -> None:
    import hmac

    assert seen(["王芳"], pa.string(), Mask(MaskKind.HASH)) == [hmac.digest(KEY, "王芳".encode(), "sha256").hex()[:32]]


def test_hashes_of_another_purpose_or_consumer_do_not_join() -> None:
    keys = [KEY, hash_key(b"s" * 32, "linkage", "data-office"), hash_key(b"s" * 32, "analysis", "market")]
    assert len({seen(["A"], pa.string(), Mask(MaskKind.HASH), "id", key)[0] for key in keys}) == 3


@pytest.mark.parametrize(
    ("values", "kind", "mask", "expected"),
    [
        ([date(1990, 5, 20), None], pa.date32(), {"unit": "month"}, [date(1990, 5, 1), None]),
        ([date(1990, 5, 20)], pa.date32(), {"unit": "year"}, [date(1990, 1, 1)]),
        ([-7, 7, 10, -10, None], pa.int64(), {"step": 5}, [-10, 5, 10, -10, None]),
        ([Decimal("-7.5"), Decimal("7.5")], pa.decimal128(18, 6), {"step": 5}, [Decimal(-10), Decimal(5)]),
        (["110105199003070011", None], pa.string(), {"keep_first": 6}, ["110105", None]),
    ],
)
def test_a_generalised_value_is_the_lower_end_of_its_class(
    values: list[Any], kind: pa.DataType, mask: dict[str, Any], expected: list[Any]
) -> None:
    assert seen(values, kind, Mask(MaskKind.GENERALISE, **mask)) == expected


def test_the_month_of_a_moment_is_the_citys() -> None:
    late = datetime(2025, 5, 31, 20, tzinfo=UTC)  # the first of June in Shanghai
    [found] = seen([late], pa.timestamp("us", "UTC"), Mask(MaskKind.GENERALISE, unit="month"))
    assert found == datetime(2025, 5, 31, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "mask", "said"),
    [
        ("born", Mask(MaskKind.GENERALISE), "month or year"),
        ("rooms", Mask(MaskKind.GENERALISE), "step"),
        ("name", Mask(MaskKind.GENERALISE), "keep_first"),
        ("retired", Mask(MaskKind.GENERALISE, step=1), "yes or no"),
        ("born", Mask(MaskKind.PARTIAL, keep_first=4), "no text"),
        ("name", Mask(MaskKind.PARTIAL, keep_first=-1), "count characters"),
    ],
)
def test_a_mask_that_does_not_suit_the_field_is_refused(field: str, mask: Mask, said: str) -> None:
    assert said in check_mask(RESIDENTS.by_name[field], mask)

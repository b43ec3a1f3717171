import io
import logging

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.kernel.identifiers import make_resident_id, tracking_code
from yiwang.web.logs import DiscreetFormatter, discreet


@pytest.mark.parametrize(
    "secret",
    [
        "110000199003070212",
        "11010519491231002X",
        "13812345678",
        "+8613812345678",
        "wang.xiaolan@example.org",
        "yw_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "K4GR7-0M3QZ-X8V1TN-C2B6H-J9S5A",
    ],
)
@pytest.mark.parametrize("around", ["{}", "looked for {}, found nothing", "(id={})", "‘{}’", "号码{}无效"])
def test_personal_numbers_and_secrets_do_not_reach_the_log(secret: str, around: str) -> None:
    assert secret not in discreet(around.format(secret))


@pytest.mark.parametrize(
    "line", ["password=hunter22", "'password': 'hunter22'", 'PASSWORD="hunter22"', "Authorization: Bearer hunter22"]
)
def test_what_is_called_a_password_is_hidden(line: str) -> None:
    assert "hunter22" not in discreet(line)


@pytest.mark.parametrize(
    "line",
    [
        "case 319900-2026-0000001 received",
        "took 12345 ms at 2026-03-09T04:00:00.000000+00:00",
        "event position 12345678901",
        "GET /desk/cases/319900-2026-0000001/ 200",
    ],
)
def test_what_an_operator_needs_stays(line: str) -> None:
    assert discreet(line) == line


@given(st.integers(0, 10**6))
def test_no_generated_identity_number_gets_through(seed: int) -> None:
    number = make_resident_id(seed)
    assert number not in discreet(f"no such person: {number}.")


def test_no_tracking_code_gets_through() -> None:
    for _ in range(200):
        code = tracking_code()
        assert code not in discreet(f"looked up {code}")


def test_arguments_and_tracebacks_are_hidden_too() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(DiscreetFormatter("{message}", style="{"))
    logger = logging.getLogger("tests.discreet")
    logger.propagate = False
    logger.addHandler(handler)
    try:
        raise ValueError("Key (phone)=(13812345678) already exists")
    except ValueError:
        logger.exception("could not keep %s", "110000199003070212")
    finally:
        logger.removeHandler(handler)
    text = stream.getvalue()
    assert "Traceback" in text
    assert "13812345678" not in text
    assert "110000199003070212" not in text


def test_every_handler_of_the_platform_is_discreet() -> None:
    formatters = settings.LOGGING["formatters"]
    for handler in settings.LOGGING["handlers"].values():
        assert formatters[handler["formatter"]]["()"] == "yiwang.web.logs.DiscreetFormatter"

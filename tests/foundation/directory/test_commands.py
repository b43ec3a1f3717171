import io

import pytest

from tests.foundation.directory import people
from yiwang.foundation.directory import actions
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.web.commands import main

pytestmark = pytest.mark.django_db


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_an_operator_sets_a_password(clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    user = people.resident()
    type_in(monkeypatch, "a bench in the shade\n")
    assert main(["accounts", "set-password", user.username]) == 0
    assert User.objects.get(pk=user.pk).check_password("a bench in the shade")


def test_a_weak_password_is_refused_with_the_reason(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    user = people.resident()
    type_in(monkeypatch, "short\n")
    assert main(["accounts", "set-password", user.username]) == 1
    assert capsys.readouterr().err.strip()
    assert User.objects.get(pk=user.pk).check_password(people.PASSWORD)


def test_an_unknown_account_is_said(clock: FrozenClock, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["accounts", "switch-off", "nobody"]) == 1
    assert "no account nobody" in capsys.readouterr().err


def test_an_account_that_was_switched_off_and_on_again_needs_new_tokens(clock: FrozenClock) -> None:
    user = people.resident()
    token = actions.issue_token(user, "script").token
    assert main(["accounts", "switch-off", user.username]) == 0
    assert actions.account_of_token(token) is None
    assert main(["accounts", "switch-on", user.username]) == 0
    assert User.objects.get(pk=user.pk).is_active
    assert actions.account_of_token(token) is None

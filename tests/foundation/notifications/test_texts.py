"""Text messages: sealed while they wait, handed over once, to a gateway that knows us by our signature."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from tests.foundation.directory import people
from yiwang.foundation.jobs.models import Job
from yiwang.foundation.kernel.time import FrozenClock, now
from yiwang.foundation.notifications import texting
from yiwang.foundation.notifications.jobs import send_text
from yiwang.foundation.notifications.models import TextMessage
from yiwang.foundation.notifications.texting import NotTaken, Refused, Text
from yiwang.foundation.notifications.texting.http import SignedHttp, signature
from yiwang.foundation.notifications.texts import text

SECRET = "a secret of both sides"


@dataclass
class Operator:
    """A telephone company's server."""

    url: str
    answers: list[int] = field(default_factory=list)
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def operator() -> Iterator[Operator]:
    found = Operator("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.came.append((dict(self.headers), body))
            self.send_response(found.answers.pop(0) if found.answers else 200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}/messages"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def gateway(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> Operator:
    monkeypatch.setenv("YIWANG_SMS_URL", operator.url)
    monkeypatch.setenv("YIWANG_SMS_SECRET", SECRET)
    return operator


def asked(key: str = "code:1", words: str = "验证码 482913") -> TextMessage:
    text("13912345678", words, key=key, expires_at=now() + timedelta(minutes=5))
    return TextMessage.objects.get(key=key)


def test_a_message_waits_sealed_and_is_erased_when_it_is_sent(db: None, clock: FrozenClock, gateway: Operator) -> None:
    row = asked()
    assert "482913" not in row.sealed
    assert "482913" not in str(Job.objects.values_list("args", flat=True))
    send_text(message=row.pk)
    row.refresh_from_db()
    assert (row.sealed, row.sent_at, row.refused) == ("", now(), "")
    (headers, body) = gateway.came[0]
    assert json.loads(body) == {"key": "code:1", "phone": "13912345678", "sender": "一网", "text": "验证码 482913"}
    expected = signature(SECRET, headers["X-Yiwang-Timestamp"], body)
    assert headers["X-Yiwang-Signature"] == f"sha256={expected}"
    assert headers["Idempotency-Key"] == "code:1"


def test_asked_twice_or_run_twice_it_is_sent_once(db: None, clock: FrozenClock, gateway: Operator) -> None:
    row = asked()
    assert asked() == row
    assert Job.objects.filter(name="notifications.send_text").count() == 1
    for _ in range(2):
        send_text(message=row.pk)
    assert len(gateway.came) == 1


def test_an_operator_that_is_busy_is_asked_again(db: None, clock: FrozenClock, gateway: Operator) -> None:
    gateway.answers = [503]
    row = asked()
    with pytest.raises(NotTaken):
        send_text(message=row.pk)
    send_text(message=row.pk)
    row.refresh_from_db()
    assert row.sent_at is not None


@pytest.mark.parametrize("late", [True, False])
def test_what_is_too_late_or_refused_is_erased_unsent(
    db: None, clock: FrozenClock, gateway: Operator, late: bool
) -> None:
    row = asked()
    gateway.answers = [422]
    if late:
        clock.advance(timedelta(minutes=5))
    send_text(message=row.pk)
    row.refresh_from_db()
    assert (row.sealed, row.sent_at) == ("", None)
    assert row.refused == ("expired" if late else "refused 422")
    assert len(gateway.came) == (0 if late else 1)


def test_where_nobody_listens_it_is_tried_again() -> None:
    with pytest.raises(NotTaken, match="ConnectError"):
        SignedHttp("http://127.0.0.1:9/", SECRET, "x").send(Text("k", "13912345678", "text"))


def test_an_answer_that_leads_elsewhere_is_a_refusal(operator: Operator) -> None:
    operator.answers = [302]
    with pytest.raises(Refused):
        SignedHttp(operator.url, SECRET, "x").send(Text("k", "13912345678", "text"))


@pytest.mark.parametrize(
    ("url", "secret"),
    [("http://gateway.example/", SECRET), ("ftp://x/", SECRET), ("https://gateway.example/", "short")],
)
def test_a_gateway_that_would_be_unsafe_stops_the_start(monkeypatch: pytest.MonkeyPatch, url: str, secret: str) -> None:
    monkeypatch.setenv("YIWANG_SMS_URL", url)
    monkeypatch.setenv("YIWANG_SMS_SECRET", secret)
    with pytest.raises(ImproperlyConfigured):
        texting.gateway()


def test_an_administrator_of_a_demonstration_reads_what_would_have_gone_out(
    db: None, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.YIWANG_DATA_DIR = tmp_path
    client = Client(headers={"accept-language": "en"})
    client.force_login(people.administrator())
    assert "sends no text messages" in client.get("/administration/texts/").content.decode()
    monkeypatch.setenv("YIWANG_SMS_URL", "outbox:")
    send_text(message=asked().pk)
    page = client.get("/administration/texts/").content.decode()
    assert "482913" in page
    assert "Never set" in page

import socket
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured

from yiwang.foundation.directory.models import User
from yiwang.foundation.jobs.models import Job
from yiwang.foundation.jobs.queries import overview
from yiwang.foundation.jobs.worker import run_due
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.notifications.actions import tell
from yiwang.foundation.notifications.jobs import send_mail
from yiwang.foundation.notifications.mail import post_office
from yiwang.foundation.notifications.models import Message

pytestmark = pytest.mark.django_db

DECIDED = Words("您的申请 2025-000007 有了结果", "Your application 2025-000007 has a result")
SECRET = Words("您填写的身份证号有误：110101199003070118", "The number you gave, 110101199003070118, is wrong")


@pytest.fixture
def wang(clock, monkeypatch) -> User:
    monkeypatch.setenv("YIWANG_EMAIL_URL", "memory:")
    monkeypatch.setenv("YIWANG_PUBLIC_URL", "https://one.city.example/")
    return User.objects.create_user("wang", name="王五", email="wang@example.com", registered_at=clock.now())


def test_a_person_with_an_address_is_sent_what_happened_and_where_but_no_answers(wang: User) -> None:
    tell(wang.pk, DECIDED, SECRET, "/cases/7/", key="decided:7")
    run_due()
    (letter,) = mail.outbox
    assert letter.subject == DECIDED.zh
    assert letter.to == ["wang@example.com"]
    assert DECIDED.zh in letter.body
    assert "请登录" in letter.body
    assert "https://one.city.example/inbox/" in letter.body
    assert "110101199003070118" not in letter.message().as_string() + letter.body
    assert Message.objects.get().mailed_at is not None


def test_the_letter_is_in_the_persons_language(wang: User) -> None:
    User.objects.update(language="en")
    tell(wang.pk, DECIDED, SECRET, "/cases/7/", key="decided:7")
    run_due()
    assert mail.outbox[0].subject == DECIDED.en
    assert "Sign in to read it" in mail.outbox[0].body


def test_telling_twice_and_running_the_job_twice_sends_one_letter(wang: User) -> None:
    number = tell(wang.pk, DECIDED, SECRET, "/", key="decided:7")
    tell(wang.pk, DECIDED, SECRET, "/", key="decided:7")
    run_due()
    send_mail(message=number)
    assert len(mail.outbox) == 1


def test_a_letter_sent_again_after_a_crash_bears_the_same_message_id(wang: User) -> None:
    number = tell(wang.pk, DECIDED, SECRET, "/", key="decided:7")
    send_mail(message=number)
    Message.objects.update(mailed_at=None)
    send_mail(message=number)
    first, second = (letter.message()["Message-ID"] for letter in mail.outbox)
    assert first == second == f"<message-{number}@one.city.example>"


def test_a_person_without_an_address_still_has_the_inbox(wang: User) -> None:
    User.objects.update(email="")
    tell(wang.pk, DECIDED, SECRET, "/", key="decided:7")
    assert Job.objects.count() == 0
    assert Message.objects.count() == 1


def test_a_closed_account_gets_no_mail(wang: User) -> None:
    tell(wang.pk, DECIDED, SECRET, "/", key="decided:7")
    User.objects.update(is_active=False)
    run_due()
    assert mail.outbox == []


def test_mail_waits_while_the_post_office_is_away(wang: User, clock, monkeypatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("YIWANG_EMAIL_URL", f"smtp://127.0.0.1:{port}")
    tell(wang.pk, DECIDED, SECRET, "/", key="decided:7")
    run_due()
    assert overview().later == 1
    monkeypatch.setenv("YIWANG_EMAIL_URL", "memory:")
    clock.advance(timedelta(minutes=1))
    run_due()
    assert len(mail.outbox) == 1


def test_an_address_that_its_server_refuses_for_good_is_not_tried_again(wang: User, monkeypatch) -> None:
    with RefusingServer() as server:
        monkeypatch.setenv("YIWANG_EMAIL_URL", f"smtp://127.0.0.1:{server.port}")
        tell(wang.pk, DECIDED, SECRET, "/", key="decided:7")
        run_due()
    assert Message.objects.get().mail_refused == "550"
    assert Job.objects.get().state == "done"


def test_by_default_letters_are_files_in_the_data_directory(wang: User, monkeypatch, settings, tmp_path: Path) -> None:
    monkeypatch.delenv("YIWANG_EMAIL_URL")
    settings.YIWANG_DATA_DIR = tmp_path
    tell(wang.pk, DECIDED, SECRET, "/", key="decided:7")
    run_due()
    (file,) = (tmp_path / "mail").iterdir()
    assert "Message-ID: <message-" in file.read_text()


@pytest.mark.parametrize(
    "url", ["smtp://", "http://mail.example", "file://", "mail.example", "smtp://u:geheim@:25", "smtp://host:port"]
)
def test_a_wrong_address_of_the_post_office_stops_the_start_with_the_forms_it_may_have(monkeypatch, url: str) -> None:
    monkeypatch.setenv("YIWANG_EMAIL_URL", url)
    with pytest.raises(ImproperlyConfigured, match="smtps://") as refused:
        post_office()
    assert "geheim" not in str(refused.value)


def test_the_forms_of_the_post_offices_address(monkeypatch) -> None:
    monkeypatch.setenv("YIWANG_EMAIL_URL", "smtps://user%40city:p%3Aw@mail.example")
    options = post_office().options
    assert (options["host"], options["port"], options["use_ssl"]) == ("mail.example", 465, True)
    assert (options["username"], options["password"]) == ("user@city", "p:w")
    assert "p:w" not in repr(post_office())
    monkeypatch.setenv("YIWANG_EMAIL_URL", "smtp://mail.example:587?starttls=1")
    assert post_office().options["use_tls"] is True


class RefusingServer:
    """A mail server that knows nobody."""

    def __enter__(self) -> "RefusingServer":
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        connection, _ = self._socket.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 refusing.example\r\n")
            for line in lines:
                verb = line[:4].upper()
                connection.sendall(b"550 no such user\r\n" if verb == b"RCPT" else b"250 fine\r\n")
                if verb == b"QUIT":
                    return

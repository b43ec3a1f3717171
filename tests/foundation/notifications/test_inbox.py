from datetime import timedelta

import pytest
from django.test import Client

from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel.text import UnacceptableText, Words
from yiwang.foundation.notifications.actions import NoSuchMessage, mark_all_read, mark_read, tell
from yiwang.foundation.notifications.models import Message
from yiwang.foundation.notifications.queries import PAGE, inbox, unread_count

pytestmark = pytest.mark.django_db

DECIDED = Words("您的食品经营许可已批准", "Your food licence was granted")
COLLECT = Words("请在 9 月 12 日前领取。", "Collect it by 12 September.")


@pytest.fixture
def wang(clock) -> User:
    return User.objects.create_user("wang", name="王五", registered_at=clock.now())


@pytest.fixture
def li(clock) -> User:
    return User.objects.create_user("li", name="李四", language="en", registered_at=clock.now())


def sign_in(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def test_a_message_keeps_both_languages_and_waits_unread(wang: User) -> None:
    tell(wang.pk, DECIDED, COLLECT, "/cases/7/", key="decided:7")
    (told,) = inbox(wang.pk).messages
    assert (told.subject, told.body, told.link, told.unread) == (DECIDED, COLLECT, "/cases/7/", True)
    assert unread_count(wang.pk) == 1


def test_the_same_event_is_told_once_however_often_it_is_heard(wang: User, li: User) -> None:
    first = tell(wang.pk, DECIDED, COLLECT, "/cases/7/", key="decided:7")
    assert tell(wang.pk, DECIDED, COLLECT, "/cases/7/", key="decided:7") == first
    assert tell(li.pk, DECIDED, COLLECT, "/cases/7/", key="decided:7") != first
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    "link", ["https://elsewhere.example/", "//elsewhere.example/", "cases/7", "/\\elsewhere.example"]
)
def test_a_message_never_leads_to_another_site(wang: User, link: str) -> None:
    with pytest.raises(ValueError, match="path of this site"):
        tell(wang.pk, DECIDED, COLLECT, link, key="k")


def test_a_subject_cannot_smuggle_a_second_line_into_a_mail(wang: User) -> None:
    with pytest.raises(UnacceptableText):
        tell(wang.pk, Words("一", "One\nBcc: all@city.example"), COLLECT, "/", key="k")


def test_each_reader_sees_the_page_in_their_language(wang: User) -> None:
    tell(wang.pk, DECIDED, COLLECT, "/cases/7/", key="decided:7")
    chinese = sign_in(wang).get("/inbox/").content.decode()
    assert "1 条消息您还没有看" in chinese
    assert DECIDED.zh in chinese
    assert DECIDED.en not in chinese
    english = sign_in(wang, "en").get("/inbox/").content.decode()
    assert "1 message you have not read" in english
    assert COLLECT.en in english


def test_an_empty_inbox_says_what_will_come(wang: User) -> None:
    assert "还没有消息" in sign_in(wang).get("/inbox/").content.decode()


def test_going_to_a_message_marks_it_read_and_leads_to_its_subject(wang: User) -> None:
    number = tell(wang.pk, DECIDED, COLLECT, "/cases/7/", key="decided:7")
    answer = sign_in(wang).post(f"/inbox/{number}/read/", {"open": "1"})
    assert (answer.status_code, answer["Location"]) == (302, "/cases/7/")
    assert unread_count(wang.pk) == 0


def test_reading_is_a_post_and_protected_from_other_sites(wang: User) -> None:
    number = tell(wang.pk, DECIDED, COLLECT, "/cases/7/", key="decided:7")
    client = Client(enforce_csrf_checks=True)
    client.force_login(wang)
    assert client.get(f"/inbox/{number}/read/").status_code == 405
    assert client.post(f"/inbox/{number}/read/").status_code == 403
    assert unread_count(wang.pk) == 1


def test_a_strangers_message_does_not_exist(wang: User, li: User) -> None:
    number = tell(wang.pk, DECIDED, COLLECT, "/cases/7/", key="decided:7")
    client = sign_in(li)
    assert client.post(f"/inbox/{number}/read/").status_code == 404
    assert client.post(f"/inbox/{2**70}/read/").status_code == 404
    assert DECIDED.en not in client.get("/inbox/").content.decode()
    with pytest.raises(NoSuchMessage):
        mark_read(li.pk, number)
    assert unread_count(wang.pk) == 1


def test_a_visitor_signs_in_first(wang: User) -> None:
    answer = Client().get("/inbox/")
    assert answer.status_code == 302
    assert answer["Location"].endswith("?next=%2Finbox%2F")


def test_marking_all_as_read_spares_what_came_after_the_page_was_drawn(wang: User) -> None:
    seen = tell(wang.pk, DECIDED, COLLECT, "/", key="1")
    tell(wang.pk, DECIDED, COLLECT, "/", key="2")
    assert mark_all_read(wang.pk, seen) == 1
    assert unread_count(wang.pk) == 1


def test_a_long_inbox_is_read_page_by_page(wang: User, clock) -> None:
    for number in range(PAGE * 2 + 3):
        clock.advance(timedelta(minutes=1))
        tell(wang.pk, DECIDED, COLLECT, "/", key=str(number))
    seen, page = [], inbox(wang.pk)
    while True:
        seen += [told.number for told in page.messages]
        if page.older is None:
            break
        page = inbox(wang.pk, before=page.older)
    assert len(seen) == PAGE * 2 + 3
    assert seen == sorted(seen, reverse=True)


def test_the_inbox_takes_the_same_few_queries_however_full(wang: User, django_assert_num_queries) -> None:
    for number in range(30):
        tell(wang.pk, DECIDED, COLLECT, "/", key=str(number))
    with django_assert_num_queries(2):
        inbox(wang.pk)


@pytest.mark.parametrize("nonsense", ["x", "-1", "٣", "9" * 40, ""])
def test_a_nonsense_page_number_shows_the_newest(wang: User, nonsense: str) -> None:
    tell(wang.pk, DECIDED, COLLECT, "/", key="1")
    assert DECIDED.zh in sign_in(wang).get("/inbox/", {"before": nonsense}).content.decode()

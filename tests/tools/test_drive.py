"""The plain browser of `./dev up --check` reads pages as a person without scripts does."""

from typing import Any

import pytest

from tools import drive
from tools.pages import Form, Page, Visitor, _Reader

MARKUP = """<header><form method="post" action="/language/"><button name="language" value="en">English</button></form>
</header>
<main><h1>Where do
 you live?</h1><script>ignore()</script><a href="/matters/x/" class="go">X</a>
<form method="post" action=""><input type="hidden" name="token" value="t">
<input type="radio" name="here" value="true"><input type="radio" name="here" value="false" checked>
<input type="checkbox" name="declared" value="yes"><input name="gone" value="1" disabled>
<select name="district"><option value="a">A</option><option value="b" selected>B</option></select>
<textarea name="note"></textarea><input type="file" name="paper"></form></main>"""


@pytest.fixture
def page() -> Page:
    read = Page("http://city.test/drafts/1/questions/here/", 200)
    reader = _Reader(read)
    reader.feed(MARKUP)
    reader.close()
    read.text = "".join(reader.words)
    return read


def test_a_form_would_send_what_stands_in_it(page: Page) -> None:
    form = page.own_form()
    assert form is page.form("here", "declared")
    assert form is not None
    assert form.values == {"token": ["t"], "here": ["false"], "district": ["b"], "note": [""]}
    assert form.choices == {"here": ["true", "false"], "declared": ["yes"]}
    assert form.files == {"paper"}
    assert "gone" not in form.names


def test_words_links_and_the_heading_are_read(page: Page) -> None:
    assert page.heading == "Where do\n you live?"
    assert "ignore" not in page.text
    assert "English" not in page.text, "the frame is not the page"
    assert page.link(r"^/matters/") == "/matters/x/"
    assert page.link(r"^/desk/") is None


def test_what_a_form_does_not_ask_for_cannot_be_sent(page: Page) -> None:
    form = page.own_form() or Form("", "post")
    with pytest.raises(KeyError, match="phone"):
        Visitor("http://city.test").send(page, form, {"phone": "1"})


def test_a_page_that_fails_is_told_with_its_words() -> None:
    failed: Any = Page("http://city.test/mine/", 500, "Out of order", "Try again later")
    with pytest.raises(drive.WentWrong, match=r"/mine/ answers 500\. The page says: Out of order: Try again later"):
        drive.ok(failed)

"""Every component can be drawn in both languages, and what it draws can be used by everybody."""

from collections import Counter
from html.parser import HTMLParser

import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from tests.foundation.ui.gallery import COMPONENTS, LINE, fragment
from yiwang.foundation.ui.shapes import Material
from yiwang.foundation.ui.templatetags.ui import register


class Markup(HTMLParser):
    """Collects elements with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.fixture(params=["zh-hans", "en"])
def markup(request: pytest.FixtureRequest) -> Markup:
    with translation.override(request.param):
        return Markup(fragment())


def test_the_gallery_shows_every_component() -> None:
    elsewhere = {"page_frame", "asset", "attributes", "form_field", "break_code"}
    missing = [name for name in register.tags if f"{{% {name}" not in COMPONENTS and name not in elsewhere]
    assert missing == []


def test_every_control_has_a_label(markup: Markup) -> None:
    labelled = {label["for"] for label in markup.of("label")}
    controls = [each for each in markup.of("input", "select", "textarea") if each.get("type") != "hidden"]
    assert controls
    assert [each["id"] for each in controls if each["id"] not in labelled] == []


def test_every_id_is_there_once_and_every_reference_leads_somewhere(markup: Markup) -> None:
    ids = Counter(attributes["id"] for _tag, attributes in markup.elements if "id" in attributes)
    assert [name for name, count in ids.items() if count > 1] == []
    wanted = {
        name
        for _tag, attributes in markup.elements
        for key in ("aria-describedby", "aria-labelledby", "for")
        for name in attributes.get(key, "").split()
    }
    assert wanted - set(ids) == set()


def test_a_mistake_is_linked_from_the_summary_and_announced_at_its_field(markup: Markup) -> None:
    targets = {link["href"][1:] for link in markup.of("a") if link.get("href", "").startswith("#")}
    ids = {attributes.get("id") for _tag, attributes in markup.elements}
    assert {"f-gallery-decimal", "f-gallery-date"} == targets
    assert targets <= ids
    wrong = next(each for each in markup.of("input") if each.get("id") == "f-gallery-decimal")
    assert wrong["aria-invalid"] == "true"
    assert "f-gallery-decimal-error" in wrong["aria-describedby"]


def test_the_content_security_policy_is_kept(markup: Markup) -> None:
    for tag, attributes in markup.elements:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
        assert tag != "script"


def test_drawings_are_left_out_for_screen_readers_and_told_as_a_list(markup: Markup) -> None:
    assert all(svg.get("aria-hidden") == "true" for svg in markup.of("svg"))
    assert any("clock-item" in item.get("class", "") for item in markup.of("li"))


def test_everything_is_said_in_the_language_of_the_page() -> None:
    with translation.override("en"):
        english = Markup(fragment()).text
    with translation.override("zh-hans"):
        chinese = Markup(fragment()).text
    for words in ("You need to bring 2 documents", "Why we ask:", "Previous page", "4 days left", "Keep this"):
        assert words in english
        assert words not in chinese
    for words in ("您要准备的材料：2 份", "为什么问：", "上一页", "剩 4 天", "请留好这张回执", "查询码"):
        assert words in chinese


def test_what_people_wrote_is_escaped() -> None:
    text = '{% load ui %}{% text_field "n" label value %}{% materials items %}{% case_card title=label href="/" %}'
    evil = "<script>x</script>"
    drawn = fragment(text, label=evil, value='"><b>', items=[Material(evil, exempt=True, source=evil)])
    assert "<script" not in drawn
    assert "<b>" not in drawn


def test_exempt_material_is_struck_through_and_says_who_gives_it_instead() -> None:
    with translation.override("zh-hans"):
        drawn = fragment("{% load ui %}{% materials materials %}")
    assert "<del>身份证</del>" in drawn
    assert "免交：由公安局提供" in drawn
    assert drawn.index("平面图") < drawn.index("身份证")


def test_a_list_without_needed_papers_says_so() -> None:
    with translation.override("en"):
        drawn = fragment("{% load ui %}{% materials items %}", items=[Material("ID", exempt=True)])
    assert "You need to bring nothing" in drawn
    assert "1 not needed" in drawn


def test_pages_of_a_list_keep_what_it_was_narrowed_by() -> None:
    request = RequestFactory().get("/desk/?q=老王&page=2&state=late")
    template = engines["django"].from_string("{% load ui %}{% pagination number=2 pages=3 %}")
    drawn = template.render({}, request)
    assert 'href="?q=%E8%80%81%E7%8E%8B&amp;state=late&amp;page=1"' in drawn
    assert 'href="?q=%E8%80%81%E7%8E%8B&amp;state=late&amp;page=3"' in drawn


def test_a_list_on_one_page_has_no_pages() -> None:
    assert fragment("{% load ui %}{% pagination number=1 pages=1 %}").strip() == ""


def test_a_table_that_scrolls_can_be_reached_by_keyboard() -> None:
    drawn = Markup(fragment("{% load ui %}{% table columns cells caption=name scroll=True %}"))
    region = drawn.of("div")[0]
    assert (region["role"], region["tabindex"], region["aria-label"]) == ("region", "0", "名称")


def test_a_card_draws_the_line_without_labels() -> None:
    drawn = fragment('{% load ui %}{% case_card title="t" href="/" line=line %}', line=LINE)
    assert "clock-card" in drawn
    assert "clock-labels" not in drawn


def test_words_of_any_sort_are_shown_in_the_language_of_the_page() -> None:
    with translation.override("en"):
        assert fragment("{% load ui %}{{ name|words }}|{{ plain|words }}|{{ no|words }}", plain="as is", no=None) == (
            "Name|as is|"
        )

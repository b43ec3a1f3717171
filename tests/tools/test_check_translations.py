from pathlib import Path

import polib
import pytest

from tools import check_translations, messages, texts
from tools.tree import Package

PYTHON = """
from django.utils.translation import gettext as _, ngettext, pgettext

TITLE = _("Your cases")
COUNT = ngettext("%(n)d case", "%(n)d cases", 2)
STATE = pgettext("of a clock", "Stopped")
WRONG = _(f"Hello {TITLE}")
"""
TEMPLATE = """{% load i18n %}<p>{% translate "Your cases" %} {% translate "Stopped" context "of a clock" %}
{% blocktranslate with who=name trimmed %}
  Ask {{ who }}
{% endblocktranslate %}{{ _("Today") }}{% include "x.html" with title=_("More") %}
{% blocktranslate count n=days %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}
{% comment %}{% translate "Not this" %}{% endcomment %}</p>"""


@pytest.fixture
def package(tmp_path: Path) -> Package:
    (tmp_path / "templates" / "cases").mkdir(parents=True)
    (tmp_path / "views.py").write_text(PYTHON)
    (tmp_path / "templates" / "cases" / "list.html").write_text(TEMPLATE)
    return Package("cases", "casework", tmp_path, (1, 0))


def test_texts_are_found_in_code_and_templates(package: Package) -> None:
    found, problems = texts.texts_in(package.path)
    assert {(text.context, text.msgid, text.plural) for text in found} == {
        (None, "Your cases", None),
        (None, "%(n)d case", "%(n)d cases"),
        ("of a clock", "Stopped", None),
        (None, "Ask %(who)s", None),
        (None, "Today", None),
        (None, "More", None),
        (None, "%(n)s day", "%(n)s days"),
    }
    assert len(next(text for text in found if text.msgid == "Your cases").files) == 2
    assert [problem.rpartition("/")[2] for problem in problems] == [
        "views.py:7: _() needs its text as a plain string in quotes"
    ]


def test_merging_keeps_translations_and_drops_what_nobody_uses(package: Package) -> None:
    found, _ = texts.texts_in(package.path)
    first = messages.merged(package, found)
    assert check_translations.faults(first.find("Today")), "untranslated"
    first.find("Today").msgstr = "今天"
    messages.save(package, first)
    again = messages.merged(package, [text for text in found if text.msgid != "More"])
    assert again.find("Today").msgstr == "今天"
    assert again.find("More") is None


def test_a_package_whose_catalogue_is_complete_and_compiled_passes(package: Package) -> None:
    (package.path / "views.py").write_text("")
    found, _ = texts.texts_in(package.path)
    catalogue = messages.merged(package, found)
    assert any("is not what" in line for line in check_translations.in_catalogue(package, catalogue))
    for entry in catalogue:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: "%(n)s天"}
        else:
            entry.msgstr = "问%(who)s" if "who" in entry.msgid else "字"
    messages.save(package, catalogue)
    assert list(check_translations.in_catalogue(package, messages.merged(package, found))) == []
    messages.catalogue_path(package).with_suffix(".mo").write_bytes(b"old")
    assert ["was not compiled" in line for line in check_translations.in_catalogue(package, catalogue)] == [True]


@pytest.mark.parametrize(
    ("msgid", "msgstr", "fault"),
    [
        ("Ask %(who)s", "问", "has other placeholders"),
        ("Ask {who}", "问{whom}", "has other placeholders"),
        ("Today", " ", "has no Chinese"),
        ("Today", "今天", ""),
        ("50%% of %(n)s", "%(n)s的50%%", ""),
    ],
)
def test_a_translation_keeps_the_placeholders(msgid: str, msgstr: str, fault: str) -> None:
    found = list(check_translations.faults(polib.POEntry(msgid=msgid, msgstr=msgstr)))
    assert [line[: len(fault)] for line in found] == ([fault] if fault else [])


def test_a_fuzzy_translation_is_found() -> None:
    entry = polib.POEntry(msgid="Today", msgstr="今天", flags=["fuzzy"])
    assert list(check_translations.faults(entry)) == ["is marked fuzzy: look at it and remove the mark"]


def test_two_packages_may_not_translate_one_text_differently(package: Package) -> None:
    chosen: dict[tuple[str | None, str], tuple[str, str]] = {(None, "Open"): ("desk", "打开")}
    same, other = polib.POEntry(msgid="Open", msgstr="打开"), polib.POEntry(msgid="Open", msgstr="未结")
    in_context = polib.POEntry(msgid="Open", msgstr="未结", msgctxt="of a case")
    assert list(check_translations.contradictions(same, package, chosen)) == []
    assert list(check_translations.contradictions(in_context, package, chosen)) == []
    assert len(list(check_translations.contradictions(other, package, chosen))) == 1

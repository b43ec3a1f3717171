"""Every template compiles, keeps to the content security policy, escapes, and speaks by translation.

Text that a person reads stands in `translate` or `blocktranslate`. Words that are the same in every language stand in
an element with `translate="no"`, words that stay in their own language in one with `lang`.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template import Engine, TemplateDoesNotExist, TemplateSyntaxError

from tools.django_setup import set_up
from tools.tree import SOURCE, shown

FORBIDDEN = (
    (r"<script\b(?![^>]*\b(?:src|nonce)=)", "an inline script needs a nonce"),
    (r"<style\b(?![^>]*\bnonce=)", "an inline style sheet needs a nonce"),
    (r"<[^>]*\sstyle\s*=", "a style attribute breaks the content security policy: use a class"),
    (r"<[^>]*\s(?:hx-)?on[a-z:-]+\s*=\s*[\"']", "an event attribute breaks the content security policy"),
    (r"javascript:", "a javascript: address breaks the content security policy"),
    (r"\{\{[^}]*\|\s*safe(?:seq)?\b", "|safe switches escaping off"),
    (r"\{%\s*autoescape\s+off", "autoescape off lets markup of strangers through"),
)
SPOKEN_ATTRIBUTES = ("alt", "aria-description", "aria-label", "placeholder", "title")
NOT_SPOKEN = ("script", "style", "code", "svg")
EMPTY = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
WORD = re.compile(r"[A-Za-z]{2,}|[\u3400-\u9fff]")
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}|<!--.*?-->", re.DOTALL)
TRANSLATED = re.compile(r"\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
CLASSES = re.compile(r"\{%\s*block (?:layout|\w*class)\s*%\}.*?\{%\s*endblock\b.*?%\}", re.DOTALL)
ELEMENT = re.compile(r"(?<=<)\{\{.*?\}\}|(?<=</)\{\{.*?\}\}")
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


def complaints() -> list[str]:
    set_up()
    found: list[str] = []
    for folder in sorted(SOURCE.rglob("templates")):
        for path in sorted(folder.rglob("*.*")):
            if path.suffix in (".html", ".txt", ".xml"):
                found += compiles(path, str(path.relative_to(folder)))
                text = path.read_text()
                of_text = [*keeps_to_policy(text), *(speaks(text) if path.suffix == ".html" else ())]
                found += (f"{shown(path)}:{line}" for line in of_text)
    return found


def compiles(path: Path, name: str) -> Iterator[str]:
    try:
        origin = Engine.get_default().get_template(name).origin.name
    except (TemplateSyntaxError, TemplateDoesNotExist) as error:
        yield f"{shown(path)}:1: does not compile: {error}"
    else:
        if Path(origin) != path:
            yield f"{shown(path)}:1: is hidden behind {shown(Path(origin))}: put it in templates/<package's name>/"


def keeps_to_policy(text: str) -> Iterator[str]:
    """Complaints (`line: what`) about markup that the content security policy or escaping forbids."""
    text = _blanked(COMMENT, text)
    for pattern, complaint in FORBIDDEN:
        for match in re.finditer(pattern, text, re.IGNORECASE):
            yield f"{text.count(chr(10), 0, match.start()) + 1}: {complaint}"


def speaks(text: str) -> Iterator[str]:
    """Complaints about text outside translation tags."""
    for pattern in (COMMENT, TRANSLATED, CLASSES):
        text = _blanked(pattern, text)
    text = _blanked(TAG, ELEMENT.sub("x", text))
    reader = _Reader()
    reader.feed(text)
    reader.close()
    for line, words in reader.untranslated:
        yield f"{line}: {words!r} stands outside translate"


class _Reader(HTMLParser):
    """Collects the words that a person would read or hear."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.untranslated: list[tuple[int, str]] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        silences = tag in NOT_SPOKEN or attributes.get("translate") == "no" or ("lang" in attributes and tag != "html")
        if not self._silent and not silences:
            for name in SPOKEN_ATTRIBUTES:
                self._note(attributes.get(name) or "")
            if tag == "input" and attributes.get("type") in ("submit", "button"):
                self._note(attributes.get("value") or "")
        if tag not in EMPTY and (self._silent or silences):
            self._silent.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            while self._silent.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._note(data)

    def _note(self, text: str) -> None:
        if WORD.search(text):
            self.untranslated.append((self.getpos()[0], " ".join(text.split())[:60]))


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    """The text without what matches, line numbers kept."""
    return pattern.sub(lambda match: "\n" * match[0].count("\n"), text)

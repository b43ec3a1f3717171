"""Reading published mappings field by field: what is wrong becomes findings with line and remedy, never exceptions.

A `Section` is one mapping of a file. Ask it for each field that the format has, then `finish()` it: fields nobody asked
for are reported as misspelt. Readers of elements, departments and matters read through it, so that all of them complain
in the same words.
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from yiwang.foundation.kernel.calendar import Limit
from yiwang.foundation.kernel.findings import Finding, Severity
from yiwang.foundation.kernel.text import UnacceptableText, Words, canonical
from yiwang.foundation.standards.yaml_lines import Document, Key, Unreadable, Where, load

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")


class Section:
    """One mapping in a file, with the path that leads to it and the list its findings go to."""

    def __init__(self, document: Document, where: Where, value: object, findings: list[Finding]) -> None:
        self.document = document
        self.where = where
        self.findings = findings
        self.asked: set[str] = set()
        self.fields: dict[str, object] = {}
        if isinstance(value, dict):
            self.fields = value
        elif value is not None:
            self.report(f"{self._name()} must be a list of fields.", "Write “field: value” lines here, indented.")

    def _name(self) -> str:
        return f"“{self.where[-1]}”" if self.where else "The file"

    def line(self, *below: Key) -> int:
        """The line of this section, or of a field below it."""
        return self.document.line(*self.where, *below)

    def report(self, message: str, remedy: str, *below: Key, severity: Severity = "error") -> None:
        """Add a finding at this section, or at a field below it."""
        self.findings.append(Finding(self.document.path, self.line(*below), message, remedy, severity))

    def has(self, key: str) -> bool:
        """Whether the field is written with a value."""
        return self.fields.get(key) is not None

    def _take(self, key: str, required: bool, example: str) -> object:
        self.asked.add(key)
        value = self.fields.get(key)
        if value is None and required:
            self.report(f"“{key}” is missing.", f"Add “{key}: {example}”.", key)
        return value

    def text(self, key: str, *, required: bool = True, example: str = "...", max_length: int = 300) -> str | None:
        """A text field in canonical form."""
        value = self._take(key, required, example)
        if value is None:
            return None
        if not isinstance(value, str):
            self.report(f"“{key}” must be text, not {value}.", "Put it in quotes.", key)
            return None
        return self._canonical(value, max_length, key)

    def _canonical(self, value: str, max_length: int, *below: Key) -> str | None:
        try:
            text = canonical(value, multiline=True, max_length=max_length)
        except UnacceptableText as error:
            name = below[-1] if below else self._name()
            remedy = "Remove the hidden character, or shorten the text."
            self.report(f"“{name}” has text that cannot be kept ({error.reason}).", remedy, *below)
            return None
        return text

    def texts(self, key: str, *, required: bool = True, max_length: int = 300) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        value = self._take(key, required, "[..., ...]")
        if value is None:
            return ()
        found: list[str] = []
        for index, item in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(item, str):
                self.report(f"“{key}” must be a list of texts, not {item}.", "Put each in quotes.", key, index)
                continue
            text = self._canonical(item, max_length, key, index)
            if text:
                found.append(text)
        return tuple(found)

    def words(self, key: str, *, required: bool = True, max_length: int = 1000) -> Words | None:
        """A text in both languages: `{zh: ..., en: ...}`."""
        value = self._take(key, required, "{zh: ..., en: ...}")
        if value is None:
            return None
        remedy = f"Write “{key}: {{zh: ..., en: ...}}”."
        if not isinstance(value, dict):
            self.report(f"“{key}” is written in one language only.", remedy, key)
            return None
        for extra in sorted(set(value) - {"zh", "en"}):
            self.report(f"“{key}” has the unknown language “{extra}”.", remedy, key, extra)
        spoken: dict[str, str] = {}
        for language, called in (("zh", "Chinese"), ("en", "English")):
            text = value.get(language)
            if text is None or text == "":
                self.report(f"“{key}” is missing in {called}.", f"Add “{language}: ...” to it.", key)
            elif not isinstance(text, str):
                self.report(f"“{key}” must be text, not {text}.", "Put it in quotes.", key, language)
            else:
                kept = self._canonical(text, max_length, key, language)
                if kept:
                    spoken[language] = kept
        if len(spoken) < 2:
            return None
        return Words(zh=spoken["zh"], en=spoken["en"])

    def integer(self, key: str, *, minimum: int, maximum: int, default: int | None = None) -> int | None:
        """A whole number within bounds. Without a default the field is required."""
        value = self._take(key, default is None, str(minimum))
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not minimum <= value <= maximum:
            self.report(
                f"“{key}” must be a whole number from {minimum} to {maximum}.", f"Write “{key}: {minimum}”.", key
            )
            return default
        return value

    def decimal(self, key: str) -> Decimal | None:
        """An optional number."""
        value = self._take(key, False, "0")
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.report(f"“{key}” must be a number.", f"Write “{key}: 1”.", key)
            return None
        return Decimal(str(value))

    def boolean(self, key: str, *, default: bool = False) -> bool:
        """`true` or `false`."""
        value = self._take(key, False, "true")
        if value is None:
            return default
        if not isinstance(value, bool):
            self.report(f"“{key}” must be true or false.", f"Write “{key}: true” or leave it out.", key)
            return default
        return value

    def limit(self, key: str, *, required: bool = True) -> Limit | None:
        """A time limit with its unit: “15 working days”, “20 calendar days”, “24 hours”."""
        text = self.text(key, required=required, example="5 working days", max_length=40)
        if text is None:
            return None
        try:
            return Limit.parse(text)
        except ValueError:
            self.report(
                f"“{text}” is not a time limit.", "Write “5 working days”, “20 calendar days” or “24 hours”.", key
            )
            return None

    def one_of(self, key: str, allowed: Sequence[str], *, required: bool = True) -> str | None:
        """One word out of a closed list."""
        text = self.text(key, required=required, example=allowed[0])
        if text is None:
            return None
        if text not in allowed:
            self.report(f"“{text}” is not known as {key}.", near(text, allowed, "Choose one of"), key)
            return None
        return text

    def some_of(self, key: str, allowed: Sequence[str]) -> tuple[str, ...]:
        """Words out of a closed list; at least one."""
        found = self.texts(key)
        for index, text in enumerate(found):
            if text not in allowed:
                self.report(f"“{text}” is not known in {key}.", near(text, allowed, "Choose from"), key, index)
        return tuple(text for text in found if text in allowed)

    def section(self, key: str, *, required: bool = False) -> "Section | None":
        """A mapping under this one."""
        value = self._take(key, required, "{...}")
        if value is None:
            return None
        return Section(self.document, (*self.where, key), value, self.findings)

    def entries(self, key: str, *, shorthand: str, required: bool = False) -> "Iterator[tuple[str, Section]]":
        """Named entries in their written order, each with its section.

        Written as a mapping (`name: {...}`), or as a list of names and one-name mappings (`- name`, `- name: {...}`).
        An entry written as plain text is read as its field `shorthand`.
        """
        value = self._take(key, required, "...")
        if value is None:
            return
        items: list[tuple[Where, str, object]] = []
        if isinstance(value, dict):
            items = [((key, name), name, body) for name, body in value.items()]
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, str):
                    items.append(((key, index), item, None))
                elif isinstance(item, dict) and len(item) == 1:
                    ((name, body),) = item.items()
                    items.append(((key, index, name), name, body))
                else:
                    remedy = "Write “- name” or “- name: {...}”, one name an entry."
                    self.report(f"Entry {index + 1} of “{key}” has no single name.", remedy, key, index)
        else:
            self.report(f"“{key}” must be a list.", "Write one “- name” a line, indented.", key)
        seen: dict[str, int] = {}
        for below, name, body in items:
            line = self.line(*below)
            if name in seen:
                self.report(f"“{name}” appears twice in “{key}” (first on line {seen[name]}).", "Keep one.", *below)
                continue
            seen[name] = line
            fields = {shorthand: body} if isinstance(body, str) else body
            yield name, Section(self.document, (*self.where, *below), fields, self.findings)

    def finish(self) -> None:
        """Report the fields that nobody asked for."""
        for key in self.fields:
            if key not in self.asked:
                self.report(f"“{key}” is not a field here.", near(key, sorted(self.asked), "Fields are"), key)


def near(word: str, allowed: Sequence[str], otherwise: str) -> str:
    """A remedy that names the closest of the allowed words, or lists them."""
    close = difflib.get_close_matches(word, allowed, n=1, cutoff=0.6)
    if close:
        return f"Did you mean “{close[0]}”?"
    listed = ", ".join(allowed[:20]) + (", ..." if len(allowed) > 20 else "")
    return f"{otherwise}: {listed}." if listed else "Define it first."


def read_file(path: Path, findings: list[Finding]) -> Section | None:
    """The file's outermost section, or None with a finding where it cannot be read."""
    try:
        document = load(path)
    except Unreadable as unreadable:
        findings.extend(unreadable.findings)
        return None
    if not isinstance(document.value, dict):
        findings.append(Finding(path, 1, "The file has no fields.", "Write “field: value” lines."))
        return None
    return Section(document, (), document.value, findings)

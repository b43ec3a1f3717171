"""Find the texts to translate in a package's Python files and templates."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import django
from django.conf import settings
from django.template.exceptions import TemplateSyntaxError
from django.utils.translation.template import templatize

from tools.tree import shown

CALLS: dict[str, tuple[str, ...]] = {
    "_": ("msgid",),
    "gettext": ("msgid",),
    "gettext_lazy": ("msgid",),
    "gettext_noop": ("msgid",),
    "ngettext": ("msgid", "plural"),
    "ngettext_lazy": ("msgid", "plural"),
    "pgettext": ("context", "msgid"),
    "pgettext_lazy": ("context", "msgid"),
    "npgettext": ("context", "msgid", "plural"),
    "npgettext_lazy": ("context", "msgid", "plural"),
}
TEMPLATE_CALL = re.compile(r"\b(_|gettext|ngettext|pgettext|npgettext)\(")
STRING = re.compile(r"""\s*u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*(,|\))""", re.DOTALL)


@dataclass
class Text:
    """One text to translate, and the files that use it."""

    msgid: str
    context: str | None = None
    plural: str | None = None
    files: list[str] = field(default_factory=list)


def texts_in(folder: Path) -> tuple[list[Text], list[str]]:
    """All texts below a folder, and complaints (`file:line: what`) about calls whose text cannot be collected."""
    texts: dict[tuple[str | None, str], Text] = {}
    problems: list[str] = []
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            found = _in_python(path, problems)
        elif path.suffix in (".html", ".txt") and "templates" in path.parts:
            found = _in_template(path, problems)
        else:
            continue
        for text in found:
            kept = texts.setdefault((text.context, text.msgid), text)
            kept.plural = kept.plural or text.plural
            if (name := shown(path)) not in kept.files:
                kept.files.append(name)
    return list(texts.values()), problems


def _in_python(path: Path, problems: list[str]) -> Iterator[Text]:
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        parameters = CALLS.get(name)
        if parameters is None or (name == "_" and not isinstance(node.func, ast.Name)):
            continue
        values = [argument.value for argument in node.args[: len(parameters)] if isinstance(argument, ast.Constant)]
        strings = [value for value in values if isinstance(value, str)]
        if len(strings) < len(parameters):
            problems.append(f"{shown(path)}:{node.lineno}: {name}() needs its text as a plain string in quotes")
        elif all(strings):
            yield _text(parameters, strings)


def _in_template(path: Path, problems: list[str]) -> Iterator[Text]:
    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    try:
        source = templatize(path.read_text(), origin=str(path))
    except (SyntaxError, TemplateSyntaxError) as error:
        problems.append(f"{shown(path)}:1: {error}")
        return
    for call in TEMPLATE_CALL.finditer(source):
        parameters = CALLS[call[1]]
        position = call.end()
        strings: list[str] = []
        while len(strings) < len(parameters) and (string := STRING.match(source, position)):
            strings.append(ast.literal_eval(string[1]))
            position = string.end()
        if any(string.endswith("\\") for string in strings):
            problems.append(f"{shown(path)}: {strings[-1]!r} holds an escaped quote: write it with blocktranslate")
        elif len(strings) == len(parameters) and strings[-1]:
            yield _text(parameters, strings)


def _text(parameters: tuple[str, ...], strings: list[str]) -> Text:
    given = dict(zip(parameters, strings, strict=True))
    return Text(given["msgid"], given.get("context"), given.get("plural"))

"""Every text to translate has its Chinese, with the same placeholders, in its package's compiled catalogue."""

import re
from collections.abc import Iterator

import polib

from tools import messages
from tools.django_setup import set_up
from tools.texts import texts_in
from tools.tree import Package, packages, shown

PLACEHOLDER = re.compile(r"%\([a-zA-Z_][\w.]*\)[a-z]|%[sd]|\{[a-zA-Z_]\w*\}")


def complaints() -> list[str]:
    set_up()
    found: list[str] = []
    chosen: dict[tuple[str | None, str], tuple[str, str]] = {}
    for package in packages():
        texts, problems = texts_in(package.path)
        found += problems
        catalogue = messages.merged(package, texts)
        path = messages.catalogue_path(package)
        if catalogue or path.exists():
            found += in_catalogue(package, catalogue)
        for entry in catalogue:
            found += contradictions(entry, package, chosen)
    return found


def in_catalogue(package: Package, wanted: polib.POFile) -> Iterator[str]:
    """Complaints about one package, given the catalogue that `./dev messages` would write for it."""
    path = messages.catalogue_path(package)
    if not path.exists() or path.read_text() != str(wanted):
        yield f"{shown(path)}:1: is not what the package's texts ask for: run ./dev messages {package.name}"
    elif not path.with_suffix(".mo").exists() or path.with_suffix(".mo").read_bytes() != wanted.to_binary():
        yield f"{shown(path.with_suffix('.mo'))}:1: was not compiled from its .po: run ./dev messages {package.name}"
    for entry in wanted:
        yield from (f"{shown(path)}: {entry.msgid[:60]!r} {fault}" for fault in faults(entry))


def faults(entry: polib.POEntry) -> Iterator[str]:
    """What is wrong with one translation."""
    if "fuzzy" in entry.flags:
        yield "is marked fuzzy: look at it and remove the mark"
    for translation in messages.translations(entry):
        if not translation.strip():
            yield "has no Chinese"
        elif placeholders(translation) != placeholders(entry.msgid_plural or entry.msgid):
            yield f"has other placeholders in Chinese: {translation[:60]!r}"
        elif translation.startswith("\n") != entry.msgid.startswith("\n"):
            yield "begins with a new line in one language only"


def contradictions(
    entry: polib.POEntry, package: Package, chosen: dict[tuple[str | None, str], tuple[str, str]]
) -> Iterator[str]:
    """Django merges all catalogues into one, so that a text can have one translation only (or a context)."""
    translation = next(messages.translations(entry))
    first, other = chosen.setdefault((entry.msgctxt, entry.msgid), (package.name, translation))
    if translation and other and translation != other:
        yield (
            f"{shown(messages.catalogue_path(package))}: {entry.msgid[:60]!r} is {translation!r} here and {other!r} in "
            f"{first}: agree on one, or give one of them a context"
        )


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text.replace("%%", "")))

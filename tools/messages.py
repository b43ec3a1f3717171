"""Collect the texts to translate, merge them into each package's Chinese catalogue and compile it.

`./dev messages` does all packages, `./dev messages cases directory` those named. English is the source; Chinese is
written into `locale/zh_Hans/LC_MESSAGES/django.po` by hand. Texts that nothing uses any more leave the catalogue.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import polib

from tools.texts import Text, texts_in
from tools.tree import SOURCE, Package, packages

LANGUAGE = "zh_Hans"
HEADER = {
    "Project-Id-Version": "yiwang",
    "Language": LANGUAGE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./dev messages", description=__doc__.splitlines()[0])
    parser.add_argument("package", nargs="*", help="a package's name, e.g. cases; none: all of them")
    names = parser.parse_args(arguments).package
    chosen = [package for package in packages() if not names or package.name in names]
    if unknown := set(names) - {package.name for package in chosen}:
        print(f"There is no package named {', '.join(sorted(unknown))} under {SOURCE}.", file=sys.stderr)
        return 2
    missing = 0
    for package in chosen:
        texts, problems = texts_in(package.path)
        for problem in problems:
            print(problem, file=sys.stderr)
        catalogue = merged(package, texts)
        if not catalogue and not catalogue_path(package).exists():
            continue
        save(package, catalogue)
        untranslated = [entry for entry in catalogue if not is_translated(entry)]
        missing += len(untranslated)
        print(f"{package.name:16}{len(catalogue):5} texts{len(untranslated):5} without Chinese")
        for entry in untranslated[:5]:
            print(f"                  {entry.msgid!r}")
    return 1 if missing else 0


def catalogue_path(package: Package) -> Path:
    return package.path / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def read(package: Package) -> polib.POFile:
    path = catalogue_path(package)
    return polib.pofile(str(path), wrapwidth=118) if path.exists() else polib.POFile(wrapwidth=118)


def merged(package: Package, texts: Sequence[Text]) -> polib.POFile:
    """The package's catalogue with exactly these texts, in the order of the alphabet, translations kept."""
    known = {(entry.msgctxt, entry.msgid): entry for entry in read(package) if not entry.obsolete}
    catalogue = polib.POFile(wrapwidth=118)
    catalogue.metadata = dict(HEADER)
    for text in sorted(texts, key=lambda text: (text.msgid, text.context or "")):
        old = known.get((text.context, text.msgid))
        entry = polib.POEntry(msgid=text.msgid, msgctxt=text.context, occurrences=[(file, "") for file in text.files])
        if text.plural is not None:
            entry.msgid_plural = text.plural
            entry.msgstr_plural = {0: (old.msgstr_plural.get(0) or old.msgstr) if old else ""}
        elif old:
            entry.msgstr = old.msgstr or old.msgstr_plural.get(0, "")
        if old:
            entry.tcomment = old.tcomment
            entry.flags = [flag for flag in old.flags if flag == "fuzzy"]
        if "%(" in text.msgid or "%s" in text.msgid:
            entry.flags.append("python-format")
        catalogue.append(entry)
    return catalogue


def save(package: Package, catalogue: polib.POFile) -> None:
    path = catalogue_path(package)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))
    path.with_suffix(".mo").write_bytes(catalogue.to_binary())


def is_translated(entry: polib.POEntry) -> bool:
    return all(translations(entry)) and "fuzzy" not in entry.flags


def translations(entry: polib.POEntry) -> Iterator[str]:
    if entry.msgid_plural:
        yield entry.msgstr_plural.get(0, "")
    else:
        yield entry.msgstr


if __name__ == "__main__":
    sys.exit(main())

"""A file of joiners: CSV in UTF-8 with the columns username, name, posts, and as wished email, language.

Several posts stand in one cell, with spaces between: `water/permits water/inspection`.
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from pathlib import Path

from yiwang.foundation.directory.actions import USERNAME
from yiwang.foundation.directory.officers.actions import Joiner
from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.kernel.text import UnacceptableText, canonical
from yiwang.foundation.standards.reading import near

NEEDED, OPTIONAL = ("username", "name", "posts"), ("email", "language")
MOST = 5000
LANGUAGES = ("zh-hans", "en")


def read(path: Path, posts: Collection[str]) -> tuple[tuple[Joiner, ...], list[Finding]]:
    """The joiners of a file and everything wrong with it, by line; `posts` are those of the city."""
    findings: list[Finding] = []

    def report(line: int, message: str, remedy: str) -> None:
        findings.append(Finding(path, line, message, remedy, "error"))

    found: dict[str, Joiner] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            columns = tuple(rows.fieldnames or ())
            for missing in (each for each in NEEDED if each not in columns):
                report(1, f"There is no column “{missing}”.", f"The first line names {', '.join(NEEDED)}.")
            for extra in (each for each in columns if each not in NEEDED + OPTIONAL):
                report(1, f"“{extra}” is not a column here.", near(str(extra), NEEDED + OPTIONAL, "Columns are"))
            if findings:
                return (), findings
            for row in rows:
                if len(found) >= MOST:
                    report(rows.line_num, f"The file has more than {MOST} lines.", "Split it.")
                    break
                joiner = _joiner(row, posts, lambda message, remedy: report(rows.line_num, message, remedy))
                if joiner is not None and joiner.username in found:
                    report(rows.line_num, f"“{joiner.username}” stands twice.", "Give each their own user name.")
                elif joiner is not None:
                    found[joiner.username] = joiner
    except (OSError, UnicodeDecodeError, csv.Error) as unreadable:
        report(0, f"The file cannot be read ({type(unreadable).__name__}).", "Save it as CSV in UTF-8.")
    return tuple(found.values()), findings


def _joiner(row: dict[str, str | None], posts: Collection[str], report: object) -> Joiner | None:
    assert callable(report)
    username, held = (row["username"] or "").strip(), tuple((row["posts"] or "").split())
    language = (row.get("language") or "").strip() or LANGUAGES[0]
    try:
        name = canonical((row["name"] or "").strip(), max_length=64)
        email = canonical((row.get("email") or "").strip(), max_length=254)
    except UnacceptableText as refused:
        report(f"The line has text that cannot be kept ({refused.reason}).", "Remove the hidden character.")
        return None
    if not USERNAME.fullmatch(username):
        report(f"“{username}” is not a user name.", "Use 3 to 40 small letters, digits, dots or hyphens.")
        return None
    if not name or not held:
        report("A name or a post is missing.", "Fill in name and posts.")
        return None
    if language not in LANGUAGES:
        report(f"“{language}” is not a language here.", near(language, LANGUAGES, "Languages are"))
        return None
    for post in held:
        if post not in posts:
            report(f"There is no post “{post}”.", near(post, sorted(posts), "Posts are"))
            return None
    return Joiner(username, name, held, email, language)

"""What a city publishes about how its offices work: `procedures.yaml`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from yiwang.foundation.kernel.calendar import Limit, Unit
from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.reading import Section, near, read_file

FILE = "procedures.yaml"
DEFERRAL = Limit(10, Unit.WORKING_DAY)
"""How long deferred materials may take after acceptance, where neither city nor matter says."""
NOWHERE = Words("上一级行政机关或本级人民政府", "the authority above this office")
ANY_COURT = Words("有管辖权的人民法院", "the people's court that has jurisdiction")


@dataclass(frozen=True, slots=True)
class PublishedLetterhead:
    """How an office's letters begin their numbers, and where one may object to what it decides."""

    word: str
    review: Words
    court: Words


@dataclass(frozen=True, slots=True)
class Procedures:
    """The city's usual ways; `letterheads` by department, the others have `usual` with their own name as word."""

    usual: PublishedLetterhead = PublishedLetterhead("", NOWHERE, ANY_COURT)
    letterheads: dict[str, PublishedLetterhead] = field(default_factory=dict)
    deferral: Limit = DEFERRAL


def read(city: Path, departments: list[str] | None = None) -> tuple[Procedures, list[Finding]]:
    """Read the file; a city without one has the usual ways of the law. `departments`: those that there are."""
    findings: list[Finding] = []
    path = city / FILE
    root = read_file(path, findings) if path.exists() else None
    if root is None:
        return Procedures(), findings
    review = root.words("review", max_length=120) or NOWHERE
    court = root.words("court", max_length=120) or ANY_COURT
    deferral = root.limit("deferral", required=False) or DEFERRAL
    letterheads: dict[str, PublishedLetterhead] = {}
    words: dict[str, str] = {}
    for code, entry in root.entries("letters", shorthand="word"):
        if departments is not None and code not in departments:
            entry.report(f"There is no department “{code}”.", near(code, departments, "Departments are"))
        word = _word(entry, code, words)
        own_review = entry.words("review", required=False, max_length=120) or review
        own_court = entry.words("court", required=False, max_length=120) or court
        entry.finish()
        if word is not None:
            letterheads[code] = PublishedLetterhead(word, own_review, own_court)
    root.finish()
    return Procedures(PublishedLetterhead("", review, court), letterheads, deferral), findings


def _word(entry: Section, code: str, known: dict[str, str]) -> str | None:
    word = entry.text("word", max_length=20)
    if word is not None and word in known:
        entry.report(f"Letters of “{known[word]}” begin with “{word}” too.", "Give each office a word of its own.")
        return None
    if word is not None:
        known[word] = code
    return word

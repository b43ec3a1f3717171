"""Why data may be read, as the city says it, and who rules when a department refuses: `city/purposes.yaml`.

purposes:
  application: {zh: 办理申请, en: Deciding an application}
  inspection: {zh: 监督检查, en: Inspection}
rulings:
  examines: data-office/ruling
  decides: data-office/head
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.reading import KEY, near, read_file

FILE = "purposes.yaml"


@dataclass(frozen=True, slots=True)
class Purpose:
    """`code` is what grants, questions and logs carry; `words` what people read."""

    code: str
    words: Words


@dataclass(frozen=True, slots=True)
class Ruling:
    """The posts at which a refused request is ruled on: one examines, another decides."""

    examines: str
    decides: str


@dataclass(frozen=True, slots=True)
class Purposes:
    purposes: tuple[Purpose, ...] = ()
    ruling: Ruling | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(purpose.code for purpose in self.purposes)


def read(city: Path, posts: tuple[str, ...]) -> tuple[Purposes, list[Finding]]:
    """Purposes and the office that rules; a city without the file has neither. `posts` are those that exist."""
    findings: list[Finding] = []
    path = city / FILE
    root = read_file(path, findings) if path.exists() else None
    if root is None:
        return Purposes(), findings
    found = []
    listed = root.section("purposes", required=True)
    for code in list(listed.fields) if listed is not None else ():
        assert listed is not None
        words = listed.words(code, max_length=120)
        if not KEY.match(code) or len(code) > 40:
            listed.report(f"“{code}” is not a key.", "Use small letters, digits and single underscores.", code)
        elif words is not None:
            found.append(Purpose(code, words))
    ruling = None
    section = root.section("rulings")
    if section is not None:
        named = {}
        for key in ("examines", "decides"):
            post = section.text(key, example="data-office/ruling", max_length=81)
            if post is not None and post not in posts:
                section.report(f"There is no post “{post}”.", near(post, posts, "Posts are"), key)
            elif post is not None:
                named[key] = post
        if len(named) == 2 and named["examines"] == named["decides"]:
            section.report("One post both examines and decides.", "Name two posts: two people rule.", "decides")
        elif len(named) == 2:
            ruling = Ruling(**named)
        section.finish()
    root.finish()
    return Purposes(tuple(found), ruling), findings

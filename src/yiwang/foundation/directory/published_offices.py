"""What a city publishes about its authorities: `departments.yaml`.

A department lists its branches by level, `branches: {district: {posts: [head, stalls]}}`: one in every place of that
level, or in those of `places`. A branch is called by its place and department unless `name` says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from yiwang.foundation.directory.offices import LEVELS, code_of
from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.kernel.identifiers import InvalidIdentifier, check_uscc
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.places import published as places
from yiwang.foundation.places.published import Place
from yiwang.foundation.standards.reading import SLUG, Section, near, read_file

PLACE = "{place}"
"""What stands for the name of a branch's place in the pattern of its name."""
LONGEST_CODE, LONGEST_NAME = 40, 80


@dataclass(frozen=True, slots=True)
class PublishedPost:
    code: str
    name: Words


@dataclass(frozen=True, slots=True)
class PublishedDepartment:
    """A department of the city, or the branch of `parent` in `place`; `uscc` is its credit code where one is listed."""

    code: str
    name: Words
    posts: tuple[PublishedPost, ...]
    parent: str = ""
    place: str = ""
    uscc: str = ""


def read_offices(city: Path, findings: list[Finding]) -> tuple[PublishedDepartment, ...]:
    """Every department in the order of the file, each followed by its branches in the order of the places."""
    root = read_file(city / "departments.yaml", findings)
    if root is None:
        return ()
    # What is wrong with the places is said by who checks them.
    known = {each.code: each for each in places.read(city)[0]} if (city / "places.yaml").is_file() else {}
    found = []
    for code in list(root.fields):
        entry = root.section(code, required=True)
        if entry is None or not _is_code(code, root):
            continue
        name = entry.words("name", max_length=LONGEST_NAME)
        posts = tuple(_posts(entry))
        department = PublishedDepartment(code, name or Words(code, code), posts)
        branches = tuple(_branches(entry, department, known))
        entry.finish()
        if name is not None:
            found += [department, *branches]
    for office in found:
        if office.parent and office.code in root.fields:
            message = f"“{office.code}” is the code of a branch of “{office.parent}”."
            root.report(message, "Call the department otherwise.", office.code)
    return tuple(found)


def _posts(entry: Section) -> Iterator[PublishedPost]:
    listed = entry.section("posts")
    for code in list(listed.fields) if listed is not None else ():
        assert listed is not None
        name = listed.words(code, max_length=120)
        if _is_code(code, listed) and name is not None:
            yield PublishedPost(code, name)


def _branches(
    entry: Section, department: PublishedDepartment, known: Mapping[str, Place]
) -> Iterator[PublishedDepartment]:
    section = entry.section("branches")
    for level in LEVELS if section is not None else ():
        assert section is not None
        kind = section.section(level)
        if kind is not None:
            yield from _branches_of(kind, level, department, known)
    if section is not None:
        section.finish()


def _branches_of(
    kind: Section, level: str, department: PublishedDepartment, known: Mapping[str, Place]
) -> Iterator[PublishedDepartment]:
    wanted = kind.texts("posts", max_length=40)
    posts = {post.code: post for post in department.posts}
    for index, code in enumerate(wanted):
        if code not in posts:
            remedy = near(code, list(posts), "Its posts are")
            kind.report(f"“{department.code}” has no post “{code}”.", remedy, "posts", index)
    pattern = kind.words("name", required=False, max_length=LONGEST_NAME) or Words(
        f"{PLACE}{department.name.zh}", f"{PLACE} {department.name.en}"
    )
    if PLACE not in pattern.zh or PLACE not in pattern.en:
        kind.report(
            f"The name is the same in every {level}.", f"Write “{PLACE}” where the place's name stands.", "name"
        )
    listed = kind.texts("places", required=False, max_length=12)
    there = {code: place for code, place in known.items() if place.kind.value == level}
    for index, code in enumerate(listed):
        if code not in there:
            remedy = near(code, list(there), f"Each {level} is named by its code in quotes")
            kind.report(f"The city has no {level} “{code}”.", remedy, "places", index)
    credit_codes = _credit_codes(kind)
    kind.finish()
    kept = tuple(posts[code] for code in wanted if code in posts)
    for code, place in there.items():
        if not listed or code in listed:
            name = Words(pattern.zh.replace(PLACE, place.name.zh), pattern.en.replace(PLACE, place.name.en))
            office = code_of(department.code, code)
            if len(office) > LONGEST_CODE or len(name.zh) > LONGEST_NAME or len(name.en) > 120:
                kind.report(f"The name or code of the branch in {code} is too long.", "Shorten the department's.")
            else:
                yield PublishedDepartment(office, name, kept, department.code, code, credit_codes.get(code, ""))


def _credit_codes(kind: Section) -> dict[str, str]:
    """The branches' own credit codes, by place, where they are listed."""
    section = kind.section("credit_codes")
    found = {}
    for place in list(section.fields) if section is not None else ():
        assert section is not None
        text = section.text(place, max_length=18)
        if text is not None:
            try:
                found[place] = check_uscc(text)
            except InvalidIdentifier as invalid:
                section.report(f"{invalid.words.en}.", "Correct the code.", place)
    return found


def _is_code(code: str, where: Section) -> bool:
    if SLUG.match(code) and len(code) <= LONGEST_CODE:
        return True
    where.report(f"“{code}” is not a code.", "Use small letters, digits and single hyphens, a letter first.", code)
    return False

"""What a city publishes about its offices and people: `departments.yaml` and `people.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from yiwang.foundation.directory.actions import USERNAME
from yiwang.foundation.directory.levels import Level
from yiwang.foundation.directory.models import UserKind
from yiwang.foundation.directory.published_levels import LEVELS
from yiwang.foundation.directory.published_offices import PublishedDepartment, read_offices
from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.kernel.identifiers import InvalidIdentifier, check_phone, check_resident_id, check_uscc
from yiwang.foundation.standards.reading import Section, near, read_file

LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True, slots=True)
class PublishedAccount:
    username: str
    kind: UserKind
    name: str
    language: str
    email: str
    resident_id: str
    phone: str
    posts: tuple[str, ...]
    level: Level = Level.UNVERIFIED


@dataclass(frozen=True, slots=True)
class PublishedEnterprise:
    uscc: str
    name: str


@dataclass(frozen=True, slots=True)
class PublishedDirectory:
    """`departments` are those of the city and their branches. `password` is the first password of every account of a
    demonstration city; empty where there is none."""

    departments: tuple[PublishedDepartment, ...]
    accounts: tuple[PublishedAccount, ...]
    enterprises: tuple[PublishedEnterprise, ...]
    password: str


def read(city: Path) -> tuple[PublishedDirectory, list[Finding]]:
    """Read both files; what is wrong is left out and found. A city without `people.yaml` publishes no people."""
    findings: list[Finding] = []
    departments = read_offices(city, findings)
    people = city / "people.yaml"
    root = read_file(people, findings) if people.exists() else None
    if root is None:
        return PublishedDirectory(departments, (), (), ""), findings
    known = _Known(departments)
    password = root.text("password", required=False, max_length=128) or ""
    accounts: list[PublishedAccount] = []
    for key, kind in (
        ("residents", UserKind.RESIDENT),
        ("officers", UserKind.OFFICER),
        ("administrators", UserKind.ADMINISTRATOR),
    ):
        for username, entry in root.entries(key, shorthand="name"):
            account = _account(username, kind, entry, known)
            if account is not None and _is_new(account, accounts, entry):
                accounts.append(account)
    enterprises = tuple(_enterprises(root))
    root.finish()
    return PublishedDirectory(departments, tuple(accounts), enterprises, password), findings


class _Known:
    """The posts that there are, and which of them an officer covers by a place."""

    def __init__(self, departments: tuple[PublishedDepartment, ...]) -> None:
        self.posts = [f"{office.code}/{post.code}" for office in departments for post in office.posts]
        self._branches = [office for office in departments if office.parent]

    def covered(self, posts: tuple[str, ...], place: str) -> tuple[str, ...]:
        """The same posts as these city posts, in the branches of a place and of the streets in it."""
        return tuple(
            f"{office.code}/{post.code}"
            for office in self._branches
            for post in office.posts
            if office.place.startswith(place) and f"{office.parent}/{post.code}" in posts
        )


def _account(username: str, kind: UserKind, entry: Section, known: _Known) -> PublishedAccount | None:
    if not USERNAME.fullmatch(username):
        entry.report(
            f"“{username}” is not a user name.", "Use 3 to 40 small letters, digits, dots or hyphens, a letter first."
        )
        return None
    name = entry.text("name", max_length=64)
    language = entry.one_of("language", LANGUAGES, required=False) or LANGUAGES[0]
    email = entry.text("email", required=False, max_length=254) or ""
    resident_id = phone = ""
    level: str | None = None
    posts: tuple[str, ...] = ()
    if kind is UserKind.RESIDENT:
        resident_id, phone = _number(entry, "resident_id"), _number(entry, "phone")
        level = entry.one_of("identity", LEVELS, required=False)
        if resident_id and level is None:
            level = Level.REAL_NAME
    if kind is UserKind.OFFICER:
        posts = entry.texts("posts", max_length=81)
        for index, post in enumerate(posts):
            if post not in known.posts:
                entry.report(f"There is no post “{post}”.", near(post, known.posts, "Posts are"), "posts", index)
        for index, place in enumerate(entry.texts("covers", required=False, max_length=12)):
            covered = known.covered(posts, place)
            if not covered:
                remedy = "Name a district or street in quotes where a branch has one of the officer's posts."
                entry.report(f"No branch in “{place}” has a post of this officer.", remedy, "covers", index)
            posts = (*posts, *covered)
    entry.finish()
    if name is None:
        return None
    kept = tuple(dict.fromkeys(post for post in posts if post in known.posts))
    known_as = Level(level) if level in LEVELS else Level.UNVERIFIED
    return PublishedAccount(username, kind, name, language, email, resident_id, phone, kept, known_as)


def _number(entry: Section, key: str) -> str:
    text = entry.text(key, required=False, max_length=40)
    if text is None:
        return ""
    try:
        return check_resident_id(text) if key == "resident_id" else check_phone(text)
    except InvalidIdentifier as invalid:
        entry.report(f"{invalid.words.en}.", "Correct it, or leave it out.", key)
        return ""


def _is_new(account: PublishedAccount, earlier: list[PublishedAccount], entry: Section) -> bool:
    for other in earlier:
        for key in ("username", "resident_id", "phone"):
            if getattr(account, key) and getattr(account, key) == getattr(other, key):
                entry.report(f"{key} is the same as that of “{other.username}”.", "Give each account its own.")
                return False
    return True


def _enterprises(root: Section) -> list[PublishedEnterprise]:
    found = []
    for code, entry in root.entries("enterprises", shorthand="name"):
        name = entry.text("name", max_length=120)
        entry.finish()
        try:
            uscc = check_uscc(code)
        except InvalidIdentifier as invalid:
            entry.report(f"{invalid.words.en}.", "Correct the code.")
            continue
        if name is not None:
            found.append(PublishedEnterprise(uscc, name))
    return found

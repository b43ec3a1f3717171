"""Contracts as departments publish them: `city/products/DEPARTMENT/PRODUCT.yaml`.

    version:  "1.0"                          # quoted; a change that breaks readers needs a new first number
    title:    {zh: 经营主体登记, en: Register of businesses}
    summary:  {zh: 在本市登记的企业和个体工商户。, en: Companies and sole traders registered in the city.}
    basis:    [市场主体登记管理条例 第三十五条]
    sharing:  unconditional                  # conditional, withheld
    open:     false                          # true: anybody may have it (开放); left out: false
    level:    general                        # important, core; left out: the highest of its fields
    about:    {enterprise: uscc}             # or {person: resident_id}: whom a row is about; left out: nobody
    key:      uscc                           # or [uscc, branch]: what makes a row unique
    changed:  updated_at                     # the field that grows with every change; left out: nobody can follow
    fresh_within: 24 hours                   # the newest change is no older; or "7 calendar days"
    consent:  false                          # true: the person concerned must agree first; left out: false
    represents: uscc                         # about persons: the enterprise for which they stand by law; left out: none

    fields:
      - uscc:    {element: enterprise.uscc, required: true, authoritative: true}
      - name:    enterprise.name             # as the vocabulary says it: words, kind, choices, personal
      - legal_person: {element: person.resident_id, level: important, name: {zh: 法定代表人身份证号, en: ...}}
      - capital: {kind: money, name: {zh: 注册资本, en: Registered capital}}
      - status:
          kind: choice
          name: {zh: 登记状态, en: Status}
          choices: {open: {zh: 存续, en: Trading}, closed: {zh: 注销, en: Closed}}
      - updated_at: {kind: moment, name: {zh: 更新时间, en: Updated}}

    quality:                                 # beside required fields, the unique key and freshness, which always count
      - one_code_each:    {unique: legal_person}
      - capital_is_paid:  {feel: capital >= 0, name: {zh: 注册资本不为负, en: Capital is not negative}}

    statistics: {people: 10}                 # how figures are told to those who may see no row; left out: so
                                             # or with noise: `contract_statistics`

    proves:                                  # materials that need not be brought when a row says so
      business_licence: status = "open"      # FEEL over the row
      identity_card:                         # nothing: that there is a row is proof enough

Kinds are those of the vocabulary, and `moment` for a date and time. An older major that is still served stands beside
it as `PRODUCT@1.yaml`. `read` reports what is wrong with file, line and remedy.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from yiwang.foundation.kernel.calendar import Unit
from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.standards.elements import ElementKind
from yiwang.foundation.standards.reading import SLUG, Section, near, read_file
from yiwang.foundation.standards.vocabulary import Vocabulary
from yiwang.library.gateways.contract import Level, Product, QualityRule, Sharing, Subject
from yiwang.library.gateways.contract_fields import LEVELS, names_of, read_fields, read_proofs, read_rules
from yiwang.library.gateways.contract_statistics import read_statistics

FOLDER = "products"
_IDENTIFIERS = {Subject.PERSON: ElementKind.RESIDENT_ID, Subject.ENTERPRISE: ElementKind.USCC}
_CURSORS = (ElementKind.MOMENT, ElementKind.DATE, ElementKind.INTEGER)


@dataclass(frozen=True, slots=True)
class Version:
    """`major.minor`; a reader of one major reads every minor of it."""

    major: int
    minor: int


def read(
    city: Path,
    vocabulary: Vocabulary,
    *,
    departments: Collection[str] | None = None,
    materials: Collection[str] | None = None,
) -> tuple[tuple[Product, ...], list[Finding]]:
    """Every contract of a city that is right, by department and name, and what is wrong with the others.

    Folders must be among `departments`, proven papers among `materials`, where these are given.
    """
    findings: list[Finding] = []
    products: dict[tuple[str, int], Product] = {}
    files: dict[tuple[str, int], Path] = {}
    for path in sorted((city / FOLDER).glob("*/*.yaml")):
        department = path.parent.name
        if departments is not None and department not in departments:
            remedy = near(department, sorted(departments), "Departments are")
            findings.append(Finding(path, 0, f"The city has no department “{department}”.", remedy))
        product = read_contract(path, vocabulary, findings, materials=materials)
        if product is None:
            continue
        place = (product.code, product.major)
        if place in files:
            message = f"{product.reference} is published twice, also in {files[place].name}."
            findings.append(Finding(path, 1, message, "Keep one, or give this one a new major version."))
            continue
        products[place], files[place] = product, path
    _check_authorities(products.values(), files, findings)
    return tuple(products[place] for place in sorted(products)), findings


def read_contract(
    path: Path,
    vocabulary: Vocabulary,
    findings: list[Finding],
    *,
    materials: Collection[str] | None = None,
    named: Path | None = None,
) -> Product | None:
    """One file's product, or None where something is wrong with it.

    Its folder is the department and its name the product, unless it is `named` otherwise.
    """
    before = len(findings)
    root = read_file(path, findings)
    if root is None:
        return None
    named = named or path
    name, _at, older = named.stem.partition("@")
    for code, what in ((named.parent.name, "department"), (name, "product")):
        if not SLUG.match(code) or len(code) > 40:
            root.report(f"“{code}” cannot be the code of a {what}.", "Use small letters, digits and single hyphens.")
    version = _version(root)
    if older and version is not None and older != str(version.major):
        root.report(f"The file is called {path.name}, its major is {version.major}.", "Let them agree.", "version")
    title, summary = root.words("title", max_length=60), root.words("summary", max_length=600)
    basis = root.texts("basis")
    sharing = root.one_of("sharing", tuple(Sharing))
    is_open, consent = root.boolean("open"), root.boolean("consent")
    level = root.one_of("level", LEVELS, required=False)
    fields = read_fields(root, vocabulary)
    kinds = {each.name: each.kind for each in fields}
    subject, subject_field = _subject(root, kinds)
    represents = _represents(root, kinds, subject)
    key = names_of(root, "key", kinds, example="code")
    cursor = _cursor(root, kinds)
    fresh_within = _fresh_within(root, cursor)
    rules: tuple[QualityRule, ...] = read_rules(root, fields)
    proves = read_proofs(root, fields, subject, materials)
    about_many = subject is not Subject.NONE and key != (subject_field,)
    statistics = read_statistics(root, fields, many_rows_each=about_many)
    root.finish()
    highest = max((each.level for each in fields), key=LEVELS.index, default=Level.GENERAL)
    if level is not None and LEVELS.index(level) < LEVELS.index(highest):
        root.report(f"A field of it is {highest}, the product is {level}.", f"Write “level: {highest}”.", "level")
    if is_open and (sharing != Sharing.UNCONDITIONAL or any(each.personal for each in fields)):
        root.report(
            "Open data has no conditions and no personal fields.",
            "Remove “open: true”, or publish a product without them.",
            "open",
        )
    if statistics is not None and sharing == Sharing.WITHHELD:
        root.report("What is shared with nobody gives no figures either.", "Remove “statistics”.", "statistics")
    if len(findings) > before:
        return None
    if version is None or title is None or summary is None or sharing is None:
        return None
    return Product(
        department=named.parent.name,
        name=name,
        major=version.major,
        minor=version.minor,
        title=title,
        summary=summary,
        basis=basis,
        sharing=Sharing(sharing),
        fields=fields,
        key=key,
        open=is_open,
        subject=subject,
        subject_field=subject_field,
        cursor=cursor,
        fresh_within=fresh_within,
        level=Level(level) if level is not None else highest,
        quality=rules,
        consent=consent,
        proves=proves,
        represents=represents,
        statistics=statistics,
    )


def _version(root: Section) -> Version | None:
    text = root.text("version", example='"1.0"', max_length=12)
    if text is None:
        return None
    major, dot, minor = text.partition(".")
    fits = dot and all(part.isascii() and part.isdecimal() and len(part) <= 4 for part in (major, minor))
    if not fits or int(major) < 1:
        root.report(f"“{text}” is not a version.", 'Write version: "1.0", in quotes: major, point, minor.', "version")
        return None
    return Version(int(major), int(minor))


def _subject(root: Section, kinds: dict[str, ElementKind]) -> tuple[Subject, str | None]:
    about = root.section("about")
    if about is None:
        return Subject.NONE, None
    if len(about.fields) != 1:
        about.report("A row is about one person or one enterprise.", "Write “about: {person: resident_id}”.")
    named: tuple[Subject, str | None] = (Subject.NONE, None)
    for subject, kind in _IDENTIFIERS.items():
        name = about.text(subject, required=False, max_length=60)
        if name is None:
            continue
        if kinds.get(name) is not kind:
            fitting = [each for each, its in kinds.items() if its is kind]
            remedy = near(name, fitting, "Fields of this kind are") if fitting else f"Add a field of kind {kind}."
            about.report(f"“{name}” is no field of kind {kind}.", remedy, subject)
        else:
            named = (subject, name)
    about.finish()
    return named


def _represents(root: Section, kinds: dict[str, ElementKind], subject: Subject) -> str | None:
    name = root.text("represents", required=False, max_length=60)
    if name is not None and subject is not Subject.PERSON:
        root.report("Only persons stand for an enterprise.", "Write “about: {person: ...}”.", "represents")
    if name is not None and kinds.get(name) is not ElementKind.USCC:
        remedy = f"Name a field of kind {ElementKind.USCC}."
        root.report(f"“{name}” is no field of kind {ElementKind.USCC}.", remedy, "represents")
    return name


def _cursor(root: Section, kinds: dict[str, ElementKind]) -> str | None:
    found = names_of(root, "changed", kinds, required=False, example="updated_at")
    if len(found) > 1:
        root.report("Changes are followed by one field.", "Name one.", "changed")
    if found and kinds[found[0]] not in _CURSORS:
        root.report(f"“{found[0]}” cannot tell what came later.", "Name a moment, date or integer field.", "changed")
    return found[0] if found else None


def _fresh_within(root: Section, cursor: str | None) -> timedelta | None:
    limit = root.limit("fresh_within", required=False)
    if limit is None:
        return None
    if cursor is None:
        root.report("Nothing tells how old the data is.", "Name the field in “changed”.", "fresh_within")
    if limit.unit is Unit.WORKING_DAY:
        root.report("Data grows older on holidays too.", "Write calendar days or hours.", "fresh_within")
    return timedelta(hours=limit.amount) if limit.unit is Unit.HOUR else timedelta(days=limit.amount)


def _check_authorities(
    products: Collection[Product], files: dict[tuple[str, int], Path], findings: list[Finding]
) -> None:
    """Each element has one authoritative source (一数一源): one department, whatever product it stands in."""
    seen: dict[str, Product] = {}
    for product in products:
        for field in product.fields:
            if not field.authoritative or field.element is None:
                continue
            first = seen.setdefault(field.element, product)
            if first.department != product.department:
                path = files[product.code, product.major]
                message = f"{field.element} has its one source in {first.code} already."
                findings.append(Finding(path, 0, message, f"Remove “authoritative” from {field.name} in one of them."))

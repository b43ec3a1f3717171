"""`yiwang check city/`: what the writer of a matter may not know, with file, line and remedy.

`check(city)` reports everything a city's folder has wrong; `read(city)` gives the services besides, for publishing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from yiwang.casework.cases import published as procedures
from yiwang.foundation.directory import published as offices
from yiwang.foundation.directory import published_levels
from yiwang.foundation.directory.published_offices import PublishedDepartment
from yiwang.foundation.directory.queries import BranchCard
from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.places import published as places
from yiwang.foundation.places.published import Place
from yiwang.foundation.search import reading as searching
from yiwang.foundation.standards import vocabulary as standards
from yiwang.foundation.standards.reading import near
from yiwang.foundation.standards.vocabulary import Vocabulary
from yiwang.library.centre import check as library
from yiwang.library.gateways import contracts
from yiwang.service.catalogue import reading, supervision
from yiwang.service.catalogue import words as shared_words
from yiwang.service.catalogue.bundle_check import check_bundle
from yiwang.service.catalogue.city_places import as_answers
from yiwang.service.catalogue.competence import deciding, task_code
from yiwang.service.catalogue.competence_check import check_competence
from yiwang.service.catalogue.conditions import Known, check_condition
from yiwang.service.catalogue.package import APPLICANT_NAME, PLACEHOLDER, Matter, Service
from yiwang.service.catalogue.plainness import long_sentences
from yiwang.service.catalogue.plan_check import check_plan
from yiwang.service.catalogue.published_checks import check_checks
from yiwang.service.catalogue.reading import ReadBundle, ReadMatter
from yiwang.service.catalogue.routes import check_routes
from yiwang.service.catalogue.suggestions import check_suggestions
from yiwang.service.catalogue.words import APPLICANT

Report = Callable[..., None]


@dataclass(frozen=True)
class Offices:
    """Who may be named: departments, and posts as "department/post"; and with `branches` who is competent where."""

    departments: tuple[str, ...]
    posts: tuple[str, ...]
    branches: tuple[PublishedDepartment, ...] = ()
    places: tuple[Place, ...] = ()


Further = Callable[[Path], Iterable[Finding]]
_further: list[Further] = []


def register_further(checks: Further) -> None:
    """Let a package above say what is wrong with its own files of a city, too; called at start-up."""
    if checks not in _further:
        _further.append(checks)


def further(city: Path) -> list[Finding]:
    """What packages above find wrong with their own files."""
    return [finding for checks in _further for finding in checks(city)]


def check(city: Path) -> list[Finding]:
    """Everything wrong with a city's folder, in the order of files and lines."""
    return read(city)[1]


def read(city: Path) -> tuple[tuple[Service, ...], list[Finding]]:
    """The services a city publishes and everything wrong with its folder. Broken services are left out."""
    if not city.is_dir():
        return (), [Finding(city, 0, "There is no such folder.", "Name the city's folder, such as city/.")]
    directory, findings = offices.read(city)
    levels, unclear = published_levels.read(city)
    findings += unclear
    there, unknown = places.read(city)
    vocabulary, found = standards.read(city, as_answers(there))
    shared, more = shared_words.read(city)
    findings = [*findings, *unknown, *searching.read(city / "search")[1], *found, *more]
    # A matter names the city's departments; which branch acts, the rule on its address says.
    of_the_city = [office for office in directory.departments if not office.parent]
    posts = tuple(f"{office.code}/{post.code}" for office in of_the_city for post in office.posts)
    known = Offices(tuple(office.code for office in of_the_city), posts, directory.departments, there)
    findings += supervision.read(city, posts)[1]
    products, more = contracts.read(city, vocabulary, departments=known.departments, materials=shared.materials)
    usual, unusual = procedures.read(city, list(known.departments))
    findings += [*more, *library.read(city, products)[1], *unusual]
    matters = reading.read_matters(city, vocabulary, shared, findings, levels.default, usual.deferral)
    readable = {matter.service.code: matter.service for matter in matters if matter.service is not None}
    bundles = reading.read_bundles(city, vocabulary, readable, findings)
    licences = frozenset(service.result.licence for service in readable.values() if service.result.licence)
    for matter in matters:
        if matter.service is not None:
            _check_matter(matter, matter.service, known, vocabulary, licences, findings)
    for bundle in bundles:
        if bundle.service is not None:
            check_bundle(bundle, bundle.service, findings)
    _check_codes(matters, bundles, directory.departments, findings)
    services: list[Service] = [*readable.values()]
    services += [bundle.service for bundle in bundles if bundle.service is not None]
    return tuple(services), sorted(set(findings))


def _check_matter(
    read_matter: ReadMatter,
    matter: Matter,
    offices_known: Offices,
    vocabulary: Vocabulary,
    licences: frozenset[str],
    findings: list[Finding],
) -> None:
    def report(where: tuple[str, ...], message: str, remedy: str, severity: str = "error") -> None:
        line = read_matter.lines.get(where, 1)
        findings.append(
            Finding(read_matter.path, line, message, remedy, "warning" if severity == "warning" else "error")
        )

    _check_offices(matter, offices_known, report)
    check_competence(matter, offices_known.branches, offices_known.places, report)
    _check_conditions(matter, report)
    check_suggestions(matter, report)
    check_checks(matter, report)
    check_plan(matter, report)
    check_routes(matter, report)
    for fact in matter.creates:
        if fact not in vocabulary:
            known = sorted(element.code for element in vocabulary)
            report(("creates",), f"The city's vocabulary has no element “{fact}”.", near(fact, known, "Elements are"))
    for material in matter.materials:
        if material.licence and material.licence not in licences:
            message = f"No matter here issues “{material.licence}”, so that {material.key} is never exempt."
            report(
                ("materials", material.key), message, near(material.licence, sorted(licences), "Issued are"), "warning"
            )
        for name in _not_asked(matter, material.model):
            message = f"The model text names “{name}”, which this matter never asks."
            asked = [APPLICANT_NAME, *(question.element.code for question in matter.questions)]
            report(("materials", material.key), message, near(name, asked, "It may name"))
    for sentence in long_sentences(matter):
        message = f"This sentence has more than 36 characters: “{sentence[:20]}...”."
        report((), message, "Say it in two sentences.", "warning")


def _not_asked(matter: Matter, model: Words | None) -> list[str]:
    """The answers that a model text names and that the matter does not ask."""
    text = f"{model.zh}\n{model.en}" if model is not None else ""
    asked = {APPLICANT_NAME, *(question.element.code for question in matter.questions)}
    return sorted(set(re.findall(PLACEHOLDER, text)) - asked)


def _check_offices(matter: Matter, known: Offices, report: Report) -> None:
    def department(code: str, *where: str) -> None:
        if code not in known.departments:
            remedy = near(code, known.departments, "Departments are")
            report(where, f"The city has no department “{code}”.", remedy)

    def post(code: str, *where: str) -> None:
        if code not in known.posts:
            report(where, f"The city has no post “{code}”.", near(code, known.posts, "Posts are"))

    department(matter.department, "department")
    for material in matter.materials:
        if material.source != APPLICANT:
            department(material.source, "materials", material.key, "source")
    for task in matter.tasks:
        post(task.by, "plan", task.key, "by")
    if matter.accept_by:
        post(matter.accept_by, "accept_by")
    if matter.result.delivered_by:
        post(matter.result.delivered_by, "result", "delivered_by")
    if matter.commitment:
        post(matter.commitment.check_by, "commitment", "by")
        for task in matter.commitment.ordinary.tasks if matter.commitment.ordinary else ():
            post(task.by, "commitment", "ordinary", "plan", task.key, "by")


def _check_conditions(matter: Matter, report: Report) -> None:
    later = {question.element.code: question.element for question in matter.questions}
    known = Known(later)
    for question in matter.questions:
        code = question.element.code
        check_condition(question.when, known, report, "ask", code, "when")
        known.ask(question.element, matter.derived)
    for material in matter.materials:
        check_condition(material.when, known, report, "materials", material.key, "when")
    for task in matter.tasks:
        check_condition(task.when, known, report, "plan", task.key, "when")
    if matter.commitment and matter.commitment.ordinary:
        for material in matter.commitment.ordinary.materials:
            where = ("commitment", "ordinary", "materials", material.key, "when")
            check_condition(material.when, known, report, *where)
        for task in matter.commitment.ordinary.tasks:
            check_condition(task.when, known, report, "commitment", "ordinary", "plan", task.key, "when")
    if matter.rule is not None:
        check_condition(matter.rule.expression, known, report, "rule")


def _check_codes(
    matters: Iterable[ReadMatter],
    bundles: Iterable[ReadBundle],
    departments: Iterable[PublishedDepartment],
    findings: list[Finding],
) -> None:
    """A code names one thing: the national codes one matter each, in one office, a folder's name one service."""
    branches = [BranchCard(each.code, each.name, each.parent, each.place, each.uscc) for each in departments]
    seen: dict[tuple[str, str], Path] = {}
    for matter in matters:
        seen["code", matter.path.parent.name] = matter.path
        if matter.service is None:
            continue
        codes = [(name, str(getattr(matter.service, name))) for name in ("catalogue_code", "task_code")]
        for office in deciding(matter.service, branches):
            codes.append(("task_code", task_code(matter.service.task_code, office.place, office.uscc)))
        for name, code in codes:
            key = (name, code)
            if key in seen:
                message = f"The {name.replace('_', ' ')} {key[1]} is already that of “{seen[key].parent.name}”."
                findings.append(
                    Finding(matter.path, matter.lines.get((name,), 1), message, "Give each matter its own.")
                )
            seen.setdefault(key, matter.path)
    for bundle in bundles:
        if ("code", bundle.path.parent.name) in seen:
            message = f"“{bundle.path.parent.name}” is a matter already."
            findings.append(Finding(bundle.path, 1, message, "Put the bundle in a folder of its own."))

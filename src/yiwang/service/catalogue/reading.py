"""From YAML to packages: reads `city/matters/*/matter.yaml` and `bundle.yaml` and remembers where everything stands.

Reading reports what one file can show (missing fields, one language only, misspelt fields, unknown elements). What
needs the whole package or the whole city (conditions, plans, promises) is `check`'s work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yiwang.casework.cases.plan import ProcedureKind, SpecialProcedure, Task, TaskKind, working_days
from yiwang.casework.cases.published import DEFERRAL
from yiwang.foundation.directory.levels import Level
from yiwang.foundation.directory.published_levels import LEVELS
from yiwang.foundation.kernel.calendar import Limit
from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import Element
from yiwang.foundation.standards.reading import KEY, SLUG, Section, near, read_file
from yiwang.foundation.standards.vocabulary import LEVELS as PLACE_LEVELS
from yiwang.foundation.standards.vocabulary import Vocabulary
from yiwang.service.catalogue.package import (
    BARRED,
    SERVES,
    Act,
    Bundle,
    BundlePart,
    Commitment,
    Competence,
    Delivery,
    InstantRule,
    Material,
    Matter,
    Ordinary,
    Question,
    ResultSpec,
)
from yiwang.service.catalogue.published_checks import read_checks
from yiwang.service.catalogue.suggestions import read_suggestions
from yiwang.service.catalogue.words import APPLICANT, SharedWords

CATALOGUE_CODE = re.compile(r"[0-9]{12}\Z")
TASK_CODE = re.compile(r"[0-9A-Z]{31}\Z")
VALID = re.compile(r"[1-9][0-9]{0,2} (years?|months?|days?)\Z")
FEE = re.compile(r"([0-9]{1,7})(?:\.([0-9]{2}))? yuan\Z")
MEDIA = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}


@dataclass
class ReadMatter:
    """A matter's file as read. `service` is None where the file was too broken to say what it means."""

    path: Path
    service: Matter | None
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)


@dataclass
class ReadBundle:
    """A bundle's file as read."""

    path: Path
    service: Bundle | None
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)


def read_matters(
    city: Path,
    vocabulary: Vocabulary,
    shared: SharedWords,
    findings: list[Finding],
    identity: Level = Level.UNVERIFIED,
    deferral: Limit = DEFERRAL,
) -> list[ReadMatter]:
    """Every matter of a city, in the order of their folders' names.

    Of one that says nothing, `identity` is what it needs, and `deferral` how long deferrable materials may take.
    """
    files = _files(city, "matter.yaml")
    return [_MatterFile(path, vocabulary, shared, findings, identity, deferral).read() for path in files]


def read_bundles(
    city: Path, vocabulary: Vocabulary, matters: Mapping[str, Matter], findings: list[Finding]
) -> list[ReadBundle]:
    """Every bundle of a city. A part whose matter was not readable is left out; a part nobody publishes is reported."""
    return [_read_bundle(path, vocabulary, matters, findings) for path in _files(city, "bundle.yaml")]


def codes(city: Path) -> list[str]:
    """The codes of all matters that have a file, readable or not."""
    return [path.parent.name for path in _files(city, "matter.yaml")]


def _files(city: Path, name: str) -> list[Path]:
    return sorted((city / "matters").glob(f"*/{name}"))


class _Questions:
    """Reads `ask:` lists of matters and bundles."""

    def __init__(self, vocabulary: Vocabulary, lines: dict[tuple[str, ...], int]) -> None:
        self.vocabulary = vocabulary
        self.lines = lines

    def read(self, root: Section) -> tuple[Question, ...]:
        return tuple(self._each(root))

    def _each(self, root: Section) -> Iterator[Question]:
        for code, entry in root.entries("ask", shorthand="when"):
            self.lines["ask", code] = entry.line()
            self.lines["ask", code, "when"] = entry.line("when")
            when = entry.text("when", required=False, max_length=500)
            why = entry.words("why", required=False, max_length=200)
            basis = entry.text("basis", required=False, max_length=200)
            required = entry.boolean("required", default=True)
            entry.finish()
            element = self.vocabulary.get(code)
            if element is None:
                known = sorted(item.code for item in self.vocabulary)
                remedy = near(code, known, "Add it to city/elements, or use one of")
                entry.report(f"The city's vocabulary has no element “{code}”.", remedy)
            elif element.derived_from:
                entry.report(
                    f"“{code}” is known from {element.derived_from} and is never asked.", f"Ask {element.derived_from}."
                )
            else:
                yield Question(element, when, why, required, basis)


class _MatterFile:
    def __init__(
        self,
        path: Path,
        vocabulary: Vocabulary,
        shared: SharedWords,
        findings: list[Finding],
        identity: Level,
        deferral: Limit,
    ) -> None:
        self.path = path
        self.vocabulary = vocabulary
        self.shared = shared
        self.findings = findings
        self.identity = identity
        self.deferral = deferral
        self.lines: dict[tuple[str, ...], int] = {}
        self.below: tuple[str, ...] = ()
        """under which field tasks and materials are read now"""

    def read(self) -> ReadMatter:
        root = read_file(self.path, self.findings)
        if root is None:
            return ReadMatter(self.path, None)
        before = len(self.findings)
        service = self._matter(root)
        broken = any(finding.severity == "error" for finding in self.findings[before:])
        return ReadMatter(self.path, None if broken else service, self.lines)

    def _matter(self, root: Section) -> Matter | None:
        code = _code(self.path, root)
        for key in ("promise", "statute", "department", "catalogue_code", "task_code", "accept_by", "creates"):
            self.lines[(key,)] = root.line(key)
        name = root.words("name", max_length=80)
        summary, guidance = root.words("summary", max_length=200), root.words("guidance", max_length=3000)
        catalogue_code = _coded(root, "catalogue_code", CATALOGUE_CODE, "12 digits in quotes")
        task_code = _coded(root, "task_code", TASK_CODE, "31 digits and capital letters in quotes")
        department = root.text("department", max_length=40)
        serves = root.some_of("serves", SERVES)
        basis = root.texts("basis")
        statute, promise = root.limit("statute"), root.limit("promise")
        extension = root.limit("extension", required=False)
        act = root.one_of("act", tuple(Act), required=False)
        identity = root.one_of("identity", LEVELS, required=False)
        visits = root.integer("visits", minimum=0, maximum=9)
        fee_fen, fee_basis = _fee(root), root.text("fee_basis", required=False)
        if fee_fen and not fee_basis:
            root.report("A fee needs its legal basis.", "Add “fee_basis: ...”.", "fee")
        also_called = root.texts("also_called", required=False, max_length=60)
        scenarios = root.texts("scenarios", required=False, max_length=200)
        questions = _Questions(self.vocabulary, self.lines).read(root)
        suggestions = read_suggestions(root, self.lines)
        checks = read_checks(root, self.lines)
        materials = tuple(self._materials(root))
        deferral = self._deferral(root, materials, statute)
        procedures = tuple(self._procedures(root))
        rule = self._rule(root)
        tasks = tuple(self._tasks(root, by_rule=rule is not None))
        commitment = self._commitment(root)
        creates = root.texts("creates", required=False)
        accept_by = root.text("accept_by", required=False, max_length=81)
        competent = self._competence(root)
        result = self._result(root)
        root.finish()
        if (
            name is None
            or summary is None
            or guidance is None
            or catalogue_code is None
            or task_code is None
            or department is None
            or statute is None
            or promise is None
            or visits is None
            or result is None
        ):
            return None
        return Matter(
            code=code,
            name=name,
            summary=summary,
            guidance=guidance,
            catalogue_code=catalogue_code,
            task_code=task_code,
            department=department,
            serves=serves,
            basis=basis,
            statute=statute,
            promise=promise,
            visits=visits,
            tasks=tasks,
            result=result,
            fee_fen=fee_fen,
            fee_basis=fee_basis,
            also_called=also_called,
            scenarios=scenarios,
            questions=questions,
            materials=materials,
            special_procedures=procedures,
            commitment=commitment,
            rule=rule,
            creates=creates,
            accept_by=accept_by,
            extension=extension,
            derived=derived_from(questions, self.vocabulary),
            act=Act(act) if act else Act.PERMIT,
            deferral=deferral,
            suggestions=suggestions,
            identity=Level(identity) if identity in LEVELS else self.identity,
            checks=checks,
            competent=competent,
        )

    def _competence(self, root: Section) -> Competence | None:
        section = root.section("competent")
        if section is None:
            return None
        self.lines[("competent",)] = section.line()
        by = section.text("by", example="premises.place", max_length=80)
        level = section.one_of("level", PLACE_LEVELS)
        section.finish()
        return Competence(by, level) if by and level else None

    def _materials(self, root: Section) -> Iterator[Material]:
        for key, entry in root.entries("materials", shorthand="when"):
            self.lines[*self.below, "materials", key] = entry.line()
            self.lines[*self.below, "materials", key, "when"] = entry.line("when")
            self.lines[*self.below, "materials", key, "source"] = entry.line("source")
            common = self.shared.materials.get(key)
            name = entry.words("name", required=common is None, max_length=60) or (common.name if common else None)
            hint = entry.words("hint", required=False, max_length=200) or (common.hint if common else None)
            source = entry.text("source", required=False, max_length=40) or (common.source if common else APPLICANT)
            licence = entry.text("licence", required=False, max_length=60) or (common.licence if common else None)
            deferrable = entry.boolean("deferrable")
            when = entry.text("when", required=False, max_length=500)
            form = entry.text("form", required=False, max_length=120)
            basis = entry.text("basis", required=False, max_length=200)
            model = entry.words("model", required=False, max_length=4000) or (common.model if common else None)
            media = entry.some_of("media", tuple(MEDIA)) if entry.has("media") else tuple(MEDIA)
            entry.finish()
            if not KEY.match(key):
                entry.report(f"“{key}” cannot be the key of a material.", "Use small letters, digits and _.")
            if name is not None:
                types = tuple(MEDIA[kind] for kind in media)
                yield Material(key, name, source, deferrable, when, form, hint, types, licence, basis, model)

    def _deferral(self, root: Section, materials: tuple[Material, ...], statute: Limit | None) -> Limit | None:
        """How long deferrable materials may take; where the matter is silent, never past its legal limit."""
        own = root.limit("deferral", required=False)
        deferrable = any(material.deferrable for material in materials)
        if own is not None and not deferrable:
            root.report("No material is deferrable.", "Write “deferrable: true” at one, or leave this out.", "deferral")
        if not deferrable:
            return None
        if own is not None and statute is not None and working_days(own) > working_days(statute):
            message = f"Deferred materials may come in {own}, later than the legal limit of {statute}."
            root.report(message, "Shorten it: you must decide by then.", "deferral")
        if own is None and statute is not None and working_days(statute) < working_days(self.deferral):
            return statute
        return own or self.deferral

    def _procedures(self, root: Section) -> Iterator[SpecialProcedure]:
        for key, entry in root.entries("special_procedures", shorthand="kind"):
            self.lines["special_procedures", key] = entry.line()
            name = _named(entry, key, self.shared.procedures)
            kind = entry.one_of("kind", tuple(item.value for item in ProcedureKind))
            basis = entry.text("basis", max_length=200)
            at_most = entry.limit("at_most")
            entry.finish()
            if name is not None and kind is not None and basis is not None and at_most is not None:
                yield SpecialProcedure(key, name, ProcedureKind(kind), basis, at_most)

    def _tasks(self, root: Section, *, by_rule: bool) -> Iterator[Task]:
        kinds = tuple(kind.value for kind in (TaskKind.WORK, TaskKind.ARRIVAL, TaskKind.RULE, TaskKind.DECIDE))
        for key, entry in root.entries("plan", shorthand="by", required=True):
            for name in ("", "by", "needs", "when", "within"):
                where = (*self.below, "plan", key, name) if name else (*self.below, "plan", key)
                self.lines[where] = entry.line(*((name,) if name else ()))
            words = _named(entry, key, self.shared.tasks)
            by = entry.text("by", max_length=81)
            needs = entry.texts("needs", required=False, max_length=60)
            within = entry.limit("within", required=False)
            when = entry.text("when", required=False, max_length=500)
            kind = entry.one_of("kind", kinds, required=False)
            entry.finish()
            if not KEY.match(key) or key in ("accept", "deliver"):
                message = f"“{key}” cannot name a task."
                entry.report(message, "Use small letters, digits and _; the law adds “accept” and “deliver” by itself.")
            if kind is None:
                kind = (TaskKind.RULE if by_rule else TaskKind.DECIDE) if key == "decide" else TaskKind.WORK
            if words is not None and by is not None:
                yield Task(key, words, by, needs, within, TaskKind(kind), when)

    def _rule(self, root: Section) -> InstantRule | None:
        section = root.section("rule")
        if section is None:
            return None
        self.lines[("rule",)] = section.line("grant_when")
        expression = section.text("grant_when", max_length=1000)
        explain = section.words("explain", max_length=400)
        section.finish()
        return InstantRule(expression, explain) if expression and explain else None

    def _commitment(self, root: Section) -> Commitment | None:
        section = root.section("commitment")
        if section is None:
            return None
        self.lines[("commitment",)] = section.line()
        text = section.words("text", max_length=2000)
        basis = section.text("basis", max_length=200)
        check = section.section("check", required=True)
        barred = section.limit("barred", required=False) or BARRED
        ordinary = self._ordinary(section)
        section.finish()
        if check is None:
            return None
        self.lines["commitment", "by"] = check.line("by")
        name = check.words("name", max_length=60)
        by = check.text("by", max_length=81)
        within = check.limit("within")
        check.finish()
        if text is None or basis is None or name is None or by is None or within is None:
            return None
        return Commitment(text, name, by, within, basis, ordinary, barred)

    def _ordinary(self, commitment: Section) -> Ordinary | None:
        """The way of who does not promise."""
        section = commitment.section("ordinary")
        if section is None:
            return None
        self.lines["commitment", "ordinary"] = section.line()
        self.below = ("commitment", "ordinary")
        statute, promise = section.limit("statute"), section.limit("promise")
        materials = tuple(self._materials(section))
        tasks = tuple(self._tasks(section, by_rule=False))
        self.below = ()
        section.finish()
        return Ordinary(statute, promise, tasks, materials) if statute and promise else None

    def _result(self, root: Section) -> ResultSpec | None:
        section = root.section("result", required=True)
        if section is None:
            return None
        self.lines[("result",)] = section.line()
        self.lines["result", "delivered_by"] = section.line("delivered_by")
        name = section.words("name", max_length=60)
        licence = section.text("licence", required=False, max_length=60)
        if licence is not None and not SLUG.match(licence):
            section.report(
                f"“{licence}” cannot be the code of a licence.", "Use small letters, digits and -.", "licence"
            )
        valid = section.text("valid", required=False, max_length=20)
        if valid is not None and not VALID.match(valid):
            section.report(f"“{valid}” is not a length of time.", "Write “5 years”, “6 months” or “90 days”.", "valid")
        delivery = section.one_of("delivery", tuple(item.value for item in Delivery), required=False) or "online"
        delivered_by = section.text("delivered_by", required=False, max_length=81)
        if delivery != Delivery.ONLINE and not delivered_by:
            section.report("Nobody hands the result over.", "Add “delivered_by: department/post”.", "delivery")
        section.finish()
        if name is None:
            return None
        return ResultSpec(name, licence, valid, Delivery(delivery), delivered_by)


def derived_from(questions: tuple[Question, ...], vocabulary: Vocabulary) -> tuple[Element, ...]:
    """The elements that these questions' answers tell without asking."""
    asked = {question.element.code for question in questions}
    return tuple(element for element in vocabulary.derived() if element.derived_from in asked)


def _read_bundle(
    path: Path, vocabulary: Vocabulary, matters: Mapping[str, Matter], findings: list[Finding]
) -> ReadBundle:
    root = read_file(path, findings)
    if root is None:
        return ReadBundle(path, None)
    before = len(findings)
    lines: dict[tuple[str, ...], int] = {("promise",): root.line("promise")}
    code = _code(path, root)
    name = root.words("name", max_length=80)
    summary, guidance = root.words("summary", max_length=200), root.words("guidance", max_length=3000)
    serves = root.some_of("serves", SERVES)
    promise = root.limit("promise")
    also_called = root.texts("also_called", required=False, max_length=60)
    scenarios = root.texts("scenarios", required=False, max_length=200)
    questions = _Questions(vocabulary, lines).read(root)
    suggestions = read_suggestions(root, lines)
    parts = tuple(_parts(root, codes(path.parents[2]), matters, lines))
    root.finish()
    if any(finding.severity == "error" for finding in findings[before:]):
        return ReadBundle(path, None, lines)
    written = root.fields.get("parts")
    complete = isinstance(written, dict | list) and len(parts) == len(written)
    if name is None or summary is None or guidance is None or promise is None or not complete:
        return ReadBundle(path, None, lines)
    derived = derived_from(questions, vocabulary)
    bundle = Bundle(
        code=code,
        name=name,
        summary=summary,
        guidance=guidance,
        serves=serves,
        promise=promise,
        parts=parts,
        also_called=also_called,
        scenarios=scenarios,
        questions=questions,
        derived=derived,
        suggestions=suggestions,
    )
    return ReadBundle(path, bundle, lines)


def _parts(
    root: Section, known: list[str], matters: Mapping[str, Matter], lines: dict[tuple[str, ...], int]
) -> Iterator[BundlePart]:
    for key, entry in root.entries("parts", shorthand="matter", required=True):
        for name in ("", "matter", "needs", "when"):
            lines[("parts", key, name) if name else ("parts", key)] = entry.line(*((name,) if name else ()))
        code = entry.text("matter", max_length=80)
        needs = entry.texts("needs", required=False, max_length=60)
        when = entry.text("when", required=False, max_length=500)
        entry.finish()
        if not KEY.match(key):
            entry.report(f"“{key}” cannot name a part.", "Use small letters, digits and _.")
        if code is not None and code not in known:
            entry.report(f"No matter “{code}” is published.", near(code, known, "Matters are"), "matter")
        elif code is not None and code in matters:
            yield BundlePart(key, matters[code], needs, when)


def _code(path: Path, root: Section) -> str:
    code = path.parent.name
    if not SLUG.match(code) or len(code) > 60:
        root.report(f"The folder's name “{code}” cannot be a code.", "Use small letters, digits and -.")
    return code


def _coded(root: Section, key: str, form: re.Pattern[str], said: str) -> str | None:
    text = root.text(key, example=f'"{said}"', max_length=40)
    if text is not None and not form.match(text):
        root.report(f"“{text}” is not a {key.replace('_', ' ')}.", f"Write {said}.", key)
        return None
    return text


def _fee(root: Section) -> int:
    text = root.text("fee", example="none", max_length=20)
    if text is None or text == "none":
        return 0
    written = FEE.match(text)
    if written is None:
        root.report(f"“{text}” is not a fee.", "Write “none”, “20 yuan” or “12.50 yuan”.", "fee")
        return 0
    return int(written[1]) * 100 + int(written[2] or 0)


def _named(entry: Section, key: str, shared: Mapping[str, Words]) -> Words | None:
    """The entry's own name, or the name that all matters share."""
    if key in shared and not entry.has("name"):
        entry.asked.add("name")
        return shared[key]
    return entry.words("name", max_length=60)

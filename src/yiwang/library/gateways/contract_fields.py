"""The fields of a contract, its quality rules and what it proves; `contracts` shows the whole file."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from yiwang.foundation import rules
from yiwang.foundation.rules import FeelSyntaxError
from yiwang.foundation.standards.elements import ASKED, Choice, Element, ElementKind
from yiwang.foundation.standards.reading import KEY, Section, near
from yiwang.foundation.standards.vocabulary import Vocabulary, read_choices
from yiwang.library.gateways.contract import Field, Level, QualityRule, Subject

LEVELS = tuple(Level)
MOST_FIELDS = 200
_KINDS = (*(kind.value for kind in ASKED), ElementKind.MOMENT.value)
_RULES = ("required", "unique", "one_of")


def read_fields(root: Section, vocabulary: Vocabulary) -> tuple[Field, ...]:
    """The fields in their written order; those with errors are left out."""
    found = []
    for name, entry in root.entries("fields", shorthand="element", required=True):
        if not KEY.match(name) or len(name) > 60:
            entry.report(f"“{name}” cannot be the name of a field.", "Use small letters, digits and _.")
        field = _field(name, entry, vocabulary)
        if field is not None:
            found.append(field)
    if len(found) > MOST_FIELDS:
        root.report(f"More than {MOST_FIELDS} fields.", "Publish two products.", "fields")
    return tuple(found)


def _field(name: str, entry: Section, vocabulary: Vocabulary) -> Field | None:
    code = entry.text("element", required=False, max_length=100)
    element = vocabulary.get(code) if code is not None else None
    if code is not None and element is None:
        remedy = near(code, sorted(each.code for each in vocabulary), "Elements are")
        entry.report(f"The city's vocabulary has no element “{code}”.", remedy, "element")
    words = entry.words("name", required=code is None, max_length=60)
    kind = entry.one_of("kind", _KINDS, required=code is None)
    choices = tuple(read_choices(entry))
    level = entry.one_of("level", LEVELS, required=False)
    personal = entry.boolean("personal", default=element is not None and element.personal)
    authoritative, required = entry.boolean("authoritative"), entry.boolean("required")
    entry.finish()
    if element is not None:
        _check_against(element, kind, choices, personal, entry)
        kind, choices, words = element.kind, element.choices, words or element.name
    elif authoritative:
        entry.report("Only an element has an authoritative source.", "Name the element, or remove this.")
    if words is None or kind is None:
        return None
    asks_choice = kind in (ElementKind.CHOICE, ElementKind.CHOICES)
    if asks_choice and not choices:
        entry.report("A choice says what may be chosen.", "Add “choices:” with one “code: {zh: ..., en: ...}” a line.")
    if choices and not asks_choice:
        entry.report(f"A {kind} has no choices.", "Write “kind: choice”, or remove “choices”.", "choices")
    return Field(
        name,
        ElementKind(kind),
        words,
        element=code,
        choices=choices,
        level=Level(level or Level.GENERAL),
        personal=personal,
        authoritative=authoritative,
        required=required,
    )


def _check_against(
    element: Element, kind: str | None, choices: tuple[Choice, ...], personal: bool, entry: Section
) -> None:
    """What the vocabulary says is not said again, least of all differently."""
    if kind is not None and kind != element.kind:
        entry.report(f"{element.code} is of kind {element.kind}, not {kind}.", "Remove “kind”.", "kind")
    if choices and choices != element.choices:
        entry.report(f"{element.code} has choices of its own.", "Remove “choices”.", "choices")
    if element.personal and not personal:
        entry.report(f"{element.code} tells of a person.", "Remove “personal: false”.", "personal")


def names_of(
    root: Section, key: str, known: Collection[str], *, required: bool = True, example: str
) -> tuple[str, ...]:
    """Names of fields under `key`, one or a list."""
    if required and not root.has(key):
        root.asked.add(key)
        root.report(f"“{key}” is missing.", f"Add “{key}: {example}”.", key)
        return ()
    found = root.texts(key, required=False, max_length=60)
    for name in found:
        if name not in known:
            root.report(f"There is no field “{name}”.", near(name, sorted(known), "Fields are"), key)
    return tuple(dict.fromkeys(name for name in found if name in known))


def read_rules(root: Section, fields: tuple[Field, ...]) -> tuple[QualityRule, ...]:
    """The promises that the contract adds to those every contract makes."""
    found = []
    known = {each.name for each in fields}
    for key, entry in root.entries("quality", shorthand="feel"):
        if not KEY.match(key) or len(key) > 60:
            entry.report(f"“{key}” cannot be the key of a rule.", "Use small letters, digits and _.")
        words = entry.words("name", required=False, max_length=120)
        expression = entry.text("feel", required=False, max_length=2000)
        named = {kind: names_of(entry, kind, known, required=False, example="...") for kind in _RULES}
        entry.finish()
        chosen = [kind for kind, names in named.items() if names]
        if len(chosen) + (expression is not None) != 1 or any(len(named[kind]) > 1 for kind in chosen):
            entry.report("A rule says one thing.", "Write one of required, unique, one_of (a field) or feel.")
        elif expression is not None:
            if check_feel(expression, fields, entry, "feel"):
                found.append(QualityRule(key, "feel", None, expression, words))
        else:
            name = named[chosen[0]][0]
            if chosen[0] == "one_of" and not next(each for each in fields if each.name == name).choices:
                entry.report(f"“{name}” has no choices.", "Name a field of kind choice.", "one_of")
            found.append(QualityRule(key, chosen[0], name, None, words))
    return tuple(found)


def read_proofs(
    root: Section, fields: tuple[Field, ...], subject: Subject, materials: Collection[str] | None
) -> Mapping[str, str | None]:
    section = root.section("proves")
    if section is None:
        return {}
    if subject is Subject.NONE:
        root.report(
            "A row about nobody proves nothing.", "Say in “about” whom it is about, or remove “proves”.", "proves"
        )
    found: dict[str, str | None] = {}
    for key in list(section.fields):
        expression = section.text(key, required=False, max_length=2000)
        if materials is not None and key not in materials:
            section.report(
                f"No matter asks for “{key}” among the shared materials.",
                near(key, sorted(materials), "Materials are"),
                key,
            )
        if expression is None or check_feel(expression, fields, section, key):
            found[key] = expression
    return found


def check_feel(expression: str, fields: tuple[Field, ...], section: Section, *where: str) -> bool:
    """Report an expression over a row that does not parse, names what is no field, or compares unlike things."""
    try:
        parsed = rules.parse(expression)
    except FeelSyntaxError as error:
        section.report(
            f"“{expression}” cannot be read: {error.message}.", f"Correct it at character {error.column}.", *where
        )
        return False
    types = {each.name: each.kind.value if each.kind is not ElementKind.MOMENT else "date and time" for each in fields}
    types["today"] = "date"
    choices = {each.name: [choice.code for choice in each.choices] for each in fields if each.choices}
    messages = rules.check(parsed, types, choices=choices, wanted="boolean")
    for message in messages:
        section.report(f"“{expression}” does not fit: {message}.", "Correct the expression.", *where)
    return not messages

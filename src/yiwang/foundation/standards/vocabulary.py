"""The city's vocabulary: every element that departments agreed on, from `city/elements/*.yaml`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import ASKED, Choice, Derivation, Element, ElementKind
from yiwang.foundation.standards.reading import KEY, Section, read_file

KINDS = tuple(kind.value for kind in ASKED)


@dataclass(frozen=True)
class Vocabulary:
    """Elements by code, such as `premises.floor_area`."""

    elements: Mapping[str, Element]

    def __contains__(self, code: object) -> bool:
        return code in self.elements

    def __iter__(self) -> Iterator[Element]:
        return iter(self.elements.values())

    def get(self, code: str) -> Element | None:
        """The element of this code, if the city agreed on one."""
        return self.elements.get(code)

    def derived(self) -> tuple[Element, ...]:
        """Elements never asked, because another answer tells them."""
        return tuple(element for element in self if element.derived_from)


@dataclass(frozen=True)
class Places:
    """The city's places as answers, by level (`district`, `street`), and those around them."""

    answers: Mapping[str, tuple[Choice, ...]]
    around: Mapping[str, tuple[Choice, ...]]


NO_PLACES = Places({}, {})
LEVELS = ("district", "street")


def read(city: Path, places: Places = NO_PLACES) -> tuple[Vocabulary, list[Finding]]:
    """The vocabulary of a city's folder and what is wrong with it.

    A file `elements/premises.yaml` holds the elements of one subject; `floor_area` in it is `premises.floor_area`. An
    element with `places: street` has the city's streets as answers, as far as `places` has them.
    """
    findings: list[Finding] = []
    elements: dict[str, Element] = {}
    files = sorted((city / "elements").glob("*.yaml"))
    if not files:
        findings.append(
            Finding(city / "elements", 0, "The city has no elements.", "Add files like elements/person.yaml.")
        )
    for path in files:
        root = read_file(path, findings)
        if root is None:
            continue
        if not KEY.match(path.stem):
            root.report(f"The file name “{path.name}” cannot begin an element.", "Use small letters, digits and _.")
        for name in root.fields:
            root.asked.add(name)
            element = _element(path.stem, name, root, places)
            if element is not None:
                elements[element.code] = element
    for element in elements.values():
        if element.derived_from and element.derived_from not in elements:
            subject = element.code.partition(".")[0]
            message = f"{element.code} is derived from {element.derived_from}, which is not an element."
            path = city / "elements" / f"{subject}.yaml"
            findings.append(Finding(path, 0, message, "Derive it from a resident_id element."))
        source = elements.get(element.found_in or "")
        if element.found_in and (source is None or source.kind is not ElementKind.ADDRESS):
            subject = element.code.partition(".")[0]
            message = f"{element.code} is found in {element.found_in}, which is no address."
            path = city / "elements" / f"{subject}.yaml"
            findings.append(Finding(path, 0, message, "Name an element of kind address."))
    return Vocabulary(elements), findings


def _element(subject: str, name: str, root: Section, places: Places) -> Element | None:
    code = f"{subject}.{name}"
    section = Section(root.document, (name,), root.fields[name], root.findings)
    if not KEY.match(name):
        section.report(f"“{name}” cannot be the name of an element.", "Use small letters, digits and _.")
    words = section.words("name")
    kind_code = section.one_of("kind", KINDS)
    unit = section.words("unit", required=False)
    hint = section.words("hint", required=False)
    question = section.words("question", required=False)
    minimum, maximum = section.decimal("minimum"), section.decimal("maximum")
    max_length = section.integer("max_length", minimum=1, maximum=4000, default=200) or 200
    personal = section.boolean("personal")
    source, derivation = _derivation(section)
    choices = tuple(read_choices(section))
    level = section.one_of("places", LEVELS, required=False)
    found_in = section.text("found_in", required=False, example="premises.address")
    section.finish()
    if words is None or kind_code is None:
        return None
    kind = ElementKind(kind_code)
    around: tuple[Choice, ...] = ()
    if level is None:
        _check_shape(section, kind, choices, minimum is None or maximum is None or minimum <= maximum)
    elif kind is not ElementKind.CHOICE or choices:
        section.report(
            "A place is a choice among the city's own.", "Write “kind: choice”, without “choices”.", "places"
        )
    else:
        choices, around = places.answers.get(level, ()), places.around.get(level, ())
    if found_in is not None and level is None:
        section.report("Only a place is found in an address.", "Add “places: district” or remove it.", "found_in")
    if question is None and source is None:
        section.report(
            "“question” is missing.", "Say as a sentence how a person is asked: “question: {zh: ..., en: ...}”."
        )
    return Element(
        code,
        words,
        kind,
        unit,
        choices,
        hint,
        question,
        minimum,
        maximum,
        max_length,
        personal,
        source,
        derivation,
        around,
        found_in,
    )


def _derivation(section: Section) -> tuple[str | None, Derivation | None]:
    derived = section.section("derived")
    if derived is None:
        return None, None
    source = derived.text("from", example="person.resident_id")
    what = derived.one_of("as", tuple(item.value for item in Derivation))
    derived.finish()
    if source is None or what is None:
        return None, None
    return source, Derivation(what)


def read_choices(section: Section) -> Iterator[Choice]:
    """The answers written under “choices”, each `code: {zh: ..., en: ...}`."""
    for code, entry in section.entries("choices", shorthand="zh"):
        words = _choice_words(entry)
        hint = entry.words("hint", required=False)
        entry.finish()
        if words is not None:
            yield Choice(code, words, hint)


def _choice_words(entry: Section) -> Words | None:
    """A choice is written `code: {zh: ..., en: ...}`, the words lying flat beside its hint."""
    zh = entry.text("zh", example="...")
    en = entry.text("en", example="...")
    return Words(zh=zh, en=en) if zh and en else None


def _check_shape(section: Section, kind: ElementKind, choices: tuple[Choice, ...], bounds_fit: bool) -> None:
    asks_choice = kind in (ElementKind.CHOICE, ElementKind.CHOICES)
    if asks_choice and len(choices) < 2:
        section.report(
            "A choice needs at least two answers.", "Add “choices:” with one “code: {zh: ..., en: ...}” a line."
        )
    if choices and not asks_choice:
        section.report(f"A {kind.value} has no choices.", "Write “kind: choice”, or remove “choices”.", "choices")
    if not bounds_fit:
        section.report("“minimum” is above “maximum”.", "Swap them.", "minimum")

"""Facts of one person or enterprise: point look-ups at the departments that hold them, no analytic engine between.

What is wanted are elements and materials, each with the posts that ask for it. Every element is looked for at its
authoritative product first (一数一源), under a grant of one of those posts, in as few readings as the grants allow, at
all departments at once. A department that does not answer in time is named in `Facts.missing`; it is never an error.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date, now
from yiwang.foundation.rules import holds, parse
from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.centre import gateways, in_force, silence
from yiwang.library.centre.in_force import InForce, Issued
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.contract import Field, Product, Subject
from yiwang.library.gateways.fragment import Fragment, Keys, Value
from yiwang.library.gateways.gateway import Cancelled, Gateway, NotGranted, Offline
from yiwang.library.gateways.grant import Grant, MaskKind

log = logging.getLogger(__name__)

SECONDS = 5.0
"""How long a department may take; a person waits for the slowest."""
MOST_ROWS = 20
"""Rows about one subject in one product: who owns more premises than this names the one by hand."""
AT_ONCE = 64
"""Questions of all requests of a process; those of a slow department must not keep the others waiting."""
Row = Mapping[str, Value]
TODAY = "today"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Elements, and materials by key, each with the posts that ask for it ("market/food"). `tried` are products that
    were asked for one of them already, as (product, element or material): the next one is asked instead."""

    elements: Mapping[str, tuple[str, ...]]
    materials: Mapping[str, tuple[str, ...]]
    tried: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """One reading to come: these fields of a product, asked by one post under its grant. `materials` may be proved by
    it."""

    product: Product
    issued: Issued
    post: str
    fields: tuple[str, ...]
    elements: Mapping[str, str]
    """element → field"""
    materials: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """What one product says of the subject. `rows` hold the fields that were asked, one row for each thing of theirs
    that it holds, such as two premises; `proofs` name the rows that prove a material.

    `record` is the position in the owner's log; `as_of` when the source last changed, as far as it tells.
    """

    product: str
    title: Words
    department: str
    post: str
    fields: tuple[str, ...]
    elements: Mapping[str, str]
    rows: tuple[Mapping[str, Value], ...]
    proofs: Mapping[str, tuple[int, ...]]
    record: int
    read_at: datetime
    as_of: datetime | None
    grant: str


@dataclass(frozen=True, slots=True)
class Missing:
    """What could not be asked: the department did not answer, or its gateway refuses (`refused`) and will go on so."""

    product: str
    title: Words
    department: str
    post: str
    elements: tuple[str, ...]
    materials: tuple[str, ...]
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One value with its source."""

    element: str
    value: Value
    product: str
    title: Words
    department: str
    read_at: datetime
    as_of: datetime | None
    record: int


@dataclass(frozen=True)
class Facts:
    """What the departments said, what could not be asked, and the products whose contract wants the person's consent
    before they are read (`unasked`)."""

    looked: tuple[Looked, ...] = ()
    missing: tuple[Missing, ...] = ()
    unasked: tuple[Question, ...] = ()

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Every value that is there, in the order of the products; an element may have several."""
        return tuple(
            Fact(element, row[name], each.product, each.title, each.department, each.read_at, each.as_of, each.record)
            for each in self.looked
            for row in each.rows
            for element, name in each.elements.items()
            if row.get(name) is not None
        )

    @property
    def proved(self) -> dict[str, str]:
        """Materials that some row proves, with the department that says so."""
        return {material: each.department for each in self.looked for material, rows in each.proofs.items() if rows}


NOTHING = Facts()


def facts_of(
    subject: str,
    wanted: Wanted,
    asker: Asker,
    *,
    consented: Iterable[str] = (),
    of: Subject = Subject.PERSON,
    library: InForce | None = None,
) -> Facts:
    """What departments hold of one subject, named by identity number or credit code. `library` as in `questions_for`.

    `asker` says who, why and for which case; its department and post are those of each grant. A product that wants
    consent is read only where `asker.consents` and `consented` (its reference) have it.
    """
    questions = questions_for(wanted, asker.purpose, of, library)
    agreed = frozenset(consented)
    open_ones = [each for each in questions if not each.product.consent or each.product.reference in agreed]
    unasked = tuple(each for each in questions if each not in open_ones)
    if not open_ones:
        return Facts(unasked=unasked)
    answers = list(ask_all(open_ones, subject, asker))
    return Facts(
        looked=tuple(each for each in answers if isinstance(each, Looked)),
        missing=tuple(each for each in answers if isinstance(each, Missing)),
        unasked=unasked,
    )


def questions_for(
    wanted: Wanted, purpose: str, of: Subject = Subject.PERSON, library: InForce | None = None
) -> tuple[Question, ...]:
    """The readings that would answer what is wanted, as far as grants reach.

    `library`: what the request that asks has found in force; left out, one SQL query finds it. None without gateways.
    """
    posts = {post for asking in (*wanted.elements.values(), *wanted.materials.values()) for post in asking}
    if not posts or not gateways.departments():
        return ()
    library = library or in_force.current()
    asked = (tuple(wanted.elements.items()), tuple(wanted.materials.items()), wanted.tried, purpose, of)
    found: tuple[Question, ...] | None = library.worked_out.get(asked)
    if found is None:
        found = _questions(wanted, sorted(posts), purpose, of, library)
        library.keep(asked, found)
    return found


def _questions(
    wanted: Wanted, posts: Sequence[str], purpose: str, of: Subject, library: InForce
) -> tuple[Question, ...]:
    contracts = [each.product for each in library.products]
    offered = [product for product in contracts if product.subject is of and product.subject_field]
    issued = library.issued_for(posts, purpose)
    if not offered or not issued:
        return ()
    sources = {element: product.reference for element, product in _sources(offered, wanted, issued).items()}
    found: list[Question] = []
    for product in offered:
        mine = {element for element in wanted.elements if sources.get(element) == product.reference}
        proofs = {
            key for key in wanted.materials if key in product.proves and (product.reference, key) not in wanted.tried
        }
        under = [each for each in issued if each.grant.product == product.reference]
        while under and (mine or proofs):
            best = max(
                (_question(product, each, wanted, mine, proofs) for each in under),
                key=lambda question: len(question.elements) + len(question.materials),
            )
            if not best.elements and not best.materials:
                break
            found.append(best)
            mine -= set(best.elements)
            proofs -= set(best.materials)
    return tuple(found)


def _sources(offered: list[Product], wanted: Wanted, issued: tuple[Issued, ...]) -> dict[str, Product]:
    """The product at which each element is looked for: the authoritative one, or else the first that a grant opens."""
    found: dict[str, Product] = {}
    for element, posts in wanted.elements.items():
        candidates = []
        for product in offered:
            named = _field_of(product, element)
            if (
                named is None
                or (product.reference, element) in wanted.tried
                or not any(
                    each.grant.product == product.reference
                    and _asks(each.grant, posts)
                    and _clear(each.grant, named.name, product.subject_field or "")
                    for each in issued
                )
            ):
                continue
            candidates.append((not named.authoritative, product.code, product))
        if candidates:
            found[element] = min(candidates, key=lambda each: each[:2])[2]
    return found


def _question(product: Product, issued: Issued, wanted: Wanted, mine: set[str], proofs: set[str]) -> Question:
    """As much as one grant answers."""
    grant, subject_field = issued.grant, product.subject_field or ""
    elements, materials, fields = {}, [], {subject_field} & set(grant.fields)
    posts: list[str] = []
    for element in sorted(mine):
        named = _field_of(product, element)
        asking = _asks(grant, wanted.elements[element])
        if named is not None and asking and _clear(grant, named.name, subject_field):
            elements[element] = named.name
            posts += asking
    for material in sorted(proofs):
        asking = _asks(grant, wanted.materials[material])
        needed = _proof_fields(product, material)
        if asking and _clear(grant, subject_field, *needed):
            materials.append(material)
            fields |= needed
            posts += asking
    fields |= set(elements.values())
    fields |= {name for name in product.key if elements and _clear(grant, name)}
    if product.represents in fields:
        # Whoever stands for several enterprises chooses one by its name.
        fields |= {each.name for each in product.fields if each.element and _clear(grant, each.name)}
    in_order = tuple(each.name for each in product.fields if each.name in fields)
    return Question(product, issued, posts[0] if posts else "", in_order, elements, tuple(materials))


def _field_of(product: Product, element: str) -> Field | None:
    return next((each for each in product.fields if each.element == element), None)


def _asks(grant: Grant, posts: tuple[str, ...]) -> list[str]:
    """Those of the posts that hold the grant."""
    return [post for post in posts if grant.post in (post, f"{post.partition('/')[0]}/*")]


def _clear(grant: Grant, *names: str) -> bool:
    """Whether all of these fields are granted as they are: a masked value is no fact."""
    return not grant.statistics_only and all(
        name in grant.fields and grant.fields[name].kind is MaskKind.NONE for name in names
    )


def _proof_fields(product: Product, material: str) -> set[str]:
    condition = product.proves[material]
    return set(parse(condition).uses(product.by_name)) if condition else set()


def ask_all(questions: list[Question], subject: str, asker: Asker) -> Iterator[Looked | Missing]:
    """Ask all departments at once, in the order of the questions; one that takes too long, or has just been silent, is
    missing."""
    asker = replace(asker, subject=subject)
    answers: dict[int, Looked | Missing] = {}
    of_department: dict[str, dict[int, Question]] = {}
    for number, question in enumerate(questions):
        if not silence.holds(question.product.reference):
            of_department.setdefault(question.product.department, {})[number] = question
    groups = [(_gateway_of(department), asked) for department, asked in of_department.items()]
    # This thread asks, too: where one department is enough, no other is woken.
    others = [_helpers(os.getpid()).submit(_ask_one_by_one, *each, asker, answers) for each in groups[1:]]
    if groups:
        _ask_one_by_one(*groups[0], asker, answers)
    waiting = wait(others, timeout=2 * SECONDS)
    for done in waiting.done:
        done.result()
    late = {each for each in waiting.not_done if not each.cancel()}
    came = dict(answers)
    for number, question in enumerate(questions):
        if late and number not in came and question.product.department in of_department:
            silence.began(question.product.reference)
        yield came.get(number) or _missing(question)


def _ask_one_by_one(
    gateway: Gateway, questions: Mapping[int, Question], asker: Asker, answers: dict[int, Looked | Missing]
) -> None:
    """The questions to one department; what it has answered counts, also where the rest comes too late."""
    for number, question in questions.items():
        answers[number] = _ask(question, gateway, asker)


@lru_cache(maxsize=1)
def _helpers(_process: int) -> ThreadPoolExecutor:
    """Threads that wait for departments, for all requests of a process: made when they are needed, then kept. They use
    no database of ours."""
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="facts")


def _gateway_of(department: str) -> Gateway:
    try:
        return gateways.gateway(department)
    except Offline as silent:
        return gateways.absent(department, silent.why)


def _ask(question: Question, gateway: Gateway, asker: Asker) -> Looked | Missing:
    """One reading."""
    product = question.product
    fragment = Fragment(
        product=product.reference,
        fields=question.fields,
        keys=Keys(product.subject_field or "", (asker.subject,)),
        limit=MOST_ROWS,
    )
    asker = replace(asker, department=question.post.partition("/")[0], post=question.post)
    try:
        reading = gateway.read(fragment, question.issued.signed, asker, seconds=SECONDS)
        rows = tuple(dict(row) for batch in reading.batches for row in batch.to_pylist())
    except (Offline, Cancelled) as silent:
        log.info("%s did not answer: %s", product.reference, silent)
        silence.began(product.reference)
        return _missing(question)
    except NotGranted as refused:
        log.warning("%s refused a look-up under the grant %s: %s", product.reference, question.issued.grant.id, refused)
        silence.ended(product.reference)
        return replace(_missing(question), refused=refused.code != "rate")
    silence.ended(product.reference)
    at = now()
    return Looked(
        product=product.reference,
        title=product.title,
        department=product.department,
        post=question.post,
        fields=question.fields,
        elements=question.elements,
        rows=rows,
        proofs={key: _proving(product, key, rows, city_date(at)) for key in question.materials},
        record=reading.record,
        read_at=at,
        as_of=reading.as_of,
        grant=question.issued.grant.id,
    )


def _missing(question: Question) -> Missing:
    product = question.product
    return Missing(
        product.reference,
        product.title,
        product.department,
        question.post,
        tuple(question.elements),
        question.materials,
    )


def _proving(product: Product, material: str, rows: tuple[Mapping[str, Value], ...], today: date) -> tuple[int, ...]:
    condition = product.proves[material]
    if condition is None:
        return tuple(range(len(rows)))
    expression = parse(condition)
    return tuple(
        number
        for number, row in enumerate(rows)
        if holds(expression, {TODAY: today, **{name: _typed(product.by_name[name], row[name]) for name in row}})
    )


def _typed(named: Field, value: Value) -> object:
    """As FEEL computes with it: numbers as Decimal; what is absent is null."""
    if isinstance(value, bool) or value is None:
        return value
    if named.kind in (ElementKind.INTEGER, ElementKind.DECIMAL, ElementKind.MONEY):
        return Decimal(str(value))
    return value


def plain(value: Value) -> str | int | bool | list[str] | None:
    """A value as JSON keeps it: decimals and dates as text."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value

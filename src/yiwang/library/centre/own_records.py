"""What departments hold on the person who asks (个人信息保护法 art. 45), read on demand under grants for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core import signing

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import ElementKind
from yiwang.foundation.ui.language import language, said
from yiwang.foundation.ui.wording import date_text, moment_text
from yiwang.library.centre import consents, facts, gateways, queries
from yiwang.library.centre.facts import Looked, Question
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.contract import Field, Product, Subject
from yiwang.library.gateways.fragment import Value
from yiwang.library.gateways.grant import MaskKind

OWN = "own"
"""The purpose of grants under which a person reads their own record."""
SALT = "centre.held"


@dataclass(frozen=True, slots=True)
class Entry:
    """One value in words; `sealed` carries it to the page on which it is disputed."""

    field: str
    name: Words
    shown: str
    sealed: str


@dataclass(frozen=True, slots=True)
class Record:
    """One row of one product."""

    product: str
    title: Words
    department: Words
    as_of: datetime | None
    position: int
    owner: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Records:
    records: tuple[Record, ...]
    silent: tuple[Words, ...]


def of(user_id: int, actor: str) -> Records:
    """Everything that grants for this purpose open, of the account holder and of nobody else."""
    person = directory.identity(user_id)
    if person is None or not person.resident_id or not gateways.departments():
        return Records((), ())
    questions = _questions()
    asker = Asker(
        actor=actor,
        name="",
        department="",
        post="",
        purpose=OWN,
        consents=consents.signed(
            person.resident_id, [each.product.reference for each in questions if each.product.consent], OWN
        ),
    )
    names = directory.department_names()
    records, silent = [], dict[str, Words]()
    contracts = {each.product.reference: each.product for each in questions}
    for answer in facts.ask_all(questions, person.resident_id, asker):
        name = names.get(answer.department, Words(answer.department, answer.department))
        if isinstance(answer, Looked):
            records += [_record(contracts[answer.product], answer, row, name) for row in answer.rows]
        elif not answer.refused:
            silent[answer.department] = name
    return Records(tuple(records), tuple(silent.values()))


def field_of(product: str, field: str) -> tuple[Product, Field] | None:
    """A field that a person may read of themselves; None for any other."""
    for each in _questions():
        if each.product.reference == product and field in each.fields:
            return each.product, each.product.by_name[field]
    return None


def _questions() -> list[Question]:
    found = {}
    for issued in queries.issued_for_purpose(OWN):
        try:
            product = queries.product(issued.grant.product)
        except queries.NoSuchProduct:
            continue
        clear = {name for name, mask in issued.grant.fields.items() if mask.kind is MaskKind.NONE}
        if product.subject is Subject.PERSON and product.subject_field in clear and product.reference not in found:
            fields = tuple(each.name for each in product.fields if each.name in clear)
            found[product.reference] = Question(product, issued, issued.grant.post, fields, {}, ())
    return list(found.values())


def _record(product: Product, looked: Looked, row: facts.Row, department: Words) -> Record:
    entries = []
    for each in product.fields:
        value = row.get(each.name)
        if each.name in looked.fields and value is not None:
            told = shown(each, value)
            sealed = signing.dumps([product.reference, each.name, told], salt=SALT)
            entries.append(Entry(each.name, each.words, told, sealed))
    return Record(
        product.reference, product.title, department, looked.as_of, looked.record, product.department, tuple(entries)
    )


def shown(field: Field, value: Value) -> str:
    """A value as the reader of this page's language reads it."""
    if isinstance(value, bool):
        return said(Words("是", "Yes") if value else Words("否", "No"))
    if isinstance(value, datetime):
        return moment_text(value, language())
    if isinstance(value, date):
        return date_text(value, language())
    if isinstance(value, Decimal):
        return str(facts.plain(value))
    if field.kind is ElementKind.CHOICE:
        return next((said(each.words) for each in field.choices if each.code == value), str(value))
    return str(value)

"""A question as a page shows it: the control, its label, hint, error and the value put back after a mistake.

`Field.of_element` makes one from an element of the vocabulary, `Field.of_bound` from a field of a Django form, and the
template tags make the rest by hand. `posted` takes the answer out of a submitted form again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Protocol

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiwang.foundation.kernel.text import Words

TRUE, FALSE = "true", "false"


class Choice(Protocol):
    """An answer to choose, as `standards` describes it."""

    @property
    def code(self) -> str: ...
    @property
    def words(self) -> Words: ...
    @property
    def hint(self) -> Words | None: ...


class Element(Protocol):
    """What a field needs to know of an element; `standards.elements.Element` fits."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> Words: ...
    @property
    def kind(self) -> str: ...
    @property
    def unit(self) -> Words | None: ...
    @property
    def choices(self) -> Sequence[Choice]: ...
    @property
    def hint(self) -> Words | None: ...
    @property
    def question(self) -> Words | None: ...
    @property
    def max_length(self) -> int: ...
    @property
    def personal(self) -> bool: ...


class Posted(Protocol):
    """A submitted form: Django's QueryDict."""

    def get(self, key: str, default: str = "") -> str | None: ...
    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Option:
    """One row of radios, checkboxes or of a list to choose from."""

    value: str
    text: str
    hint: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class DatePart:
    """One of the three boxes of a date."""

    name: str
    label: str
    value: str
    length: int


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a page, ready to be drawn. `control` names the template: text, long_text, date, options,
    select or file. `heading` makes the label the h1 of a page that asks one thing."""

    name: str
    label: str
    control: str = "text"
    hint: str = ""
    error: str = ""
    value: str = ""
    unit: str = ""
    options: tuple[Option, ...] = ()
    many: bool = False
    heading: bool = False
    optional: bool = False
    width: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[DatePart, ...] = ()

    @property
    def id(self) -> str:
        """The id of the control, or of the first control of a group: where an error summary's link leads."""
        return identifier(self.name)

    @property
    def described_by(self) -> str:
        """Ids of hint and error, for aria-describedby."""
        ids = []
        if self.hint:
            ids.append(f"{self.id}-hint")
        if self.error:
            ids.append(f"{self.id}-error")
        return " ".join(ids)

    @classmethod
    def of_element(
        cls,
        element: Element,
        language: str,
        value: object = None,
        error: str = "",
        *,
        heading: bool = False,
        optional: bool = False,
        label: str = "",
    ) -> "Field":
        """The field that asks for an element. `value` is the stored answer or what was typed."""
        kind = str(element.kind)
        asked = element.question if heading and element.question is not None else element.name
        base = cls(
            name=element.code,
            label=label or asked.in_language(language),
            hint=element.hint.in_language(language) if element.hint else "",
            error=error,
            heading=heading,
            optional=optional,
        )
        if kind == "boolean":
            return replace(base, control="options", options=yes_no(value))
        if kind in ("choice", "choices"):
            options = tuple(
                Option(
                    choice.code,
                    choice.words.in_language(language),
                    choice.hint.in_language(language) if choice.hint else "",
                    choice.code in chosen(value),
                )
                for choice in element.choices
            )
            if kind == "choice" and len(options) > MOST_RADIOS:
                return replace(base, control="select", options=(Option("", _("Choose")), *options))
            return replace(base, control="options", options=options, many=kind == "choices")
        if kind == "date":
            return replace(base, control="date", parts=date_parts(element.code, value, birth="birth" in element.code))
        attributes, width = dict(CONTROLS.get(kind, {})), WIDTHS.get(kind, "")
        if kind in ("text", "long_text", "address"):
            attributes["maxlength"] = str(element.max_length)
        unit = element.unit.in_language(language) if element.unit else ""
        if kind == "money":
            unit = unit or _("yuan")
            value = yuan_text(value)
        return replace(
            base,
            control="long_text" if kind == "long_text" else "text",
            value="" if value is None else str(value),
            unit=unit,
            attributes=attributes,
            width=width,
        )

    @classmethod
    def of_bound(cls, bound: BoundField, *, heading: bool = False) -> "Field":
        """The field that draws a bound field of a Django form."""
        widget = bound.field.widget
        value = bound.value()
        base = cls(
            name=bound.html_name,
            label=str(bound.label),
            hint=str(bound.help_text),
            error=str(bound.errors[0]) if bound.errors else "",
            heading=heading,
            optional=not bound.field.required,
        )
        if isinstance(widget, forms.CheckboxInput):
            option = Option(TRUE, str(bound.label), "", bool(value))
            return replace(base, control="options", many=True, label="", options=(option,))
        if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.Select):
            held = chosen(value)
            options = tuple(
                Option(str(code), str(text), "", str(code) in held)
                for code, text in getattr(bound.field, "choices", ())
            )
            is_list = not isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
            many = isinstance(widget, forms.CheckboxSelectMultiple)
            return replace(base, control="select" if is_list else "options", options=options, many=many)
        if isinstance(widget, forms.FileInput):
            return replace(base, control="file", attributes={"accept": str(widget.attrs.get("accept", ""))})
        if isinstance(widget, forms.SelectDateWidget):
            return replace(base, control="date", parts=date_parts(bound.html_name, value))
        attributes = {key: str(held) for key, held in widget.attrs.items() if key in PASSED_ON}
        attributes.setdefault("type", str(getattr(widget, "input_type", "text") or "text"))
        hides = isinstance(widget, forms.PasswordInput)
        is_long = isinstance(widget, forms.Textarea)
        if is_long:
            attributes.pop("type")
        return replace(
            base,
            control="long_text" if is_long else "text",
            value="" if value is None or hides else str(value),
            attributes=attributes,
        )


MOST_RADIOS = 12
"""More answers than these are a list to choose from."""

PASSED_ON = frozenset(
    {"autocomplete", "inputmode", "maxlength", "minlength", "min", "max", "step", "pattern", "rows", "type"}
    | {"spellcheck", "autocapitalize", "placeholder"}
)

CONTROLS: dict[str, dict[str, str]] = {
    "text": {"type": "text"},
    "long_text": {"rows": "5"},
    "integer": {"type": "text", "inputmode": "numeric", "maxlength": "18"},
    "decimal": {"type": "text", "inputmode": "decimal", "maxlength": "24"},
    "money": {"type": "text", "inputmode": "decimal", "maxlength": "20"},
    "resident_id": {
        "type": "text",
        "maxlength": "18",
        "autocomplete": "off",
        "spellcheck": "false",
        "autocapitalize": "characters",
    },
    "uscc": {
        "type": "text",
        "maxlength": "18",
        "autocomplete": "off",
        "spellcheck": "false",
        "autocapitalize": "characters",
    },
    "phone": {"type": "tel", "inputmode": "tel", "autocomplete": "tel", "maxlength": "20"},
    "address": {"type": "text", "autocomplete": "street-address"},
}
"""Attributes of the control by kind of element. A number is a text box: a wheel or an arrow key must not change it."""

WIDTHS = {
    "integer": "short",
    "decimal": "short",
    "money": "medium",
    "resident_id": "code",
    "uscc": "code",
    "phone": "code",
}


def identifier(name: str) -> str:
    """A field's name as an id that a style sheet can name: `premises.floor_area` → `f-premises-floor_area`."""
    return "f-" + re.sub(r"[^A-Za-z0-9_-]+", "-", name)


def chosen(value: object) -> frozenset[str]:
    """The codes that a stored answer holds: one, several or none."""
    if value is None or value == "":
        return frozenset()
    if isinstance(value, bool):
        return frozenset({TRUE if value else FALSE})
    if isinstance(value, list | tuple | set | frozenset):
        return frozenset(str(item) for item in value)
    return frozenset({str(value)})


def yes_no(value: object) -> tuple[Option, ...]:
    """The two answers to a yes-or-no question."""
    held = chosen(value)
    return (
        Option(TRUE, pgettext("answer", "Yes"), "", TRUE in held),
        Option(FALSE, pgettext("answer", "No"), "", FALSE in held),
    )


def yuan_text(value: object) -> str:
    """Money to put back into its box: fen (int) → yuan; what was typed stays as typed."""
    if isinstance(value, int) and not isinstance(value, bool):
        amount = Decimal(value) / 100
        return f"{amount:.2f}" if value % 100 else str(value // 100)
    return "" if value is None else str(value)


def date_parts(name: str, value: object, *, birth: bool = False) -> tuple[DatePart, ...]:
    """Year, month and day of a date, in the order the page's language writes them."""
    if isinstance(value, date):
        value = value.isoformat()
    given = (str(value).split("-") if value else []) + ["", "", ""]
    year = DatePart(f"{name}-year", _("Year"), given[0].lstrip("0"), 4)
    month = DatePart(f"{name}-month", _("Month"), given[1].lstrip("0"), 2)
    day = DatePart(f"{name}-day", _("Day"), given[2].lstrip("0"), 2)
    return (year, month, day) if pgettext("order of a date", "day first") == "year first" else (day, month, year)


def posted(name: str, kind: str, data: Posted) -> str | list[str]:
    """What a person sent for an element of this kind, as typed: text, or a list for `choices`.

    A date comes as `2026-03-09` when it reads as whole numbers, else as the three boxes joined by "-", so that it can
    be shown again; empty when all three are empty. Nothing is checked here.
    """
    if kind == "choices":
        return data.getlist(name)
    if kind != "date":
        return data.get(name, "") or ""
    boxes = [(data.get(f"{name}-{part}", "") or "").strip() for part in ("year", "month", "day")]
    if not any(boxes):
        return (data.get(name, "") or "").strip()
    year, month, day = boxes
    if all(box.isascii() and box.isdigit() for box in boxes):
        return f"{int(year):04d}-{int(month):02d}-{int(day):02d}" if len("".join(boxes)) <= 8 else "-".join(boxes)
    return "-".join(boxes)

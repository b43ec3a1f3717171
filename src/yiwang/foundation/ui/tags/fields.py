"""Questions: a control for every kind of element, and the summary of mistakes."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.forms import BoundField
from django.template.context import Context
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from yiwang.foundation.ui.fields import DatePart, Element, Field, Option, chosen, date_parts, identifier, yes_no
from yiwang.foundation.ui.language import language
from yiwang.foundation.ui.tags.words import words
from yiwang.foundation.ui.unsent import refilled, typed_on

register = template.Library()
COMPONENTS = "ui/components/"


def _drawn(context: Context, shown: Field) -> dict[str, Any]:
    """A form that comes back to its person shows what they had typed (`ui.unsent`)."""
    typed = typed_on(context.get("request"))
    return {"field": shown if typed is None else refilled(shown, typed)}


@register.simple_tag
def attributes(shown: Field) -> SafeString:
    """The attributes of a field's control: those of its kind, then what says it is described and wrong."""
    pairs = [(key, value) for key, value in shown.attributes.items() if value]
    if shown.described_by:
        pairs.append(("aria-describedby", shown.described_by))
    if shown.error:
        pairs.append(("aria-invalid", "true"))
    return format_html_join("", ' {}="{}"', pairs)


@register.inclusion_tag(COMPONENTS + "field.html", takes_context=True)
def field(
    context: Context,
    element: Element,
    value: Any = None,
    error: str = "",
    *,
    heading: bool = False,
    optional: bool = False,
    label: str = "",
) -> dict[str, Any]:
    """The control for an element of the vocabulary. `heading`: its question is the h1 of the page."""
    shown = Field.of_element(
        element, language(), value, words(error), heading=heading, optional=optional, label=words(label)
    )
    return _drawn(context, shown)


@register.inclusion_tag(COMPONENTS + "field.html", takes_context=True)
def form_field(context: Context, bound: BoundField, *, heading: bool = False) -> dict[str, Any]:
    """The control for a bound field of a Django form."""
    return _drawn(context, Field.of_bound(bound, heading=heading))


@register.inclusion_tag(COMPONENTS + "field.html", takes_context=True)
def text_field(
    context: Context,
    name: str,
    label: str,
    value: Any = "",
    *,
    error: str = "",
    hint: str = "",
    unit: str = "",
    width: str = "",
    type: str = "text",
    inputmode: str = "",
    autocomplete: str = "",
    maxlength: int = 200,
    heading: bool = False,
    optional: bool = False,
) -> dict[str, Any]:
    """A box for one line. `width`: short, medium, code or empty for the whole measure."""
    held = {
        "type": type,
        "inputmode": inputmode,
        "autocomplete": autocomplete,
        "maxlength": str(maxlength),
    }
    return _drawn(
        context,
        Field(
            name,
            words(label),
            "text",
            words(hint),
            words(error),
            "" if value is None else str(value),
            words(unit),
            heading=heading,
            optional=optional,
            width=width,
            attributes=held,
        ),
    )


@register.inclusion_tag(COMPONENTS + "field.html", takes_context=True)
def long_text_field(
    context: Context,
    name: str,
    label: str,
    value: Any = "",
    *,
    error: str = "",
    hint: str = "",
    rows: int = 5,
    maxlength: int = 2000,
    heading: bool = False,
    optional: bool = False,
) -> dict[str, Any]:
    """A box for several lines."""
    held = {"rows": str(rows), "maxlength": str(maxlength)}
    return _drawn(
        context,
        Field(
            name,
            words(label),
            "long_text",
            words(hint),
            words(error),
            "" if value is None else str(value),
            heading=heading,
            optional=optional,
            attributes=held,
        ),
    )


def _options(choices: Sequence[Any], value: Any) -> tuple[Option, ...]:
    """Options from (code, text), (code, text, hint) or objects with code and words."""
    held, options = chosen(value), []
    for choice in choices:
        if hasattr(choice, "code"):
            code, text, note = choice.code, choice.words, getattr(choice, "hint", None)
        else:
            code, text, note = (*choice, None)[:3]
        options.append(Option(str(code), words(text), words(note), str(code) in held))
    return tuple(options)


@register.inclusion_tag(COMPONENTS + "field.html", takes_context=True)
def choice_field(
    context: Context,
    name: str,
    label: str,
    choices: Sequence[Any],
    value: Any = None,
    *,
    error: str = "",
    hint: str = "",
    many: bool = False,
    heading: bool = False,
    optional: bool = False,
) -> dict[str, Any]:
    """Whole-row radios, or checkboxes when `many`. `choices`: (code, text[, hint]) or objects with code and words."""
    return _drawn(
        context,
        Field(
            name,
            words(label),
            "options",
            words(hint),
            words(error),
            options=_options(choices, value),
            many=many,
            heading=heading,
            optional=optional,
        ),
    )


@register.inclusion_tag(COMPONENTS + "field.html", takes_context=True)
def yes_no_field(
    context: Context,
    name: str,
    label: str,
    value: Any = None,
    *,
    error: str = "",
    hint: str = "",
    heading: bool = False,
) -> dict[str, Any]:
    """Yes or no; submits `true` or `false`."""
    return _drawn(
        context, Field(name, words(label), "options", words(hint), words(error), options=yes_no(value), heading=heading)
    )


@register.inclusion_tag(COMPONENTS + "field.html", takes_context=True)
def select_field(
    context: Context,
    name: str,
    label: str,
    choices: Sequence[Any],
    value: Any = None,
    *,
    error: str = "",
    hint: str = "",
    optional: bool = False,
) -> dict[str, Any]:
    """A list to choose one of many from; up to about seven answers are better as radios."""
    return _drawn(
        context,
        Field(
            name, words(label), "select", words(hint), words(error), options=_options(choices, value), optional=optional
        ),
    )


@register.inclusion_tag(COMPONENTS + "field.html", takes_context=True)
def date_field(
    context: Context,
    name: str,
    label: str,
    value: Any = None,
    *,
    error: str = "",
    hint: str = "",
    heading: bool = False,
    optional: bool = False,
) -> dict[str, Any]:
    """A date in three boxes; read it back with `fields.posted(name, "date", request.POST)`."""
    parts: tuple[DatePart, ...] = date_parts(name, value)
    return _drawn(
        context,
        Field(name, words(label), "date", words(hint), words(error), parts=parts, heading=heading, optional=optional),
    )


@register.inclusion_tag(COMPONENTS + "field.html", takes_context=True)
def file_field(
    context: Context,
    name: str,
    label: str,
    *,
    accept: str = "",
    error: str = "",
    hint: str = "",
    heading: bool = False,
    optional: bool = False,
) -> dict[str, Any]:
    """A file to send. The form needs enctype="multipart/form-data"."""
    return _drawn(
        context,
        Field(
            name,
            words(label),
            "file",
            words(hint),
            words(error),
            heading=heading,
            optional=optional,
            attributes={"accept": accept},
        ),
    )


@register.inclusion_tag(COMPONENTS + "error_summary.html")
def error_summary(errors: Any) -> dict[str, Any]:
    """What went wrong, above the form, each line a link to its field.

    `errors`: a Django form's errors, a mapping of field name to text, or pairs (name or "", text).
    """
    pairs = errors.items() if hasattr(errors, "items") else errors or ()
    lines = []
    for name, text in pairs:
        for one in text if isinstance(text, list | tuple) else [text]:
            target = "" if name in ("", "__all__") else "#" + identifier(str(name))
            lines.append((target, words(one)))
    return {"lines": lines}

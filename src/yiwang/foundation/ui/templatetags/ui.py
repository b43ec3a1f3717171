"""The components. `{% load ui %}` brings all of them; README.md beside the package shows how each is called."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BoundField
from django.http import QueryDict
from django.template.context import Context
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from yiwang.foundation.kernel.money import Fen
from yiwang.foundation.kernel.money import yuan as yuan_words
from yiwang.foundation.kernel.time import city_date as day_of
from yiwang.foundation.kernel.time import now
from yiwang.foundation.ui import assets, wording
from yiwang.foundation.ui.clock_line import ClockLine, draw
from yiwang.foundation.ui.fields import DatePart, Element, Field, Option, chosen, date_parts, identifier, yes_no
from yiwang.foundation.ui.frame import Frame
from yiwang.foundation.ui.shapes import Material, Moment, Row, Step

register = template.Library()
COMPONENTS = "ui/components/"


def language() -> str:
    """The page's language: zh-hans or en."""
    return get_language() or "zh-hans"


# Frame


@register.simple_tag(takes_context=True)
def page_frame(context: Context) -> Frame:
    """The frame around the page; the base template calls it once."""
    return Frame(context.get("request"))


@register.simple_tag
def asset(name: str) -> str:
    """Address of a static file, with the hash of its content."""
    return assets.asset(name)


# Filters


@register.filter
def words(value: Any) -> str:
    """Words in the page's language; text stays text; nothing becomes an empty string."""
    if value is None:
        return ""
    if hasattr(value, "in_language"):
        return str(value.in_language(language()))
    if hasattr(value, "words"):
        return words(value.words() if callable(value.words) else value.words)
    return str(value)


@register.filter
def city_date(value: date | datetime | None) -> str:
    """3月9日 / 9 Mar, in the city's zone; with the year when it is another one."""
    return "" if not value else wording.day_text(wording.moment_day(value), language())


@register.filter
def city_time(value: datetime | None) -> str:
    """3月9日 14:05 / 9 Mar, 14:05, in the city's zone."""
    return "" if not value else wording.moment_text(value, language())


@register.filter
def last_day(value: datetime | None) -> str:
    """The last day of a period that ends at this moment (due moments are midnights after the last day)."""
    return "" if not value else wording.day_text(wording.last_day(value), language())


@register.filter
def days_left(value: datetime | None) -> int | None:
    """Calendar days from today to the last day before `value`; 0: today; negative: past."""
    return None if value is None else (wording.last_day(value) - day_of(now())).days


@register.filter
def yuan(value: int | None) -> str:
    """Fen as yuan."""
    return "" if value is None else yuan_words(Fen(value))


@register.filter
def get(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """The value of a key that a template cannot write with a dot; None where there is none."""
    return mapping.get(key) if mapping else None


# Buttons and links


@register.inclusion_tag(COMPONENTS + "button.html")
def button(
    text: str, *, kind: str = "primary", name: str = "", value: str = "", key: str = "", form: str = "", action: str = ""
) -> dict[str, Any]:
    """A submit button. `kind`: primary (one a page), secondary, quiet, danger. `key`: the letter that presses it."""
    return {"text": words(text), "kind": kind, "name": name, "value": value, "key": key, "form": form, "action": action}


@register.inclusion_tag(COMPONENTS + "link_button.html")
def link_button(href: str, text: str, *, kind: str = "primary", key: str = "") -> dict[str, Any]:
    """A link that looks like a button, for the next step when nothing is submitted."""
    return {"href": href, "text": words(text), "kind": kind, "key": key}


@register.inclusion_tag(COMPONENTS + "back_link.html")
def back_link(href: str, text: str = "", *, note: str = "") -> dict[str, Any]:
    """The way back, above the h1; `note` stands beside it ("Question 4, about 6 to go")."""
    return {"href": href, "text": words(text) or _("Back"), "note": words(note)}


@register.inclusion_tag(COMPONENTS + "breadcrumb.html")
def breadcrumb(*links: Any) -> dict[str, Any]:
    """Pages above this one: address, text, address, text …"""
    return {"links": [(links[i], words(links[i + 1])) for i in range(0, len(links) - 1, 2)]}


# Fields


def _drawn(shown: Field) -> dict[str, Any]:
    return {"field": shown}


@register.simple_tag
def attributes(shown: Field) -> SafeString:
    """The attributes of a field's control: those of its kind, then what says it is described and wrong."""
    pairs = [(key, value) for key, value in shown.attributes.items() if value]
    if shown.described_by:
        pairs.append(("aria-describedby", shown.described_by))
    if shown.error:
        pairs.append(("aria-invalid", "true"))
    return format_html_join("", ' {}="{}"', pairs)


@register.inclusion_tag(COMPONENTS + "field.html")
def field(
    element: Element, value: Any = None, error: str = "", *, heading: bool = False, optional: bool = False, label: str = ""
) -> dict[str, Any]:
    """The control for an element of the vocabulary. `heading`: its question is the h1 of the page."""
    shown = Field.of_element(
        element, language(), value, words(error), heading=heading, optional=optional, label=words(label)
    )
    return _drawn(shown)


@register.inclusion_tag(COMPONENTS + "field.html")
def form_field(bound: BoundField, *, heading: bool = False) -> dict[str, Any]:
    """The control for a bound field of a Django form."""
    return _drawn(Field.of_bound(bound, heading=heading))


@register.inclusion_tag(COMPONENTS + "field.html")
def text_field(
    name: str, label: str, value: Any = "", *, error: str = "", hint: str = "", unit: str = "", width: str = "",
    type: str = "text", inputmode: str = "", autocomplete: str = "", maxlength: int = 200,
    heading: bool = False, optional: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """A box for one line. `width`: short, medium, code or empty for the whole measure."""
    held = {
        "type": type, "inputmode": inputmode, "autocomplete": autocomplete, "maxlength": str(maxlength),
    }  # fmt: skip
    return _drawn(
        Field(
            name, words(label), "text", words(hint), words(error), "" if value is None else str(value), words(unit),
            heading=heading, optional=optional, width=width, attributes=held,
        )  # fmt: skip
    )


@register.inclusion_tag(COMPONENTS + "field.html")
def long_text_field(
    name: str, label: str, value: Any = "", *, error: str = "", hint: str = "", rows: int = 5, maxlength: int = 2000,
    heading: bool = False, optional: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """A box for several lines."""
    held = {"rows": str(rows), "maxlength": str(maxlength)}
    return _drawn(
        Field(
            name, words(label), "long_text", words(hint), words(error), "" if value is None else str(value),
            heading=heading, optional=optional, attributes=held,
        )  # fmt: skip
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


@register.inclusion_tag(COMPONENTS + "field.html")
def choice_field(
    name: str, label: str, choices: Sequence[Any], value: Any = None, *, error: str = "", hint: str = "",
    many: bool = False, heading: bool = False, optional: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Whole-row radios, or checkboxes when `many`. `choices`: (code, text[, hint]) or objects with code and words."""
    return _drawn(
        Field(
            name, words(label), "options", words(hint), words(error), options=_options(choices, value), many=many,
            heading=heading, optional=optional,
        )  # fmt: skip
    )


@register.inclusion_tag(COMPONENTS + "field.html")
def yes_no_field(
    name: str, label: str, value: Any = None, *, error: str = "", hint: str = "", heading: bool = False
) -> dict[str, Any]:
    """Yes or no; submits `true` or `false`."""
    return _drawn(
        Field(name, words(label), "options", words(hint), words(error), options=yes_no(value), heading=heading)
    )


@register.inclusion_tag(COMPONENTS + "field.html")
def select_field(
    name: str, label: str, choices: Sequence[Any], value: Any = None, *, error: str = "", hint: str = "",
    optional: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """A list to choose one of many from; up to about seven answers are better as radios."""
    return _drawn(
        Field(
            name, words(label), "select", words(hint), words(error), options=_options(choices, value), optional=optional
        )
    )


@register.inclusion_tag(COMPONENTS + "field.html")
def date_field(
    name: str, label: str, value: Any = None, *, error: str = "", hint: str = "", heading: bool = False,
    optional: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """A date in three boxes; read it back with `fields.posted(name, "date", request.POST)`."""
    parts: tuple[DatePart, ...] = date_parts(name, value)
    return _drawn(
        Field(name, words(label), "date", words(hint), words(error), parts=parts, heading=heading, optional=optional)
    )


@register.inclusion_tag(COMPONENTS + "field.html")
def file_field(
    name: str, label: str, *, accept: str = "", error: str = "", hint: str = "", heading: bool = False,
    optional: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """A file to send. The form needs enctype="multipart/form-data"."""
    return _drawn(
        Field(
            name, words(label), "file", words(hint), words(error), heading=heading, optional=optional,
            attributes={"accept": accept},
        )  # fmt: skip
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


# Messages


@register.simple_block_tag
def notice(content: str, *, kind: str = "plain", title: str = "") -> SafeString:
    """A paragraph set apart. `kind`: plain, why, stopped, near, late, done."""
    heading = format_html('<p class="notice-title">{}</p>', words(title)) if title else ""
    return format_html('<div class="notice notice-{}">{}{}</div>', kind, heading, mark_safe(content))  # noqa: S308


@register.inclusion_tag(COMPONENTS + "why.html")
def why(reason: Any, basis: Any = None) -> dict[str, Any]:
    """Why we ask, with the law."""
    return {"reason": words(reason), "basis": words(basis)}


@register.inclusion_tag(COMPONENTS + "empty.html")
def empty(title: str, text: str = "", *, href: str = "", action: str = "") -> dict[str, Any]:
    """Says that nothing is here and what to do about it."""
    return {"title": words(title), "text": words(text), "href": href, "action": words(action)}


@register.simple_tag
def tag(text: Any, *, kind: str = "plain") -> SafeString:
    """A short state in words. `kind`: plain, running, done, stopped, near, late."""
    return format_html('<span class="tag tag-{}">{}</span>', kind, words(text))


@register.simple_tag
def time_left(
    amount: Any = None, *, unit: str = "working_day", stopped: bool = False, done: bool = False
) -> SafeString:
    """What is left of a clock as a tag: 剩 4 天, 今天到期, 超 1 天, 停着, 已办好. `amount`: an int or a TimeLeft."""
    left = amount if isinstance(amount, wording.TimeLeft) else wording.TimeLeft(amount, str(unit), stopped, done)
    return format_html('<span class="tag tag-{}">{}</span>', left.pace.value, left.text(language()))


# Progress


@register.inclusion_tag(COMPONENTS + "clock_line.html")
def clock_line(line: ClockLine, *, name: Any = "", size: str = "full") -> dict[str, Any]:
    """The clock line. `name` names the figure for screen readers; `size`: full, pane (the desk) or card (no labels)."""
    drawing = draw(line, language(), size)
    return {"drawing": drawing, "name": words(name), "size": size, "line": line}


@register.inclusion_tag(COMPONENTS + "timeline.html")
def timeline(moments: Sequence[Moment]) -> dict[str, Any]:
    """What has happened, newest first as given."""
    return {"moments": moments}


@register.inclusion_tag(COMPONENTS + "steps.html")
def steps(items: Sequence[Step]) -> dict[str, Any]:
    """What must happen one after the other, and where it stands."""
    return {"steps": items}


# Lists


@register.inclusion_tag(COMPONENTS + "summary_list.html")
def summary_list(rows: Sequence[Row]) -> dict[str, Any]:
    """Answers to look over before they are sent, each with a way to change it."""
    return {"rows": rows}


@register.inclusion_tag(COMPONENTS + "table.html")
def table(
    columns: Sequence[Any], rows: Sequence[Sequence[Any]], *, caption: str = "", hide_caption: bool = False, scroll: bool = False
) -> dict[str, Any]:
    """A table. A column is its heading, or (heading, "number") for figures; the first cell of a row names the row.

    On a phone each row becomes a small list; with `scroll` the table keeps its shape and scrolls sideways.
    """
    heads = [(words(c[0]), c[1] == "number") if isinstance(c, tuple | list) else (words(c), False) for c in columns]
    body = [
        [(words(cell) if not isinstance(cell, SafeString) else cell, *head) for cell, head in zip(row, heads, strict=True)]
        for row in rows
    ]
    return {"heads": heads, "rows": body, "caption": words(caption), "hide_caption": hide_caption, "scroll": scroll}


@register.inclusion_tag(COMPONENTS + "materials.html")
def materials(items: Sequence[Material]) -> dict[str, Any]:
    """The papers to bring: needed ones first, exempt ones struck through with who gives them instead."""
    ordered = sorted(items, key=lambda item: item.exempt)
    exempt = sum(item.exempt for item in ordered)
    needed = len(ordered) - exempt
    return {
        "items": ordered, "exempt": exempt,
        "title": ngettext("You need to bring %(n)d document", "You need to bring %(n)d documents", needed) % {"n": needed}
        if needed else _("You need to bring nothing"),
    }  # fmt: skip


@register.inclusion_tag(COMPONENTS + "figures.html")
def figures(items: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Bare numbers: (number, words[, kind[, address]])."""
    return {"items": [(*item, "", "")[:4] for item in items]}


@register.inclusion_tag(COMPONENTS + "pagination.html", takes_context=True)
def pagination(
    context: Context, *, number: int, pages: int, parameter: str = "page", has_next: bool | None = None
) -> dict[str, Any]:
    """Previous and next, keeping the other parameters of the address. `pages` 0: unknown, `has_next` decides."""
    request = context.get("request")
    held: QueryDict = request.GET if request is not None else QueryDict("")

    def address(target: int) -> str:
        pairs = [(key, value) for key in held for value in held.getlist(key) if key != parameter]
        return "?" + urlencode([*pairs, (parameter, str(target))])

    more = number < pages if has_next is None else has_next
    return {
        "number": number, "pages": pages,
        "previous": address(number - 1) if number > 1 else "", "next": address(number + 1) if more else "",
    }  # fmt: skip


@register.simple_block_tag
def filters(content: str, *, label: str = "", action: str = "") -> SafeString:
    """A bar of fields that narrow a list: a GET form with its own button."""
    return format_html(
        '<form class="filters" method="get" role="search" aria-label="{}" action="{}">{}'
        '<button class="button secondary" type="submit">{}</button></form>',
        words(label) or _("Narrow the list"), action, mark_safe(content), _("Filter"),  # noqa: S308
    )  # fmt: skip


@register.inclusion_tag(COMPONENTS + "case_card.html")
def case_card(
    *, title: Any, href: str, sentence: Any = "", number: str = "", line: ClockLine | None = None,
    left: wording.TimeLeft | None = None, action: Any = "", action_href: str = "", level: int = 3,
) -> dict[str, Any]:  # fmt: skip
    """A case in a list: its title, the sentence that says where it is, its clock line and at most one action."""
    return {
        "title": words(title), "href": href, "sentence": words(sentence), "number": number, "line": line, "left": left,
        "action": words(action), "action_href": action_href, "heading": f"h{level}",
    }  # fmt: skip


@register.inclusion_tag(COMPONENTS + "receipt.html")
def receipt(
    *, number: str, tracking_code: str = "", received: datetime | None = None, title: Any = ""
) -> dict[str, Any]:
    """What a person keeps: case number, tracking code, when it was received."""
    return {"number": number, "tracking_code": tracking_code, "received": received, "title": words(title)}


@register.simple_block_tag
def bpmn_plan(
    content: str, *, src: str, name: Any = "", done: str = "", doing: str = "", stopped: str = ""
) -> SafeString:
    """The island that draws a plan from BPMN 2.0 at `src`. The content, a table of the same, stays below it.

    `done`, `doing`, `stopped`: ids of tasks, separated by spaces. The page must load `{% asset "yiwang/bpmn-plan.js" %}`
    as a module.
    """
    return format_html(
        '<bpmn-plan src="{}" label="{}" viewer="{}" css="{}" done="{}" now="{}" stopped="{}"></bpmn-plan>{}',
        src, words(name) or _("Plan"), assets.asset("vendor/bpmn-js/bpmn-navigated-viewer.production.min.js"),
        assets.asset("vendor/bpmn-js/diagram-js.css"), done, doing, stopped, mark_safe(content),  # noqa: S308
    )  # fmt: skip


@register.simple_tag
def break_code(value: str) -> SafeString:
    """A long code that may break after each group."""
    return mark_safe("<wbr>".join(str(conditional_escape(part)) + "-" for part in value.split("-"))[:-1])  # noqa: S308

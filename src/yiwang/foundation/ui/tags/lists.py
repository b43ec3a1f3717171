"""Tables, answers to look over, materials, figures, pages of a list and what narrows it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import QueryDict
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yiwang.foundation.ui.shapes import Material, Row
from yiwang.foundation.ui.tags.words import words

register = template.Library()
COMPONENTS = "ui/components/"


@register.inclusion_tag(COMPONENTS + "summary_list.html")
def summary_list(rows: Sequence[Row]) -> dict[str, Any]:
    """Answers to look over before they are sent, each with a way to change it."""
    return {"rows": rows}


@register.inclusion_tag(COMPONENTS + "table.html")
def table(
    columns: Sequence[Any],
    rows: Sequence[Sequence[Any]],
    *,
    caption: str = "",
    hide_caption: bool = False,
    scroll: bool = False,
) -> dict[str, Any]:
    """A table. A column is its heading, or (heading, "number") for figures; the first cell of a row names the row.

    On a phone each row becomes a small list; with `scroll` the table keeps its shape and scrolls sideways.
    """
    heads = [(words(c[0]), c[1] == "number") if isinstance(c, tuple | list) else (words(c), False) for c in columns]
    body = [
        [
            (words(cell) if not isinstance(cell, SafeString) else cell, *head)
            for cell, head in zip(row, heads, strict=True)
        ]
        for row in rows
    ]
    return {"heads": heads, "rows": body, "caption": words(caption), "hide_caption": hide_caption, "scroll": scroll}


@register.inclusion_tag(COMPONENTS + "materials.html")
def materials(items: Sequence[Material]) -> dict[str, Any]:
    """The papers to bring: needed ones first, then possible ones, then exempt ones struck through with who gives them
    instead."""
    ordered = sorted(items, key=lambda item: (item.exempt, item.possible))
    exempt = sum(item.exempt for item in ordered)
    needed = len(ordered) - exempt
    title = _("You need to bring nothing")
    if any(item.possible for item in ordered):
        title = ngettext(
            "You need to bring %(n)d document at most", "You need to bring %(n)d documents at most", needed
        )
        title %= {"n": needed}
    elif needed:
        title = ngettext("You need to bring %(n)d document", "You need to bring %(n)d documents", needed) % {
            "n": needed
        }
    return {"items": ordered, "exempt": exempt, "title": title}


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
        "number": number,
        "pages": pages,
        "previous": address(number - 1) if number > 1 else "",
        "next": address(number + 1) if more else "",
    }


@register.simple_block_tag
def filters(content: str, *, label: str = "", action: str = "") -> SafeString:
    """A bar of fields that narrow a list: a GET form with its own button."""
    return format_html(
        '<form class="filters" method="get" role="search" aria-label="{}" action="{}">{}'
        '<button class="button secondary" type="submit">{}</button></form>',
        words(label) or _("Narrow the list"),
        action,
        mark_safe(content),  # noqa: S308
        _("Filter"),
    )

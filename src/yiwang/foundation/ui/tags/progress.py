"""How far a case is: clock line, what is left, history, steps, cards, receipts, the drawn plan."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from yiwang.foundation.ui import assets, wording
from yiwang.foundation.ui.clock_line import ClockLine, draw
from yiwang.foundation.ui.language import language
from yiwang.foundation.ui.shapes import Moment, Step
from yiwang.foundation.ui.tags.words import words

register = template.Library()
COMPONENTS = "ui/components/"


@register.simple_tag
def time_left(
    amount: Any = None, *, unit: str = "working_day", stopped: bool = False, done: bool = False
) -> SafeString:
    """What is left of a clock as a tag: 剩 4 天, 今天到期, 超 1 天, 停着, 已办好. `amount`: an int or a TimeLeft."""
    left = amount if isinstance(amount, wording.TimeLeft) else wording.TimeLeft(amount, str(unit), stopped, done)
    return format_html('<span class="tag tag-{}">{}</span>', left.pace.value, left.text(language()))


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


@register.inclusion_tag(COMPONENTS + "case_card.html")
def case_card(
    *,
    title: Any,
    href: str,
    sentence: Any = "",
    number: str = "",
    line: ClockLine | None = None,
    left: wording.TimeLeft | None = None,
    action: Any = "",
    action_href: str = "",
    level: int = 3,
) -> dict[str, Any]:
    """A case in a list: its title, the sentence that says where it is, its clock line and at most one action."""
    return {
        "title": words(title),
        "href": href,
        "sentence": words(sentence),
        "number": number,
        "line": line,
        "left": left,
        "action": words(action),
        "action_href": action_href,
        "heading": f"h{level}",
    }


@register.inclusion_tag(COMPONENTS + "receipt.html")
def receipt(
    *, number: str, tracking_code: str = "", received: datetime | None = None, title: Any = "", address: str = ""
) -> dict[str, Any]:
    """What a person keeps: case number, tracking code, when it was received; `address`: where the code is good for."""
    return {
        "number": number,
        "tracking_code": tracking_code,
        "received": received,
        "title": words(title),
        "address": address,
    }


@register.simple_block_tag
def bpmn_plan(
    content: str, *, src: str, name: Any = "", done: str = "", doing: str = "", stopped: str = ""
) -> SafeString:
    """The island that draws a plan from BPMN 2.0 at `src`. The content, a table of the same, stays below it.

    `done`, `doing`, `stopped`: ids of tasks, separated by spaces. The page must load the module "yiwang/bpmn-plan.js".
    """
    return format_html(
        '<bpmn-plan src="{}" label="{}" viewer="{}" css="{}" done="{}" now="{}" stopped="{}"></bpmn-plan>{}',
        src,
        words(name) or _("Plan"),
        assets.asset("vendor/bpmn-js/bpmn-navigated-viewer.production.min.js"),
        assets.asset("vendor/bpmn-js/diagram-js.css"),
        done,
        doing,
        stopped,
        mark_safe(content),  # noqa: S308
    )

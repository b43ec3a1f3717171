"""The frame of a page, ways to go on and back, and messages."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from yiwang.foundation.ui import assets
from yiwang.foundation.ui.frame import Frame
from yiwang.foundation.ui.tags.words import words

register = template.Library()
COMPONENTS = "ui/components/"


@register.simple_tag(takes_context=True)
def page_frame(context: Context) -> Frame:
    """The frame around the page; the base template calls it once."""
    return Frame(context.get("request"))


@register.simple_tag
def asset(name: str) -> str:
    """Address of a static file, with the hash of its content."""
    return assets.asset(name)


@register.inclusion_tag(COMPONENTS + "button.html")
def button(
    text: str,
    *,
    kind: str = "primary",
    name: str = "",
    value: str = "",
    key: str = "",
    form: str = "",
    action: str = "",
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

"""What a person typed into a form that did not arrive: shown again in the fields of the same form.

Who kept it and whose it is, is known above (`directory.unsent`); here it is only put back where it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import HttpRequest

from yiwang.foundation.ui.fields import Field

_TYPED = "yiwang.typed"


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of a form by name, as they were sent; `files`: some were chosen, which cannot be kept."""

    fields: Mapping[str, tuple[str, ...]]
    files: bool = False


def put_back(request: HttpRequest, typed: Typed) -> None:
    """Have the fields of the page that answers this request show what was typed."""
    request.META[_TYPED] = typed


def typed_on(request: HttpRequest | None) -> Typed | None:
    """What the page that answers this request shows again."""
    return request.META.get(_TYPED) if request is not None else None


def refilled(shown: Field, typed: Typed) -> Field:
    """The field with what was typed into it. A password is never shown; a box that was not sent was not ticked."""
    sent = typed.fields.get(shown.name)
    if shown.control == "date":
        parts = tuple(replace(part, value=_last(typed.fields.get(part.name), part.value)) for part in shown.parts)
        return replace(shown, parts=parts)
    if shown.control in ("options", "select"):
        if sent is None and not shown.many:
            return shown
        options = tuple(replace(option, chosen=option.value in (sent or ())) for option in shown.options)
        return replace(shown, options=options)
    if shown.control == "file" or shown.attributes.get("type") == "password":
        return shown
    return replace(shown, value=_last(sent, shown.value))


def _last(sent: tuple[str, ...] | None, otherwise: str) -> str:
    return sent[-1] if sent else otherwise

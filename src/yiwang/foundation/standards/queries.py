"""What others ask about the vocabulary."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from yiwang.foundation.standards.elements import Element
from yiwang.foundation.standards.models import ElementRow


def elements(codes: Iterable[str]) -> dict[str, Element]:
    """Elements by code, in one query; unknown codes are left out."""
    rows = ElementRow.objects.filter(code__in=set(codes)).values_list("code", "body")
    return {code: msgspec.convert(body, Element, strict=False) for code, body in rows}


def element(code: str) -> Element | None:
    """The element of this code, as the vocabulary now has it."""
    return elements([code]).get(code)

"""Setting a text as PDF/A: a Typst source of ours, and data that never becomes source.

Chinese needs a font that may be embedded: the machine has one (Debian: `fonts-noto-cjk`, OFL). Without it nothing
is set, and the page itself is there to be printed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

FONTS = ("Noto Serif CJK SC", "Noto Sans CJK SC", "Source Han Serif SC", "Source Han Sans SC")
"""Chinese families that may be embedded, the best first. All are under the SIL Open Font License."""


class CannotTypeset(Exception):
    """The machine has no Chinese font that may be embedded, or no typesetter."""


@cache
def font() -> str:
    """The family that Chinese is set in; empty where there is none. Looked for once."""
    try:
        import typst
    except ImportError:
        return ""
    known = set(typst.Fonts().families())
    return next((family for family in FONTS if family in known), "")


def typeset(source: bytes, data: Mapping[str, Any], at: datetime) -> bytes:
    """PDF/A-2b of `source`, which reads `data` as `json(bytes(sys.inputs.data))`; the same bytes for the same input.

    `at` (aware) is what the file says of its making. Raises CannotTypeset.
    """
    family = font()
    if not family:
        raise CannotTypeset
    import typst

    inputs = {"data": json.dumps({**data, "font": family}, ensure_ascii=False)}
    made = typst.Compiler(source).compile(
        format="pdf", sys_inputs=inputs, pdf_standards=["a-2b"], timestamp=int(at.timestamp())
    )
    assert isinstance(made, bytes)
    return made

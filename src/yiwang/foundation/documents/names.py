"""The one safe form of a file's name. Pure."""

import re
import unicodedata
from pathlib import PurePosixPath

from yiwang.foundation.kernel.text import UnacceptableText, canonical

LONGEST = 80
"""Characters of the name before its extension."""
_RESERVED = re.compile(r'[<>:"/\\|?*\x00]')
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)")
_NAMELESS = "document"


def canonical_name(given: str, extension: str) -> str:
    """The last part of a path, without invisible or reserved characters, with the extension of its real content.

    A name is decoration: whatever cannot stay is left out, and a name of which nothing stays is "document".
    """
    last = re.split(r"[/\\]", given[-1000:])[-1]
    visible = "".join(" " if unicodedata.category(c) in ("Zl", "Zp", "Zs") else c for c in last if _shows(c))
    stem = PurePosixPath(_RESERVED.sub("_", visible).strip(" .") or _NAMELESS)
    # "contract.pdf.exe" is a contract in disguise: of what looks like extensions, none stays.
    name = re.sub(r"(\.[A-Za-z0-9]{1,5})+$", "", str(stem)) or _NAMELESS
    try:
        name = canonical(" ".join(name.split())[:LONGEST]).strip(" .") or _NAMELESS
    except UnacceptableText:
        name = _NAMELESS
    return f"{'_' if _DEVICE.fullmatch(name) else ''}{name}.{extension}"


def _shows(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")

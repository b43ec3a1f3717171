"""Real data that the project does not hold: `YIWANG_EVALUATION_DATA` names its folder."""

import os
from pathlib import Path

VARIABLE = "YIWANG_EVALUATION_DATA"


class Absent(Exception):
    """What is wanted is not on this machine; the message says what to do."""


def data(*parts: str) -> Path:
    """The file or folder of that name. Raises Absent."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        raise Absent(f"this needs evaluation data: set {VARIABLE} to the folder that holds {'/'.join(parts)}")
    path = Path(folder, *parts)
    if not path.exists():
        raise Absent(f"there is no {path}; {VARIABLE} names its folder")
    return path

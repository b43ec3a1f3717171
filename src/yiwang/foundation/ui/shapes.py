"""What a page hands to the components that draw lists. Texts are Words or plain text in the page's language."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from yiwang.foundation.kernel.text import Words

Text = Words | str


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a timeline. `kind` colours its dot: plain, done, stopped, near or late."""

    at: datetime
    text: Text
    by: Text = ""
    note: Text = ""
    href: str = ""
    link: Text = ""
    kind: str = "plain"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of several; `state` is said in words beside it; what ended without success is `ended`."""

    text: Text
    state: Literal["done", "now", "waiting", "stopped", "ended"] = "waiting"
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One answer of a summary list; `change` is where it can be changed."""

    name: Text
    value: Text
    change: str = ""
    source: Text = ""


@dataclass(frozen=True, slots=True)
class Material:
    """One paper of the list. `exempt`: nobody has to bring it, `source` says who gives it instead. `deferrable`: it may
    follow after acceptance (容缺受理). `possible`: answers still to come decide whether it is needed. `given` names the
    file that is already there."""

    name: Text
    hint: Text = ""
    exempt: bool = False
    source: Text = ""
    deferrable: bool = False
    given: str = ""
    href: str = ""
    action: Text = ""
    due: date | datetime | None = None
    possible: bool = False

"""How sure the city is of who holds an account (实名核验): three levels, each holding all of those below. Pure.

A level is proven, never claimed: `proving` writes how, when and by whom. A city says in `identity.yaml` what the levels
are called, how one reaches them, and which of them a matter needs that says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from yiwang.foundation.kernel.text import Words


class Level(StrEnum):
    UNVERIFIED = "unverified"
    """Only their own word."""
    REAL_NAME = "real_name"
    """A register of the state confirms that this name goes with this identity number."""
    FACE_TO_FACE = "face_to_face"
    """A clerk has compared face and identity card."""

    @property
    def rank(self) -> int:
        return list(Level).index(self)

    def reaches(self, minimum: Level) -> bool:
        """Whether whoever has this level may do what needs `minimum`."""
        return self.rank >= minimum.rank


class Means(StrEnum):
    """How a level was proven."""

    PUBLISHED = "published"
    """The city's own file of people says so."""
    REGISTER = "register"
    """A register confirmed name and number."""
    PROVIDER = "provider"
    """An identity provider that the city trusts for it said so at sign-in."""
    WINDOW = "window"
    """A clerk at a window."""


MEANS: Mapping[Means, Words] = {
    Means.PUBLISHED: Words("本市登记的账号", "An account that the city itself has entered"),
    Means.REGISTER: Words("登记部门核对一致", "The register agreed with name and number"),
    Means.PROVIDER: Words("统一身份认证核实", "Told by the identity provider"),
    Means.WINDOW: Words("窗口当面核实", "A clerk compared face and identity card"),
}


@dataclass(frozen=True, slots=True)
class LevelCard:
    """A level as people read it: its name, and how one reaches it."""

    level: Level
    name: Words
    how: Words


CARDS: Mapping[Level, LevelCard] = {
    card.level: card
    for card in (
        LevelCard(
            Level.UNVERIFIED,
            Words("未核实", "Not verified"),
            Words("开立账号即可。", "Every account has it."),
        ),
        LevelCard(
            Level.REAL_NAME,
            Words("实名", "Real name"),
            Words(
                "在线核对姓名和身份证号，马上就好。",
                "Have your name and identity number checked online. It takes a moment.",
            ),
        ),
        LevelCard(
            Level.FACE_TO_FACE,
            Words("当面核实", "Face to face"),
            Words("带身份证到任一窗口，当面核实。", "Bring your identity card to any service window."),
        ),
    )
}
"""What the levels are called where the city says nothing."""


def highest(levels: Iterable[Level]) -> Level:
    """The level that holds all of these."""
    return max(levels, key=lambda level: level.rank, default=Level.UNVERIFIED)

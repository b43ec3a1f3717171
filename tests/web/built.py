"""What the builders of `objects` are registered with, so that some may stand in files of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.web.personas import Persona, World


@dataclass(frozen=True)
class Target:
    """What stands behind an address. `data`: what to send by POST; `query`: what by GET; `whose`: who owns it."""

    parameters: Mapping[str, object] = field(default_factory=dict)
    data: Mapping[str, object] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    whose: Persona = Persona.OWNER


Builder = Callable[[World], Mapping[str, object] | Target]
BUILDERS: dict[str, Builder] = {}


def built(*routes: str) -> Callable[[Builder], Builder]:
    """Register a builder for these routes."""

    def register(builder: Builder) -> Builder:
        for route in routes:
            assert route not in BUILDERS, f"two builders for {route}"
            BUILDERS[route] = builder
        return builder

    return register


def build(route: str, world: World) -> Target:
    """What stands behind a route, made for this world; nothing for a route without parameters."""
    made = BUILDERS.get(route, lambda _world: {})(world)
    return made if isinstance(made, Target) else Target(made)


def json_of(target: Target) -> str:
    """The body of a target as JSON."""
    return json.dumps(dict(target.data))

"""How events are written down: frozen msgspec structs, registered under the name that the ledger keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec

EventType = TypeVar("EventType", bound=type[msgspec.Struct])

_types: dict[str, type[msgspec.Struct]] = {}
_names: dict[type[msgspec.Struct], str] = {}
_decoders: dict[str, msgspec.json.Decoder[Any]] = {}
_encoder = msgspec.json.Encoder(order="sorted")


class UnknownEvent(LookupError):
    """The ledger holds an event whose type no installed package publishes."""


def event(name: str) -> Callable[[EventType], EventType]:
    """Publish a frozen struct under `name` ("cases.Decided"). The name is for ever; fields may only be added."""

    def register(struct: EventType) -> EventType:
        if name in _types and _types[name] is not struct:
            raise RuntimeError(f"two events are called {name}")
        _types[name] = struct
        _names[struct] = name
        _decoders[name] = msgspec.json.Decoder(struct)
        return struct

    return register


def name_of(struct: type[msgspec.Struct]) -> str:
    return _names[struct]


def encode(body: msgspec.Struct) -> str:
    return _encoder.encode(body).decode()


def decode(name: str, body: str) -> msgspec.Struct:
    """Raises UnknownEvent."""
    try:
        decoder = _decoders[name]
    except KeyError:
        raise UnknownEvent(name) from None
    result: msgspec.Struct = decoder.decode(body)
    return result


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as the ledger holds it. `position` is 0 while it is not sealed; `at` is aware UTC."""

    position: int
    stream: str
    stream_id: int
    version: int
    type: str
    body: Any
    at: datetime
    actor: str

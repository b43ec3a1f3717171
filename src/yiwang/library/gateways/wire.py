"""What crosses between the centre and a gateway of its own: requests and answers as signed bytes.

A request is canonical JSON, signed by the centre: verb, department, moment, nonce, and what is asked. An answer is its
content (an Arrow IPC stream, or JSON) followed by SEAL bytes: the gateway's signature, and the id of its key. What it
signs holds the digest of the request and of the content, so that no answer can be moved to another question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from yiwang.foundation.kernel.readable import readable
from yiwang.foundation.kernel.text import canonical_json
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.fragment import (
    DEEPEST,
    AllOf,
    AnyOf,
    Compare,
    Fragment,
    IsNull,
    Keys,
    Not,
    OneOf,
    Order,
    Predicate,
    StartsWith,
    Value,
)
from yiwang.library.gateways.grant import SignedGrant
from yiwang.library.gateways.signing import BadSignature, SigningKey, Trust
from yiwang.library.gateways.statistic import Cell, Figures, Measure, Statistic

ARROW, JSON = "application/vnd.apache.arrow.stream", "application/json"
SIGNATURE, KEY, RECORD, AS_OF = "Yiwang-Signature", "Yiwang-Key", "Yiwang-Record", "Yiwang-As-Of"
SEAL = 64 + 16
MOST_REQUEST = 32 * 1024 * 1024
"""bytes"""
WINDOW = 60.0
"""seconds that a request may be old, or ahead of the gateway's clock"""


class Malformed(ValueError):
    """Bytes that neither side ever sends."""


def seal(key: SigningKey, request: bytes, status: int, content: bytes, record: str, as_of: str) -> bytes:
    """What follows the content: `request` and `content` are SHA-256 digests."""
    return key.sign("answer", _sealed(request, status, content, record, as_of)) + key.id.encode("ascii")


def check_seal(
    trust: Trust, sealed: bytes, request: bytes, status: int, content: bytes, record: str, as_of: str
) -> None:
    """Raises BadSignature."""
    try:
        signer = sealed[64:].decode("ascii")
    except UnicodeDecodeError:
        raise BadSignature("the answer is not sealed") from None
    trust.verify("answer", _sealed(request, status, content, record, as_of), sealed[:64], signer)


def _sealed(request: bytes, status: int, content: bytes, record: str, as_of: str) -> bytes:
    return canonical_json(
        {"as_of": as_of, "content": content.hex(), "record": record, "request": request.hex(), "status": status}
    )


def digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


# --- requests


class Request(msgspec.Struct, frozen=True):
    """As the gateway reads it; `asked` depends on the verb."""

    verb: str
    department: str
    at: datetime
    nonce: str
    asked: dict[str, Any] = {}


def request_body(verb: str, department: str, at: datetime, nonce: str, asked: Mapping[str, Any]) -> bytes:
    return canonical_json(
        {"asked": dict(asked), "at": at.isoformat(), "department": department, "nonce": nonce, "verb": verb}
    )


def request_of(body: bytes) -> Request:
    """Raises Malformed."""
    try:
        found = msgspec.json.decode(body, type=Request)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Malformed("this is no request") from error
    if found.at.tzinfo is None:
        raise Malformed("the request's moment has no zone")
    return found


def reading_asked(fragment: Fragment, grant: SignedGrant, asker: Asker, seconds: float) -> dict[str, Any]:
    return {
        "asker": msgspec.to_builtins(asker),
        "fragment": fragment_body(fragment),
        "grant": msgspec.to_builtins(grant),
        "seconds": seconds,
    }


def reading_of(asked: Mapping[str, Any]) -> tuple[Fragment, SignedGrant, Asker, float]:
    """Raises Malformed."""
    try:
        return (
            fragment_of(asked["fragment"]),
            msgspec.convert(asked["grant"], SignedGrant),
            msgspec.convert(asked["asker"], Asker),
            float(asked["seconds"]),
        )
    except (KeyError, TypeError, ValueError, ArithmeticError, msgspec.MsgspecError) as error:
        raise Malformed("this is no question about rows") from error


def figures_asked(statistic: Statistic, grant: SignedGrant, asker: Asker, seconds: float) -> dict[str, Any]:
    where = statistic.where
    return {
        "asker": msgspec.to_builtins(asker),
        "grant": msgspec.to_builtins(grant),
        "seconds": seconds,
        "statistic": {
            "by": list(statistic.by),
            "measures": [asdict(each) for each in statistic.measures],
            "product": statistic.product,
            "where": None if where is None else predicate_body(where),
        },
    }


def statistic_of(asked: Mapping[str, Any]) -> tuple[Statistic, SignedGrant, Asker, float]:
    """Raises Malformed."""
    try:
        body = asked["statistic"]
        statistic = Statistic(
            product=_text(body["product"]),
            measures=tuple(Measure(_text(each["kind"]), _text(each["field"])) for each in body["measures"]),
            by=tuple(_text(each) for each in body["by"]),
            where=None if body["where"] is None else predicate_of(body["where"]),
        )
        grant, asker = msgspec.convert(asked["grant"], SignedGrant), msgspec.convert(asked["asker"], Asker)
        return statistic, grant, asker, float(asked["seconds"])
    except (KeyError, TypeError, ValueError, ArithmeticError, msgspec.MsgspecError) as error:
        raise Malformed("this is no question about figures") from error


def figures_body(figures: Figures) -> bytes:
    rows = [[_value_body(cell) for cell in row] for row in figures.rows]
    return msgspec.json.encode({**asdict(figures), "rows": rows})


def figures_of(content: bytes | memoryview) -> Figures:
    """Raises Malformed."""
    try:
        body = msgspec.json.decode(content)
        rows = tuple(tuple(_cell_of(cell) for cell in row) for row in body.pop("rows"))
        return Figures(
            rows=rows,
            record=int(body["record"]),
            people=int(body["people"]),
            withheld=int(body["withheld"]),
            epsilon=Decimal(body["epsilon"]),
            left=Decimal(body["left"]),
            budget=Decimal(body["budget"]),
            renewed=_text(body["renewed"]),
            again=bool(body["again"]),
            within=tuple(None if each is None else _number(each) for each in body["within"]),
        )
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError, msgspec.MsgspecError) as error:
        raise Malformed("these are no figures") from error


# --- fragments


def fragment_body(fragment: Fragment) -> dict[str, Any]:
    keys = fragment.keys
    return {
        "after": _value_body(fragment.after),
        "fields": list(fragment.fields),
        "keys": None if keys is None else {"field": keys.field, "values": [_value_body(each) for each in keys.values]},
        "limit": fragment.limit,
        "order": [asdict(each) for each in fragment.order],
        "product": fragment.product,
        "where": None if fragment.where is None else predicate_body(fragment.where),
    }


def fragment_of(body: Mapping[str, Any]) -> Fragment:
    """Raises Malformed, KeyError, TypeError, ValueError."""
    keys = body["keys"]
    return Fragment(
        product=_text(body["product"]),
        fields=tuple(_text(each) for each in body["fields"]),
        where=None if body["where"] is None else predicate_of(body["where"]),
        keys=None if keys is None else Keys(_text(keys["field"]), tuple(_value_of(each) for each in keys["values"])),
        after=_value_of(body["after"]),
        order=tuple(Order(_text(each["field"]), bool(each["descending"])) for each in body["order"]),
        limit=None if body["limit"] is None else int(body["limit"]),
    )


def predicate_body(where: Predicate) -> dict[str, Any]:
    match where:
        case Compare(field, operator, value):
            return {"is": "compare", "field": field, "operator": operator, "value": _value_body(value)}
        case OneOf(field, values):
            return {"is": "one_of", "field": field, "values": [_value_body(each) for each in values]}
        case StartsWith(field, text):
            return {"is": "starts_with", "field": field, "text": text}
        case IsNull(field):
            return {"is": "is_null", "field": field}
        case Not(item):
            return {"is": "not", "item": predicate_body(item)}
        case AllOf(items):
            return {"is": "all", "items": [predicate_body(each) for each in items]}
        case AnyOf(items):
            return {"is": "any", "items": [predicate_body(each) for each in items]}
    raise TypeError(type(where).__name__)


def predicate_of(body: Mapping[str, Any], depth: int = 1) -> Predicate:
    """Raises Malformed, KeyError, TypeError, ValueError."""
    if depth > DEEPEST:
        raise Malformed("the condition is nested too deeply")
    match body["is"]:
        case "compare":
            return Compare(_text(body["field"]), _text(body["operator"]), _value_of(body["value"]))
        case "one_of":
            return OneOf(_text(body["field"]), tuple(_value_of(each) for each in body["values"]))
        case "starts_with":
            return StartsWith(_text(body["field"]), _text(body["text"]))
        case "is_null":
            return IsNull(_text(body["field"]))
        case "not":
            return Not(predicate_of(body["item"], depth + 1))
        case "all":
            return AllOf(tuple(predicate_of(each, depth + 1) for each in body["items"]))
        case "any":
            return AnyOf(tuple(predicate_of(each, depth + 1) for each in body["items"]))
    raise Malformed("there is no such condition")


def _value_body(value: Value | float) -> Any:
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    return value


def _value_of(body: Any) -> Value:
    if isinstance(body, dict):
        [(kind, text)] = body.items()
        if kind == "moment":
            return datetime.fromisoformat(text)
        if kind == "date":
            return date.fromisoformat(text)
        if kind == "decimal":
            return Decimal(text)
        raise Malformed("there is no such value")
    if body is None or isinstance(body, str | int):
        return body
    raise Malformed("there is no such value")


def _cell_of(body: Any) -> Cell:
    return body if isinstance(body, float) else _value_of(body)


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise Malformed("a number is wanted")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Malformed("a text is wanted")
    return value


readable(Request)

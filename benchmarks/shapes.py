"""How a stranger's program fills in an application: it asks what is missing and answers what the JSON Schema allows."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.applicants import Applicant
from benchmarks.clients import Line, Post
from tools.servers import City
from yiwang.foundation.kernel.identifiers import make_resident_id, make_uscc

ROUNDS = 30


@dataclass(frozen=True)
class Shape:
    """A complete application but for the papers: answers, materials to bring, parts whose promise is signed."""

    answers: dict[str, Any]
    materials: tuple[str, ...]
    signed: tuple[str, ...]


def services(url: str) -> Iterator[tuple[str, str]]:
    """The code of each service of the city's files, and the name of the department in charge."""
    for folder in sorted(path for path in (Path(City.files) / "matters").iterdir() if path.is_dir()):
        guide = _read(url, f"/api/v1/matters/{folder.name}")
        yield folder.name, str(guide["departments"][0]["zh"])


def complete(url: str, code: str, who: Applicant, like: Shape | None = None) -> Shape:
    """Answer and bring what is said to be missing until the application is received; begin with what somebody else
    needed (`like`). Raises AssertionError."""
    known = _read(url, f"/api/v1/matters/{code}/schema")["properties"]
    line = Line(url)
    begun = like or Shape({}, (), ())
    whole: dict[str, Any] = {
        "code": code,
        "answers": dict(begun.answers),
        "materials": {key: [who.paper] for key in begun.materials},
        "signed": list(begun.signed),
        "declared": True,
    }
    for turn in range(ROUNDS):
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {who.token}",
            "Idempotency-Key": f"shape-{code}-{turn}",
        }
        status, body = line.send(Post("/api/v1/applications", json.dumps(whole).encode(), headers))
        if status == 201:
            line.hang_up()
            return Shape(whole["answers"], tuple(whole["materials"]), tuple(whole["signed"]))
        problem = json.loads(body)
        assert status == 422, problem
        if problem["code"] == "not_asked" and like is not None:
            return complete(url, code, who)
        assert problem.get("missing"), problem
        for each in problem["missing"]:
            if each["kind"] == "question":
                whole["answers"][each["key"]] = _value(known[each["key"]])
            elif each["kind"] == "material":
                whole["materials"][each["key"]] = [who.paper]
            else:
                whole["signed"].append(each["key"])
    raise AssertionError(f"{code} never had enough")


def _value(shape: dict[str, Any]) -> Any:
    """An answer that the schema allows: the first choice, the least number, yes."""
    if "anyOf" in shape:
        return str(max(shape["anyOf"][0]["minimum"], 1))
    if "oneOf" in shape:
        return shape["oneOf"][0]["const"]
    match shape["type"]:
        case "boolean":
            return True
        case "integer":
            return max(shape["minimum"], 1)
        case "array":
            return [shape["items"]["oneOf"][0]["const"]]
    return _text(shape)


def _text(shape: dict[str, Any]) -> str:
    if shape.get("format") == "date":
        return "2001-07-26"
    if shape.get("maxLength") == 20 and "minLength" not in shape:
        return "19900000009"
    match len(shape.get("pattern", "")):
        case 0:
            return "望江区滨江路 88 号"[: shape["maxLength"]]
        case _:
            return make_uscc(7, region="319901") if "A-H" in shape["pattern"] else make_resident_id(7)


def _read(url: str, path: str) -> Any:
    with urllib.request.urlopen(f"{url}{path}", timeout=30) as answer:
        return json.loads(answer.read())

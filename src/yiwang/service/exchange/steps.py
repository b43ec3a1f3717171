"""A step that a department's own system reports, under the national field names; what it says in itself. Pure.

`step_no` is the system's own number, `project_no` the file, `event_name` one of `StepKind`, `process_name` the task of
which it speaks, `event_end_time` when it was done, `handle_explain` what the applicant reads, `special_type` the
special procedure, `result_type` 1 granted or 0 refused, `result_data` the facts that a grant creates, `deliver_way`
collection or post, `handle_user_name` who did it there, `revision` that of the newest sheet which the system had seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from yiwang.foundation.kernel.text import UnacceptableText, Words, canonical, canonical_json
from yiwang.foundation.kernel.time import city_zone

LONGEST_NUMBER, LONGEST_PROJECT, LONGEST_TEXT = 64, 80, 2000
MOST_FACTS = 20


class StepKind(StrEnum):
    ACCEPT = "accept"
    CORRECTION = "correction"
    """`handle_explain`: a line for each thing to correct"""
    NOT_ACCEPT = "not_accept"
    PROCESS = "process"
    """the task `process_name` is done"""
    SPECIAL_BEGIN = "special_begin"
    SPECIAL_END = "special_end"
    RESULT = "result"
    DELIVER = "deliver"


class WrongField(ValueError):
    """A field cannot be read; `words` say what to write."""

    def __init__(self, name: str, words: Words) -> None:
        super().__init__(f"{name}: {words.en}")
        self.name = name
        self.words = words


@dataclass(frozen=True, slots=True)
class Reported:
    """`at` is aware; `seen` the revision of the sheet that the system had seen, None where it does not say."""

    number: str
    project: str
    kind: StepKind
    at: datetime
    task: str = ""
    words: str = ""
    procedure: str = ""
    granted: bool | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    means: str = ""
    handler: str = ""
    seen: int | None = None

    @property
    def items(self) -> list[str]:
        """The lines of what is to be corrected."""
        return [line.strip() for line in self.words.split("\n") if line.strip()]

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "kind": self.kind.value, "at": self.at.isoformat(), "facts": dict(self.facts)}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Reported:
        return cls(**{**body, "kind": StepKind(body["kind"]), "at": datetime.fromisoformat(body["at"])})

    @property
    def digest(self) -> str:
        """SHA-256 of all that it says, hexadecimal: a number that comes again must say the same."""
        return hashlib.sha256(canonical_json(self.to_json())).hexdigest()


def of_fields(fields: Mapping[str, Any]) -> Reported:
    """The step of these national fields; a time without zone is the city's. Raises WrongField."""
    kind = _text(fields, "event_name", 16)
    if kind not in set(StepKind):
        listed = "、".join(StepKind)
        raise WrongField(
            "event_name", Words(f"event_name 只能是：{listed}", f"event_name is one of {', '.join(StepKind)}")
        )
    result = _text(fields, "result_type", 8)
    if result not in ("", "0", "1"):
        raise WrongField(
            "result_type", Words("result_type 写 1（准予）或 0（不予）", "Write result_type 1 (granted) or 0")
        )
    if kind == StepKind.RESULT and not result:
        raise WrongField("result_type", Words("决定要写 result_type", "A result needs a result_type"))
    return Reported(
        number=_text(fields, "step_no", LONGEST_NUMBER, needed=True),
        project=_text(fields, "project_no", LONGEST_PROJECT, needed=True),
        kind=StepKind(kind),
        at=_moment(fields.get("event_end_time")),
        task=_text(fields, "process_name", 40, needed=kind == StepKind.PROCESS),
        words=_text(fields, "handle_explain", LONGEST_TEXT, multiline=True),
        procedure=_text(fields, "special_type", 40, needed=kind == StepKind.SPECIAL_BEGIN),
        granted=result == "1" if result else None,
        facts=_facts(fields.get("result_data")),
        means=_text(fields, "deliver_way", 16, needed=kind == StepKind.DELIVER),
        handler=_text(fields, "handle_user_name", 64),
        seen=_revision(fields.get("revision")),
    )


def _text(fields: Mapping[str, Any], name: str, longest: int, *, needed: bool = False, multiline: bool = False) -> str:
    value = fields.get(name)
    try:
        text = canonical("" if value is None else str(value), multiline=multiline, max_length=longest)
    except UnacceptableText as refused:
        words = refused.words
        raise WrongField(name, Words(f"{name}：{words.zh}", f"{name}: {words.en}")) from refused
    if needed and not text:
        raise WrongField(name, Words(f"缺少 {name}", f"{name} is missing"))
    return text


def _moment(value: Any) -> datetime:
    moment = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            moment = None
    if not isinstance(moment, datetime):
        example = "2025-03-12 10:30:00"
        words = Words(f"event_end_time 写成 {example}", f"Write event_end_time like {example}")
        raise WrongField("event_end_time", words)
    return moment if moment.utcoffset() is not None else moment.replace(tzinfo=city_zone())


def _facts(value: Any) -> dict[str, str]:
    words = Words('result_data 写成 {"代码": "值"}', 'Write result_data as {"code": "value"}')
    if isinstance(value, str) and value.strip():
        try:
            value = msgspec.json.decode(value)
        except msgspec.DecodeError as broken:
            raise WrongField("result_data", words) from broken
    if value in (None, ""):
        return {}
    if not isinstance(value, dict) or len(value) > MOST_FACTS:
        raise WrongField("result_data", words)
    return {str(name)[:80]: _text(value, name, 200) for name in value}


def _revision(value: Any) -> int | None:
    if value is None or value == "":
        return None
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        words = Words("revision 写办件表里的版本号", "Write as revision the number in the sheet")
        raise WrongField("revision", words)
    return int(text)

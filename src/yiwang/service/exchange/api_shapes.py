"""What the exchange's API takes and gives: national field names, every text, number and list bounded."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from yiwang.foundation.kernel.text import Words
from yiwang.service.exchange.actions import Outcome
from yiwang.service.exchange.queries import SheetCard, StepCard
from yiwang.service.exchange.steps import LONGEST_NUMBER, LONGEST_PROJECT, LONGEST_TEXT, StepKind

MOST_STEPS = 100
MOST_COUNTS = 1000
Digest = Annotated[str, Field(min_length=64, max_length=64, pattern="^[0-9a-f]{64}$")]


class SheetOut(Schema):
    """The whole file of one part of a case at one revision; `sheet` are the national fields."""

    out_no: int
    project_no: str
    digest: str
    put_time: datetime
    sheet: dict[str, Any]

    @staticmethod
    def of(card: SheetCard) -> SheetOut:
        return SheetOut(
            out_no=card.number, project_no=card.project, digest=card.digest, put_time=card.made_at, sheet=card.body
        )


class SheetsOut(Schema):
    """`next` is what to send as `after` for the following page: the last `out_no` read. `again`: earlier ones that you
    should read once more, because the two sides' records differed."""

    sheets: list[SheetOut]
    next: int
    more: bool
    again: list[int]


class StepIn(Schema):
    """What was done in the department's own system, under its own number."""

    step_no: str = Field(min_length=1, max_length=LONGEST_NUMBER)
    project_no: str = Field(min_length=1, max_length=LONGEST_PROJECT)
    event_name: StepKind
    event_end_time: datetime = Field(description="When it was done; without a zone it is the city's clock")
    process_name: str = Field("", max_length=40, description="process: the task that is done")
    handle_explain: str = Field("", max_length=LONGEST_TEXT, description="What the applicant reads")
    special_type: str = Field("", max_length=40)
    result_type: str = Field("", max_length=1, description="result: 1 granted, 0 refused")
    result_data: dict[str, str] = Field({}, max_length=20, description="result: the facts that the grant creates")
    deliver_way: str = Field("", max_length=16, description="deliver: collection or post")
    handle_user_name: str = Field("", max_length=64)
    revision: int | None = Field(None, ge=0, le=2**31 - 1, description="Of the newest sheet that the system had seen")


class StepsIn(Schema):
    steps: list[StepIn] = Field(min_length=1, max_length=MOST_STEPS)


class StepOut(Schema):
    """What became of a step: taken, waiting (for what comes before it) or refused."""

    step_no: str
    state: str
    code: str = ""
    reason: Words | None = None

    @staticmethod
    def of(outcome: Outcome) -> StepOut:
        words = outcome.words if outcome.code else None
        return StepOut(step_no=outcome.number, state=outcome.state, code=outcome.code, reason=words)


class StepsOut(Schema):
    steps: list[StepOut]


class RefusedOut(Schema):
    """A refused step; `place` is what to send as `after`."""

    place: int
    step_no: str
    project_no: str
    event_name: str
    code: str
    reason: Words
    reported_at: datetime
    received_at: datetime

    @staticmethod
    def of(card: StepCard) -> RefusedOut:
        return RefusedOut(
            place=card.id,
            step_no=card.number,
            project_no=card.project,
            event_name=card.kind,
            code=card.code,
            reason=card.words,
            reported_at=card.reported_at,
            received_at=card.received_at,
        )


class CountIn(Schema):
    """Of one project, in all until now. `sheet_digest`: SHA-256 of the lines "out_no digest" in order of out_no;
    `step_digest`: of the step numbers in order of their bytes; lines are joined by a line feed."""

    project_no: str = Field(min_length=1, max_length=LONGEST_PROJECT)
    sheet_count: int = Field(ge=0, le=10**6)
    sheet_digest: Digest
    step_count: int = Field(ge=0, le=10**6)
    step_digest: Digest


class CountsIn(Schema):
    counts: list[CountIn] = Field(max_length=MOST_COUNTS)


class CountsOut(Schema):
    """`differences`: projects whose records differ from ours now."""

    day: date
    kept: int
    differences: list[str]

"""What the API takes of a hearing (听证)."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import Field


class HearingAskedIn(Schema):
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class HearingAnswerIn(Schema):
    comes: bool
    words: Annotated[str, Field(max_length=1000)] = ""

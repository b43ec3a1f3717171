"""What people write in a case, kept in erasable rows: unsaved rows, and the commitments that events hold."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any

from django.db.models import Max

from yiwang.casework.cases.events import Commitment
from yiwang.casework.cases.models import Statement
from yiwang.foundation.kernel.text import canonical_json


def commit_to(case_id: int, number: int, body: str | list[str] | dict[str, Any]) -> tuple[Statement, Commitment]:
    """An unsaved statement and the commitment to it that an event may hold."""
    salt = secrets.token_hex(16)
    return Statement(case_id=case_id, number=number, body=body, salt=salt), Commitment(
        number, salted_digest(salt, body)
    )


def salted_digest(salt: str, body: object) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + canonical_json(body)).hexdigest()


def next_statement(case_id: int, said: Sequence[Statement] = ()) -> int:
    """The number of the next statement of a case, after those about to be written."""
    if said:
        return said[-1].number + 1
    last = Statement.objects.filter(case=case_id).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1

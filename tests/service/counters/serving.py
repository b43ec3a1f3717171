"""What happens at a window, for tests: who comes, and what the clerk does for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from tests.service.applications.applying import picture
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.directory.in_person import Card
from yiwang.foundation.directory.models import User
from yiwang.foundation.documents import actions as documents
from yiwang.foundation.documents.actions import DocumentRef
from yiwang.foundation.kernel.identifiers import make_resident_id
from yiwang.foundation.notifications.models import TextMessage
from yiwang.foundation.notifications.sealing import opened
from yiwang.service.applications import actions as applications
from yiwang.service.applications import drafts
from yiwang.service.applications.progress import Kind
from yiwang.service.counters import actions
from yiwang.service.counters.actions import Visitor

CHEN = Card("陈建国", "110000195106120130")
WANG = Card("王晓兰", "110000199003070220")
NEWCOMER = Card("林小满", make_resident_id(90210))


def comes(card: Card, by: Actor, *, account_is_theirs: bool | None = True) -> int:
    return actions.welcome(Visitor(card, True, account_is_theirs), by=by)


def uploads(by: Actor, name: str = "a.png") -> DocumentRef:
    assert by.id is not None
    return documents.receive(picture(name), name, User.objects.get(pk=by.id), "applications.material")


def fills_in(draft: UUID, by: Actor, answer: Callable[[str], Any]) -> drafts.OpenDraft:
    """Answer, bring and promise until nothing is missing."""
    for _round in range(40):
        held = drafts.read(draft, by)
        if not held.progress.missing:
            return held
        for step in held.progress.missing:
            if step.kind is Kind.QUESTION:
                applications.answer(draft, {step.key: answer(step.key)}, by=by)
            elif step.kind is Kind.MATERIAL:
                applications.bring(draft, step.key, [uploads(by, f"{step.key}.png").id], by=by)
            else:
                parts = [each.part for each in held.progress.promises if each.signed or each.part == step.key]
                applications.sign(draft, parts, by=by)
    raise AssertionError("never had enough")


def code_on_phone() -> str:
    """The code of the text message that was sent last."""
    row = TextMessage.objects.order_by("-pk")[0]
    message = opened(row.key, row.sealed)
    assert message is not None
    found = re.search(r"\d{6}", message.text)
    assert found is not None
    return found.group()

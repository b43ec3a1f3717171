"""People who fill in and send applications, and officers who act on them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.queries import CaseView, PartView, case_view
from yiwang.casework.cases.record import PartRef
from yiwang.casework.cases.state import TaskState
from yiwang.foundation.directory.actor import MACHINE, Actor, actor_of, officer
from yiwang.foundation.directory.models import User
from yiwang.foundation.documents import actions as documents
from yiwang.foundation.kernel.identifiers import make_uscc
from yiwang.service.applications import actions, drafts, submission
from yiwang.service.applications.drafts import OpenDraft
from yiwang.service.applications.progress import Kind
from yiwang.service.applications.submission import Submitted
from yiwang.web.worker import run_until_quiet

RESTAURANT, DRAINAGE, CARD = "open-a-restaurant", "drainage-permit", "senior-transit-card"

SMALL_SHOP: Mapping[str, Any] = {
    "premises.floor_area": "80",
    "food.hot_food": "electric",
    "shop_sign.wanted": False,
    "enterprise.form": "sole_trader",
    "enterprise.proposed_name": "兰姨小馆",
    "enterprise.activity": "meals",
    "premises.address": "望江区滨江路 8 号",
    "premises.tenure": "own",
    "food.items": ["hot"],
    "premises.seats": 12,
    "food.staff": 2,
    "discharge.kind": "catering",
    "discharge.daily_m3": "10",
    "discharge.grease_trap": True,
    "seal.kinds": ["official"],
}
LARGE_SHOP: Mapping[str, Any] = {**SMALL_SHOP, "premises.floor_area": "320", "premises.floor": "ground"}
DRAINS: Mapping[str, Any] = {
    "enterprise.uscc": make_uscc(1),
    "premises.address": "望江区滨江路 8 号",
    "premises.floor_area": "120",
    "discharge.kind": "catering",
    "discharge.daily_m3": "10",
    "discharge.grease_trap": True,
}
SENIOR: Mapping[str, Any] = {"person.lives_here": True, "card.delivery": "phone"}


def picture(name: str = "a.png") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), "image/png")


class Applicant:
    """A resident with an account, and what they do."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.actor: Actor = actor_of(user)

    def uploads(self, name: str = "a.png") -> UUID:
        return documents.receive(picture(name), name, self.user, "applications.material").id

    def starts(self, code: str, answers: Mapping[str, Any] | None = None) -> UUID:
        draft, _new = actions.start(code, by=self.actor)
        if answers:
            actions.answer(draft, answers, by=self.actor)
        return draft

    def sees(self, draft: UUID) -> OpenDraft:
        return drafts.read(draft, self.actor)

    def completes(self, code: str, answers: Mapping[str, Any], later: Iterable[str] = ()) -> OpenDraft:
        """A draft with everything that it needs; materials in `later` are to be brought after acceptance."""
        draft = self.starts(code, answers)
        for key in later:
            actions.bring_later(draft, key, True, by=self.actor)
        for step in self.sees(draft).progress.missing:
            if step.kind is Kind.MATERIAL:
                actions.bring(draft, step.key, [self.uploads(f"{step.key}.png")], by=self.actor)
            elif step.kind is Kind.COMMITMENT:
                actions.sign(draft, [step.key], by=self.actor)
        held = self.sees(draft)
        assert not held.progress.missing, held.progress.missing
        return held

    def submits(self, code: str, answers: Mapping[str, Any], later: Iterable[str] = ()) -> Submitted:
        held = self.completes(code, answers, later)
        return submission.submit(held.id, held.version, declared=True, by=self.actor)

    def follows(self, number: str) -> CaseView:
        return case_view(number, self.actor)


def at_post(post: str) -> Actor:
    return officer(1, [post])


def part_of(number: str, key: str) -> PartView:
    return case_view(number, MACHINE).part(key)


def accepts(number: str, key: str) -> None:
    task = next(task for task in part_of(number, key).tasks if task.key == "accept")
    cases.accept(PartRef(number, key), by=at_post(task.post))


def asks_for_correction(number: str, key: str, items: list[str]) -> None:
    task = next(task for task in part_of(number, key).tasks if task.key == "accept")
    cases.request_correction(PartRef(number, key), items, by=at_post(task.post))


def decides(number: str, key: str, granted: bool = True, facts: Mapping[str, str] | None = None) -> None:
    """Officers do what is open in the part, then decide it."""
    for _round in range(10):
        ready = [task for task in part_of(number, key).tasks if task.state is TaskState.READY]
        if not ready:
            return
        for task in ready:
            ref = PartRef(number, key)
            if task.kind.value == "accept":
                cases.accept(ref, by=at_post(task.post))
            elif task.kind.value in ("decide", "rule"):
                reason = "符合条件" if granted else "不符合条件"
                cases.decide(ref, granted, reason, by=at_post(task.post), facts=facts)
                return
            else:
                cases.complete(ref.task(task.key), by=at_post(task.post))


def registers(number: str) -> str:
    """The registration of a restaurant is granted; returns the new enterprise's code."""
    code = make_uscc(77)
    decides(number, "registration", facts={"enterprise.uscc": code, "enterprise.name": "锦澜兰姨小馆"})
    return code


def word_goes_round() -> None:
    """Everybody hears of what has happened."""
    run_until_quiet()

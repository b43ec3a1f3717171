"""An application of the owner's in the demonstration city, at every step that a page stands for."""

from __future__ import annotations

import io
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.web.personas import World
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.documents import actions as documents
from yiwang.foundation.kernel.identifiers import make_uscc
from yiwang.service.applications import actions, drafts, submission

SERVICE = "drainage-permit"
LATER = "grease_trap_contract"
"""The material that this application leaves for later."""

ANSWERS: dict[str, str | int | bool] = {
    "enterprise.uscc": make_uscc(1),
    "premises.address": "望江区滨江路 8 号",
    "premises.floor_area": "120",
    "discharge.kind": "catering",
    "discharge.daily_m3": "10",
    "discharge.grease_trap": True,
}


def a_picture(world: World) -> UUID:
    """A small picture that the owner has uploaded."""
    content = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(content, "PNG")
    return documents.receive(SimpleUploadedFile("a.png", content.getvalue()), "a.png", world.owner, "material").id


def a_draft(world: World, service: str = SERVICE) -> UUID:
    """A draft with the owner's first answers."""
    by = actor_of(world.owner)
    draft, _new = actions.start(service, by=by)
    if service == SERVICE:
        actions.answer(draft, {"discharge.kind": "domestic"}, by=by)
    return draft


def an_application(world: World) -> str:
    """The number of an application that is submitted, one of its materials left for later."""
    by = actor_of(world.owner)
    draft = a_draft(world)
    actions.answer(draft, ANSWERS, by=by)
    for wanted in drafts.read(draft, by).progress.to_bring:
        key = wanted.material.key
        if key == LATER:
            actions.bring_later(draft, key, True, by=by)
        else:
            actions.bring(draft, key, [a_picture(world)], by=by)
    held = drafts.read(draft, by)
    assert not held.progress.missing, held.progress.missing
    return submission.submit(draft, held.version, declared=True, by=by).number

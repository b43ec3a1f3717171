"""What the walks through the access table need of the library: a draft that it told of, a look that stands in a log."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.service.applications.library import AT_HOME, connected
from tests.web.applying import a_draft
from tests.web.personas import World
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.directory.queries import identity
from yiwang.foundation.kernel import time
from yiwang.library.centre import own_records
from yiwang.service.applications.models import LookUp

CLEAN_UP = ExitStack()
"""What was opened; closed after each test."""


def a_draft_that_was_told(world: World) -> object:
    """A draft for which the property register told of two premises."""
    draft = a_draft(world)
    LookUp.objects.create(
        draft_id=draft,
        product="natural-resources.property@1",
        department="natural-resources",
        post="water/permits",
        state="read",
        asked_as=f"draft:{draft}",
        record=0,
        body={
            "title": {"zh": "不动产登记", "en": "Property"},
            "elements": {"premises.address": "address"},
            "materials": [],
            "rows": [{"address": "望江区滨江路88号"}, {"address": "青石区老街路3号"}],
        },
        at=time.now(),
    )
    return draft


def an_own_look(world: World) -> Mapping[str, object]:
    """The owner has looked at their own record: where that stands in the log."""
    number = identity(world.owner.pk)
    assert number is not None
    row = {**AT_HOME, "resident_id": number.resident_id}
    folder = Path(CLEAN_UP.enter_context(TemporaryDirectory()))
    CLEAN_UP.enter_context(connected(folder, {"public-security.residents": (row,)}))
    found = own_records.of(world.owner.pk, str(actor_of(world.owner)))
    return {"department": "public-security", "position": found.records[0].position}

"""Drainage permits in a city of its own process (`python -m tests.web.drains apply 5`, `state`), for tests of kills."""

from __future__ import annotations

import io
import json
import sys
from typing import Any


def apply(count: int) -> None:
    """Wang applies so often."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    from tests.web.applying import ANSWERS, SERVICE
    from yiwang.foundation.directory.actor import actor_of
    from yiwang.foundation.directory.models import User
    from yiwang.foundation.documents import actions as documents
    from yiwang.service.applications import actions, drafts, submission

    wang = User.objects.get(username="wang")
    by = actor_of(wang)
    content = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(content, "PNG")
    for _ in range(count):
        draft, _new = actions.start(SERVICE, by=by)
        actions.answer(draft, ANSWERS, by=by)
        for wanted in drafts.read(draft, by).progress.to_bring:
            file = SimpleUploadedFile("a.png", content.getvalue())
            actions.bring(draft, wanted.material.key, [documents.receive(file, "a.png", wang, "material").id], by=by)
        held = drafts.read(draft, by)
        submission.submit(draft, held.version, declared=True, by=by)


def state() -> dict[str, Any]:
    """How far the permits are, and whether the record holds."""
    from yiwang.casework.cases.models import Part
    from yiwang.foundation.ledger.models import Event, Parked
    from yiwang.foundation.ledger.replay import replay
    from yiwang.service.exchange.models import Sheet, Step

    parts = Part.objects.filter(matter="drainage-permit")
    steps = list(Step.objects.values_list("kind", "state", "answered"))
    return {
        "stages": sorted(parts.values_list("stage", flat=True)),
        "decided": Event.objects.filter(type="cases.Decided", actor="system:water").count(),
        "reported": Event.objects.filter(type="cases.Reported").count(),
        "steps": len(steps),
        "untaken": [step for step in steps if step[1] != "taken"],
        "unanswered": sum(step[1] != step[2] for step in steps),
        "to_put_out": Sheet.objects.filter(put_out_at__isnull=True).count(),
        "parked": Parked.objects.count(),
        "differences": list(replay().differences),
    }


if __name__ == "__main__":
    import django

    django.setup()
    if sys.argv[1] == "apply":
        apply(int(sys.argv[2]))
    else:
        sys.stdout.write(json.dumps(state()))

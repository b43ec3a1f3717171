"""Objects of the smart office and of failed attempts, for `objects`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.web.applying import SERVICE, a_draft, an_application
from tests.web.built import built
from tests.web.personas import World
from yiwang.foundation.directory.actor import actor_of
from yiwang.service.applications import failed_attempts


@built("applications:my-failed-attempt", "api:read-failed-attempt")
def a_failed_attempt(world: World) -> Mapping[str, object]:
    attempt = failed_attempts.Attempt("跑了三趟都没办成", SERVICE)
    heard = failed_attempts.report(attempt, key="walk", client="walk", by=actor_of(world.owner))
    return {"number": json.loads(heard.body)["number"]}


@built("api:check-draft")
def draft_to_check(world: World) -> Mapping[str, object]:
    return {"draft": a_draft(world)}


@built("api:read-checks")
def checked_case(world: World) -> Mapping[str, object]:
    return {"number": an_application(world)}

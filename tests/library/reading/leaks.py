"""Whether an answer, or a refusal, tells what may not be seen.

Two signs: a canary in anything that came back, and any difference between what two worlds answer that are the same but
for their secrets.
"""

import re
from typing import Any

from tests.library.reading.world import CANARY, World, make
from yiwang.library.gateways.gateway import Cancelled, NotGranted, Offline
from yiwang.library.reading import Bounds, Refused, Where

HIDDEN_CAPITAL = re.compile(r"\b7777\d{6}\b")
BOUNDS = Bounds(most_rows=2_000, seconds=60, memory="256MB")


class Watch:
    """Two worlds with different secrets; `leaks(sql)` names what one question gave away."""

    def __init__(self, enterprises: int = 30, where: Where = Where.AUTO) -> None:
        self.where = where
        self.worlds = (make("one", enterprises), make("two", enterprises))
        self.answered = 0
        self.on_spark = 0

    def leaks(self, sql: str) -> list[str]:
        told = [self._told(world, sql) for world in self.worlds]
        found = []
        # What the asker wrote may come back to them.
        said = "".join(repr(each) for each in told).replace(repr(sql), "")
        canaries = set(re.findall(rf"{CANARY}[0-9a-f]{{10}}", said)) - set(re.findall(rf"{CANARY}[0-9a-f]{{10}}", sql))
        if canaries or HIDDEN_CAPITAL.search(said):
            found.append("a secret came back")
        if told[0] != told[1]:
            found.append("the answer depends on a secret")
        for world in self.worlds:
            if any(CANARY in repr(fragment.keys) for fragment in world.asked()):
                found.append("a secret went to another department")
            world.forget()
        return found

    def _told(self, world: World, sql: str) -> Any:
        progress: list[tuple[str, str, int]] = []
        try:
            answer = world.ask(
                sql,
                where=self.where,
                bounds=BOUNDS,
                tell=lambda step: progress.append((step.product, step.state, step.rows)),
            )
        except (Refused, NotGranted) as refusal:
            return type(refusal).__name__, refusal.code, refusal.detail
        except (Offline, Cancelled) as failure:
            return type(failure).__name__
        assert not isinstance(answer, BaseException)
        self.answered += 1
        self.on_spark += answer.engine == "spark"
        steps = [(step.product, step.rows, step.keys, step.fragment) for step in answer.steps]
        rows = sorted(repr(row) for row in answer.table.to_pylist())
        return answer.table.schema.names, rows, steps, sorted(progress)

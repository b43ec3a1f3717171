"""What the stages of a part and the states of a task are called, wherever an officer reads them. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.casework.cases.state import Stage, TaskState
from yiwang.foundation.kernel.text import Words

STAGES: Mapping[Stage, Words] = {
    Stage.WAITING: Words("等前一件", "Waits for another part"),
    Stage.RECEIVED: Words("待受理", "To be accepted"),
    Stage.CORRECTING: Words("等补正", "Waiting for correction"),
    Stage.ACCEPTED: Words("办理中", "In progress"),
    Stage.GRANTED: Words("已办好", "Granted"),
    Stage.REFUSED: Words("不予许可", "Refused"),
    Stage.NOT_ACCEPTED: Words("不予受理", "Not accepted"),
    Stage.WITHDRAWN: Words("已撤回", "Withdrawn"),
    Stage.LAPSED: Words("不再办理", "Lapsed"),
    Stage.REVOKED: Words("已撤销", "Revoked"),
}


def stage_words(stage: Stage, verdicts: tuple[Words, Words] | None) -> Words:
    """The stage in words; a plan may bring its own for what a grant and a refusal mean."""
    if verdicts is not None and stage in (Stage.GRANTED, Stage.REFUSED):
        return verdicts[0 if stage is Stage.GRANTED else 1]
    return STAGES[stage]


TASKS: Mapping[TaskState, Words] = {
    TaskState.WAITING: Words("未开始", "Not yet"),
    TaskState.READY: Words("正在办", "Open"),
    TaskState.DONE: Words("已办完", "Done"),
    TaskState.SKIPPED: Words("不需要", "Not needed"),
    TaskState.DROPPED: Words("不再办", "Dropped"),
}

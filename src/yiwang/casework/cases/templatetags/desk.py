"""What the desk's templates need to say about parts and tasks."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.safestring import SafeString

from yiwang.casework.cases.clock import ClockState
from yiwang.casework.cases.desk import MOST, QueueRow
from yiwang.casework.cases.queries import CaseView, PartView, TaskView
from yiwang.casework.cases.record import plan_of
from yiwang.casework.cases.state import Stage, TaskState
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ui.tags import page

register = template.Library()

STAGES: Mapping[Stage, tuple[Words, str]] = {
    Stage.WAITING: (Words("等前一件", "Waits for another part"), "plain"),
    Stage.RECEIVED: (Words("待受理", "To be accepted"), "running"),
    Stage.CORRECTING: (Words("等补正", "Waiting for correction"), "near"),
    Stage.ACCEPTED: (Words("办理中", "In progress"), "running"),
    Stage.GRANTED: (Words("已办好", "Granted"), "done"),
    Stage.REFUSED: (Words("不予许可", "Refused"), "late"),
    Stage.NOT_ACCEPTED: (Words("不予受理", "Not accepted"), "late"),
    Stage.WITHDRAWN: (Words("已撤回", "Withdrawn"), "plain"),
    Stage.LAPSED: (Words("不再办理", "Lapsed"), "plain"),
    Stage.REVOKED: (Words("已撤销", "Revoked"), "late"),
}
STOPPED = (Words("时钟停", "Clock stopped"), "stopped")

TASKS: Mapping[TaskState, tuple[Words, str]] = {
    TaskState.WAITING: (Words("未开始", "Not yet"), "plain"),
    TaskState.READY: (Words("正在办", "Open"), "running"),
    TaskState.DONE: (Words("已办完", "Done"), "done"),
    TaskState.SKIPPED: (Words("不需要", "Not needed"), "plain"),
    TaskState.DROPPED: (Words("不再办", "Dropped"), "plain"),
}


def stage_words(part: PartView) -> tuple[Words, str]:
    """A part's stage in words and the kind of its tag."""
    if part.clock is ClockState.STOPPED:
        return STOPPED
    return STAGES[part.stage]


@register.simple_tag
def stage_tag(part: PartView) -> SafeString:
    words, kind = stage_words(part)
    return page.tag(words, kind=kind)


@register.simple_tag
def task_tag(task: TaskView) -> SafeString:
    words, kind = TASKS[task.state]
    return page.tag(words, kind=kind)


@register.filter
def counted(number: int) -> str:
    """A count that stops at a thousand."""
    return f"{MOST:,}+" if number >= MOST else str(number)


@register.filter
def task_name(row: QueueRow) -> Words:
    """What the row of the queue is about: the matter's part and the task."""
    part = plan_of(row.plan).by_key[row.part]
    task = part.by_key[row.task].name
    return Words(f"{part.name.zh}：{task.zh}", f"{part.name.en}: {task.en}")


@register.filter
def part_name(view: CaseView, key: str) -> Words:
    return view.part(key).name


@register.filter
def department_of(post: str, departments: Mapping[str, Words]) -> Words:
    code = post.partition("/")[0]
    return departments.get(code, Words(code, code))


@register.filter
def post_name(post: str, posts: Mapping[str, Words]) -> Words:
    return posts.get(post, Words(post, post))

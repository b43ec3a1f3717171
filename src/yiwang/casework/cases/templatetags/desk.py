"""What the desk's templates need to say about parts and tasks."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from yiwang.casework.cases import state_words
from yiwang.casework.cases.clock import ClockState
from yiwang.casework.cases.consequences import Consequences
from yiwang.casework.cases.desk import MOST, QueueRow
from yiwang.casework.cases.load import PostLoad
from yiwang.casework.cases.queries import CaseView, PartView, TaskView
from yiwang.casework.cases.record import plan_of
from yiwang.casework.cases.state import Stage, TaskState
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ui.tags import page

register = template.Library()

STAGE_KINDS: Mapping[Stage, str] = {
    Stage.WAITING: "plain",
    Stage.RECEIVED: "running",
    Stage.CORRECTING: "near",
    Stage.ACCEPTED: "running",
    Stage.GRANTED: "done",
    Stage.REFUSED: "late",
    Stage.NOT_ACCEPTED: "late",
    Stage.WITHDRAWN: "plain",
    Stage.LAPSED: "plain",
    Stage.REVOKED: "late",
}
TASK_KINDS: Mapping[TaskState, str] = {TaskState.READY: "running", TaskState.DONE: "done"}
"""The kinds of tag; plain where nothing is said."""
STOPPED = Words("时钟停", "Clock stopped")


@register.simple_tag
def stage_tag(part: PartView) -> SafeString:
    if part.clock is ClockState.STOPPED:
        return page.tag(STOPPED, kind="stopped")
    return page.tag(state_words.stage_words(part.stage, part.verdicts), kind=STAGE_KINDS[part.stage])


@register.simple_tag
def task_tag(task: TaskView) -> SafeString:
    return page.tag(state_words.TASKS[task.state], kind=TASK_KINDS.get(task.state, "plain"))


@register.filter
def counted(number: int) -> str:
    """A count that stops at a thousand."""
    return f"{MOST:,}+" if number >= MOST else str(number)


@register.filter
def pace(each: PostLoad) -> str:
    """Tasks a working day, with one decimal, and what they were counted from: 3.2 (64/20)."""
    return f"{float(each.pace or 0):.1f} ({each.done}/{each.days})"


@register.filter
def task_alone(row: QueueRow) -> Words:
    return plan_of(row.plan).by_key[row.part].by_key[row.task].name


@register.filter
def part_alone(row: QueueRow) -> Words:
    return plan_of(row.plan).by_key[row.part].name


@register.simple_tag
def consequences(choice: str, effect: Consequences, departments: Mapping[str, Words]) -> SafeString:
    """What a decision sets off, below the button; `choice` is the answer after which it does."""
    language = get_language() or "zh-hans"
    lead = ""
    if choice:
        lead = format_html("<strong>{}</strong>", Words(f"{choice}：", f"{choice}: ").in_language(language))
    opens = [
        Words(
            f"{each.part.zh}：{each.task.zh}（{department_of(each.post, departments).zh}）",
            f"{each.part.en}: {each.task.en} ({department_of(each.post, departments).en})",
        ).in_language(language)
        for each in effect.opens
    ]
    said = [words for words, so in _effects(effect) if so]
    text = " ".join(words.en for words in said) if language == "en" else "".join(words.zh for words in said)
    rows = format_html_join("", "<li>{}</li>", ((each,) for each in opens))
    items = format_html("<ul>{}</ul>", rows) if opens else ""
    return format_html('<div class="sets-off"><p>{}{}</p>{}</div>', lead, text, items)


def _effects(effect: Consequences) -> list[tuple[Words, bool]]:
    lapses = Words("、".join(each.zh for each in effect.lapses), ", ".join(each.en for each in effect.lapses))
    nothing = not (effect.opens or effect.lapses or effect.check or effect.closes)
    return [
        (Words(f"{lapses.zh}不能再办。", f"These cannot go on: {lapses.en}."), bool(effect.lapses)),
        (Words("另立一件，上门核查承诺。", "A check of the promise opens as a case of its own."), effect.check),
        (Words("整个办件办结。", "The whole case ends."), effect.closes),
        (Words("不会引出其他任务。", "Nothing else opens."), nothing),
        (Words("马上开始：", "Opens at once:"), bool(effect.opens)),
    ]


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

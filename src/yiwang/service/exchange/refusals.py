"""Why a step is not taken in, in words that go back to the system and stand on the department's page."""

from __future__ import annotations

from yiwang.foundation.kernel.text import Words


class NoSuchSystem(LookupError):
    """No system of that department, or none of the asking actor's."""


class NotArranged(Exception):
    """The exchange cannot be opened as it is arranged; `words` say what to do."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


Refusal = tuple[str, Words]

NO_PROJECT: Refusal = (
    "no_such_project",
    Words(
        "没有把这个办件交给过这个系统，请核对 project_no。",
        "This system never got such a file. Check project_no.",
    ),
)
NOT_YOURS: Refusal = (
    "not_yours",
    Words(
        "这一步不归这个系统的岗位办，请在一网里办或联系管理员。",
        "This step is not of the posts that work in this system. Do it in Yiwang, or ask the administrator.",
    ),
)
NUMBER_REUSED: Refusal = (
    "number_reused",
    Words(
        "这个 step_no 用过了，内容却不同，请换一个新号。",
        "This step_no came before with other content. Send it under a new number.",
    ),
)
IN_THE_FUTURE: Refusal = (
    "in_the_future",
    Words("办理时间晚于现在，请核对系统的时钟。", "It is said to be done later than now. Check the system's clock."),
)
BEFORE_RECEIPT: Refusal = (
    "before_receipt",
    Words("办理时间早于收件，请核对时间。", "It is said to be done before the file was received. Check the time."),
)
CHANGED: Refusal = (
    "changed",
    Words(
        "系统看过以后，别人又办了这件事。请看新的办件表再报。",
        "Somebody acted since the revision that the system saw. Read the new sheet, then report again.",
    ),
)
TOO_MANY_WAITING: Refusal = (
    "too_many_waiting",
    Words("这个办件等着的步骤太多了，请先补报前面的。", "Too many steps wait. Report what comes before them."),
)
CLOSED: Refusal = (
    "exchange_closed",
    Words(
        "这个系统的交换现在没有开通，请联系管理员。",
        "The exchange is not open. Ask the administrator.",
    ),
)


def out_of_order(before: str) -> Refusal:
    """The system's own times contradict the law: `before` had to be done earlier (a `StepKind`)."""
    zh = {"accept": "受理", "special_begin": "特别程序开始", "result": "决定"}.get(before, before)
    en = {"accept": "the acceptance", "special_begin": "the start of the special procedure", "result": "the decision"}
    return (
        "out_of_order",
        Words(
            f"办理时间早于{zh}的时间，请核对。",
            f"It is dated before {en.get(before, before)}. Check the times.",
        ),
    )


def waited(words: Words) -> Words:
    """A step that waited as long as it may, and what it waited for."""
    return Words(f"等了三天还不能办。{words.zh}", f"It waited three days in vain. {words.en}")

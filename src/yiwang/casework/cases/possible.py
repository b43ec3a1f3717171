"""What the law and the plan do not allow, each with words that say what to do instead."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from yiwang.casework.cases.models import Task
from yiwang.casework.cases.plan import TaskKind
from yiwang.casework.cases.refusals import NotPossible
from yiwang.foundation.kernel.text import Words

Obstacle = tuple[str, Words]


def require(condition: bool, obstacle: Obstacle) -> None:
    """Raises NotPossible with the obstacle's words unless the condition holds."""
    if not condition:
        raise NotPossible(*obstacle)


def has_task_in(part: str, allowed: Q) -> Q:
    """Cases with a task in this part that `allowed` leaves."""
    return Q(Exists(Task.objects.filter(allowed, case=OuterRef("pk"), part=part)))


def has_decision_in(part: str, allowed: Q) -> Q:
    """Cases whose decision in this part is left by `allowed`."""
    kinds = (TaskKind.DECIDE, TaskKind.RULE)
    return Q(Exists(Task.objects.filter(allowed, case=OuterRef("pk"), part=part, kind__in=kinds)))


NOT_RECEIVED: Obstacle = (
    "not_received",
    Words(
        "这件事现在不在收件环节，请刷新页面看看它到了哪一步。",
        "This is not waiting for acceptance now. Reload to see where it is.",
    ),
)
CORRECTED_ONCE: Obstacle = (
    "corrected_once",
    Words(
        "补正只能告知一次，要一次说全（行政许可法第三十二条）。请受理，或说明理由不予受理。",
        "Corrections are asked for once and completely (Administrative Licensing Law, art. 32). "
        "Accept it, or refuse acceptance with reasons.",
    ),
)
NOT_CORRECTING: Obstacle = (
    "not_correcting",
    Words("这件事没有等您补正的内容。", "Nothing is waiting for your correction here."),
)
WORDS_MISSING: Obstacle = (
    "words_missing",
    Words("请写明理由或内容，申请人会看到。", "Write down the reason or content; the applicant will read it."),
)
NOT_OPEN: Obstacle = (
    "not_open",
    Words(
        "这项任务现在不能办：还没轮到，或已经办完。", "This task cannot be done now: not yet its turn, or done already."
    ),
)
HELD_BY_COLLEAGUE: Obstacle = (
    "held_by_colleague",
    Words(
        "同事正在办这项任务。需要的话请先转派给自己。", "A colleague has this task. Reassign it first if you need to."
    ),
)
NOT_IN_POST: Obstacle = (
    "not_in_post",
    Words(
        "这位同事不在这个岗位上，请选岗位上的人。", "That colleague does not hold this post. Choose someone who does."
    ),
)
SECOND_PERSON: Obstacle = (
    "second_person",
    Words(
        "前一步是您办的，这一步要由另一位同事来办（双人审批）。",
        "You did the step before. Another colleague must do this one: two people approve.",
    ),
)
NO_SUCH_POST: Obstacle = (
    "no_such_post",
    Words("没有这个岗位，请从列表里选。", "There is no such post. Choose from the list."),
)
ONE_OFFICE: Obstacle = (
    "one_office",
    Words("这件事由市里办，没有别的单位可以移送。", "The city decides this; there is no other office to pass it to."),
)
NO_SUCH_OFFICE: Obstacle = (
    "no_such_office",
    Words("请选另一个有权办理的单位。", "Choose another office that is competent there."),
)
HAS_OWN_VERB: Obstacle = (
    "has_own_verb",
    Words("受理、决定和送达请用各自的按钮。", "Use the buttons for acceptance, decision and delivery."),
)
ENDED: Obstacle = ("ended", Words("这件事已经办结，不能再改。", "This has ended and cannot be changed."))
NOT_ACCEPTED_YET: Obstacle = (
    "not_accepted",
    Words(
        "要先受理，而且还没有作出决定，才能这样做。", "This is possible only after acceptance and before the decision."
    ),
)
NOT_PAID: Obstacle = (
    "not_paid",
    Words("费用还没有缴，缴清后才能送达。", "The fee is not paid yet: the result is handed over once it is."),
)
NOTHING_TO_PAY: Obstacle = (
    "nothing_to_pay",
    Words("这件事现在没有要缴的费用，或金额不符。", "Nothing is due here now, or another sum is."),
)
FEE_IS_KEPT: Obstacle = (
    "fee_is_kept",
    Words("这件事还在办或已准予，费用不退。", "The matter is under way or granted: the fee is kept."),
)
NOT_LISTED: Obstacle = (
    "not_listed",
    Words(
        "这件事没有列明这项特别程序，时钟不能停（行政许可法第四十五条）。",
        "The matter does not list this special procedure, so the clock cannot stop "
        "(Administrative Licensing Law, art. 45).",
    ),
)
ALREADY_STOPPED: Obstacle = (
    "already_stopped",
    Words("已有一项特别程序在进行，时钟已经停着。", "A special procedure is running; the clock stands still already."),
)
PROCEDURE_ONCE: Obstacle = (
    "procedure_once",
    Words("这项特别程序已经进行过一次。", "This special procedure has been carried out already."),
)
NOT_STOPPED: Obstacle = ("not_stopped", Words("没有正在进行的特别程序。", "No special procedure is running."))
STILL_STOPPED: Obstacle = (
    "still_stopped",
    Words("特别程序还没有结果，请先录入结果。", "The special procedure has no result yet. Record the result first."),
)
EXTENDED_ONCE: Obstacle = (
    "extended_once",
    Words(
        "期限只能延长一次（行政许可法第四十二条）。",
        "A limit is extended once only (Administrative Licensing Law, art. 42).",
    ),
)
NO_EXTENSION: Obstacle = (
    "no_extension",
    Words("这件事的期限不能延长。", "The limit of this matter cannot be extended."),
)
WORK_LEFT: Obstacle = (
    "work_left",
    Words("前面的任务还没有办完，现在不能作决定。", "Tasks before the decision are not done yet."),
)
MATERIAL_MISSING: Obstacle = (
    "material_missing",
    Words("还有容缺的材料没有到，不能准予。", "A deferred material has not come in yet, so it cannot be granted."),
)
FACT_MISSING: Obstacle = (
    "fact_missing",
    Words("准予时请填写这件事产生的代码或编号。", "Enter the code or number that this grant creates."),
)
HEARING_ONCE: Obstacle = (
    "hearing_once",
    Words("这件事已经申请或安排过听证。", "A hearing was asked for or called here already."),
)
NO_HEARING_ASKED: Obstacle = (
    "no_hearing_asked",
    Words("没有等待答复的听证申请。", "Nobody has asked for a hearing that is not called yet."),
)
NO_HEARING: Obstacle = ("no_hearing", Words("没有安排好、还没有举行的听证。", "No hearing is called and not yet held."))
HEARING_TOO_SOON: Obstacle = (
    "hearing_too_soon",
    Words(
        "听证要提前七个工作日通知，六十个工作日内举行（行政许可法第四十八条）。",
        "A hearing is announced seven working days ahead and held within sixty "
        "(Administrative Licensing Law, art. 48).",
    ),
)
CHAIR_REVIEWS: Obstacle = (
    "chair_reviews",
    Words(
        "主持人要是本机关的人，而且没有审查过这件事（行政许可法第四十八条）。",
        "The chair belongs to this office and has not reviewed this matter (Administrative Licensing Law, art. 48).",
    ),
)
NOT_THE_CHAIR: Obstacle = (
    "not_the_chair",
    Words("笔录由听证主持人录入。", "The chair of the hearing records its minutes."),
)
HEARING_AHEAD: Obstacle = ("hearing_ahead", Words("听证还没有开始。", "The hearing has not begun yet."))
HEARING_PENDING: Obstacle = (
    "hearing_pending",
    Words(
        "先答复听证申请，或录入听证笔录，再作决定。",
        "Answer the request for a hearing, or record its minutes, before you decide.",
    ),
)
NOTHING_TO_DELIVER: Obstacle = (
    "nothing_to_deliver",
    Words("没有等待送达的结果。", "No result is waiting to be handed over."),
)
NO_SUCH_MEANS: Obstacle = (
    "no_such_means",
    Words("请选送达方式：领取或邮寄。", "Choose how it is handed over: collection or post."),
)
NOT_GRANTED: Obstacle = ("not_granted", Words("只有已准予的结果才能撤销。", "Only a granted result can be revoked."))

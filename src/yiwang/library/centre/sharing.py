"""A request to share (共享申请): what is asked for, whether it may be asked, the plan by which it is decided.

The owner's data steward checks purpose and extent, its head decides: two people. What is shared without condition and
tells of no person is granted by rule. A refusal may be put to the city's data office, whose ruling binds. The limits
are those of the promise here: 10 working days for an answer, extended once, as 政务数据共享条例 (2025) wants requests
answered in time. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from yiwang.casework.cases.plan import PartPlan, Plan, Task, TaskKind
from yiwang.foundation.kernel.calendar import Limit, Unit
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date, end_of_day
from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.centre.purposes import Ruling
from yiwang.library.gateways.contract import Field, Product, Sharing
from yiwang.library.gateways.grant import CLEAR, Grant, Mask, MaskKind
from yiwang.library.gateways.masks import check_mask
from yiwang.library.gateways.rows import check_rows
from yiwang.library.gateways.statistic import tells_apart

REQUEST, RULING = "share-request", "share-ruling"
"""The kinds of case."""
PART = "share"
STEWARD, HEAD = "data", "head"
"""The posts of every department that shares: its data steward (数据管理岗), and its head."""

LONGEST = timedelta(days=3 * 366)
"""A grant is looked at again at least every three years."""
ANSWERED = Limit(10, Unit.WORKING_DAY)
EXTENDED = Limit(10, Unit.WORKING_DAY)
BY_RULE = Words(
    "无条件共享，所要的字段不含个人信息，按规则直接授权。",
    "Shared without condition, and no field asked for tells of a person: granted by rule.",
)


class CannotAsk(Exception):
    """What is asked for cannot be granted by anybody; `field` of the form, `words` say what to do."""

    def __init__(self, field: str, words: Words) -> None:
        super().__init__(words.en)
        self.field = field
        self.words = words


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a department asks of another's product. `until` is the last day on which it is to hold."""

    product: str
    post: str
    fields: Mapping[str, Mask]
    purpose: str
    basis: str
    reason: str
    until: date
    rows: str | None = None
    needs_case: bool = True
    most_rows: int = 10_000
    statistics_only: bool = False


def checked(wanted: Wanted, product: Product, purposes: Mapping[str, Words], at: datetime) -> Grant:
    """The grant as it is asked for, still without number and approval. Raises CannotAsk."""
    if product.sharing is Sharing.WITHHELD:
        raise CannotAsk("product", Words("依法不予共享的数据不能申请。", "By law this is shared with nobody."))
    if wanted.post.partition("/")[0] == product.department:
        raise CannotAsk("post", Words("这是本部门自己的数据，不用申请。", "This is your own department's data."))
    if wanted.purpose not in purposes:
        raise CannotAsk("purpose", Words("请选择用途。", "Choose a purpose."))
    if not wanted.fields or set(wanted.fields) - set(product.by_name):
        raise CannotAsk("fields", Words("请至少选一个字段。", "Choose at least one field."))
    today = city_date(at)
    if not today <= wanted.until <= today + LONGEST:
        raise CannotAsk(
            "until", Words("截止日期应在今天之后、三年以内。", "The last day lies within three years from today.")
        )
    if wanted.rows is not None and (wrong := check_rows(product, wanted.rows)):
        raise CannotAsk("rows", Words(f"这个条件不能用：{wrong[0]}", f"This condition cannot be used: {wrong[0]}"))
    for name, mask in wanted.fields.items():
        if wrong_mask := check_mask(product.by_name[name], mask):
            raise CannotAsk("fields", Words(f"这个字段不能这样给：{wrong_mask}", f"Not in this way: {wrong_mask}"))
    if wanted.statistics_only and not tells_apart(product, wanted.fields):
        lacking = product.by_name[product.subject_field or ""].words
        raise CannotAsk(
            "fields",
            Words(
                f"统计要分得清是谁，请也选“{lacking.zh}”，加密就够。",
                f"Statistics must tell one from another. Choose “{lacking.en}” as well; hashed is enough.",
            ),
        )
    return Grant(
        id="",
        department=wanted.post.partition("/")[0],
        post=wanted.post,
        product=product.reference,
        fields=dict(wanted.fields),
        purpose=wanted.purpose,
        basis=wanted.basis,
        expires=end_of_day(wanted.until),
        rows=wanted.rows,
        needs_case=wanted.needs_case,
        most_rows=wanted.most_rows,
        statistics_only=wanted.statistics_only,
    )


def masks_for(field: Field) -> tuple[tuple[str, Mask], ...]:
    """The ways in which a field may be asked for, by their word in forms; the plainest first."""
    found: list[tuple[str, Mask]] = [("clear", CLEAR)]
    if field.kind is ElementKind.DATE:
        found += [
            ("month", Mask(MaskKind.GENERALISE, unit="month")),
            ("year", Mask(MaskKind.GENERALISE, unit="year")),
        ]
    elif field.kind in (ElementKind.INTEGER, ElementKind.DECIMAL):
        found += [("tens", Mask(MaskKind.GENERALISE, step=10)), ("hundreds", Mask(MaskKind.GENERALISE, step=100))]
    elif field.kind is ElementKind.MONEY:
        found += [("thousands", Mask(MaskKind.GENERALISE, step=100_000))]
    elif field.kind not in (ElementKind.BOOLEAN, ElementKind.CHOICES):
        found += [("first", Mask(MaskKind.PARTIAL, keep_first=1)), ("hash", Mask(MaskKind.HASH))]
    return (*found, ("withheld", Mask(MaskKind.NULL)))


def is_granted_by_rule(grant: Grant, product: Product) -> bool:
    """Whether nobody needs to be asked: shared without condition, and nothing in it tells of a person."""
    personal = any(product.by_name[name].personal for name in grant.fields)
    return product.sharing is Sharing.UNCONDITIONAL and not personal


def request_plan(product: Product, *, by_rule: bool) -> Plan:
    """One part: the steward checks, the head decides; or the rule decides."""
    title = request_title(product)
    steward, head = f"{product.department}/{STEWARD}", f"{product.department}/{HEAD}"
    if by_rule:
        tasks = [Task("rule", Words("系统核对", "Check by published rule"), steward, kind=TaskKind.RULE)]
    else:
        tasks = _two_people(
            Task("review", Words("核对用途和范围", "Check of purpose and extent"), steward, (), _days(5)),
            Task("decide", Words("决定是否共享", "Decision on sharing"), head, ("review",), _days(5), TaskKind.DECIDE),
        )
    return _plan(
        title, product.department, tasks, (Words("同意共享", "Share it"), Words("不同意共享", "Do not share it"))
    )


def ruling_plan(product: Product, ruling: Ruling) -> Plan:
    """One part at the data office: one post examines, another decides; what is decided binds the owner."""
    title = ruling_title(product)
    tasks = _two_people(
        Task("examine", Words("听取双方意见", "Hearing both departments"), ruling.examines, (), _days(5)),
        Task("decide", Words("作出裁决", "Ruling"), ruling.decides, ("examine",), _days(5), TaskKind.DECIDE),
    )
    verdicts = (Words("应当共享", "It is to be shared"), Words("维持不共享", "The refusal stands"))
    return _plan(title, ruling.decides.partition("/")[0], tasks, verdicts)


def request_title(product: Product) -> Words:
    return Words(f"申请共享：{product.title.zh}", f"Request to share: {product.title.en}")


def ruling_title(product: Product) -> Words:
    return Words(f"共享争议裁决：{product.title.zh}", f"Ruling on sharing: {product.title.en}")


def _plan(title: Words, department: str, tasks: list[Task], verdicts: tuple[Words, Words]) -> Plan:
    part = PartPlan.build(
        key=PART,
        matter="data-sharing",
        name=title,
        department=department,
        statute=ANSWERED,
        promise=ANSWERED,
        tasks=tasks,
        extension=EXTENDED,
        verdicts=verdicts,
    )
    return Plan(title, (part,))


def _two_people(first: Task, second: Task) -> list[Task]:
    return [first, replace(second, apart_from=(first.key,))]


def _days(amount: int) -> Limit:
    return Limit(amount, Unit.WORKING_DAY)

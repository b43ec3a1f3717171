"""Why a question has no answer and what the officer can do about it; how figures were made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yiwang.foundation.kernel.text import Words
from yiwang.library.centre.contract_words import fewer_words
from yiwang.library.gateways.contract import Subject

WHY = {
    "empty": Words("查询是空的。", "The question is empty."),
    "too_long": Words("查询太长，请写短一些。", "The question is too long. Shorten it."),
    "too_deep": Words("查询嵌套太深，请拆开写。", "The question is nested too deeply. Write it in steps."),
    "too_many": Words("用到的表、字段或值太多。", "It uses too many products, fields or values."),
    "syntax": Words("这里看不懂，请检查写法。", "This cannot be read. Check how it is written."),
    "several_statements": Words("一次只能写一个查询。", "Write one question at a time."),
    "not_a_select": Words("只能用 SELECT 查询。", "Only SELECT is answered."),
    "construct": Words("查询里不能用这种写法。", "This way of writing is not allowed in questions."),
    "function": Words("查询里不能用这个函数。", "This function is not allowed in questions."),
    "name": Words("这个名字不清楚，请写明是哪个产品的字段。", "This name is not clear. Say whose field it is."),
    "unknown_product": Words("没有这个产品，或者您没有授权。", "No such product, or you hold no grant for it."),
    "unknown_field": Words("没有这个字段，或者您没有授权。", "There is no such field, or your grant does not give it."),
    "statistics_only": Words(
        "这里有只给统计的产品。请这样写：select 字段, count(*), sum(字段), avg(字段) from 一个产品 where 条件 "
        "group by 字段 order by 字段。不能这样写的是：",
        "A product here gives statistics only. Write: select field, count(*), sum(field), avg(field) from one product "
        "where conditions group by field order by field. What does not fit:",
    ),
    "statistics_where": Words(
        "统计的条件只能拿一个字段和值比较，用 and 连接。不能这样写的是：",
        "In a statistic, conditions compare one field with values and are joined by and. What does not fit:",
    ),
    "growth": Words("这样会生成太多数据。", "This would make too much data."),
    "meaning": Words("这样写意思不对，请检查类型。", "This does not make sense. Check the kinds of the fields."),
    "value": Words("这个值不对，请检查写法。", "This value cannot be used. Check how it is written."),
    "memory": Words("查询用的内存太多，请缩小范围。", "The question needs too much memory. Narrow it."),
    "engine": Words("Spark 集群现在不能用，请告诉管理员。", "The Spark cluster cannot be used. Tell the operator."),
    "engine_lost": Words("Spark 集群中途出错，请再试一次。", "The Spark cluster failed half-way. Try again."),
    "gateway_statistic": Words("统计里不能用：", "No figures can be made of this:"),
    "gateway_statistic_group": Words(
        "这个产品的数字带噪声，只能按合同列出取值的字段分组。不能分组的是：",
        "Its figures have noise: group by fields whose values the contract lists. This is none of them:",
    ),
    "gateway_statistic_groups": Words("分组太多，请少分几组。最多：", "Too many groups. Make fewer; at most:"),
    "gateway_statistic_bounds": Words(
        "合同没有给这个字段定上下限，所以不能加总，只能计数：",
        "The contract states no bounds for this field, so that it cannot be added up, only counted:",
    ),
    "gateway_statistic_subject": Words(
        "授权没有给这个字段，分不清人，所以没有统计。请申请这个字段（加密即可）：",
        "Without this field persons cannot be told apart, so there are no figures. Ask for it, hashed is enough:",
    ),
    "gateway_budget_spent": Words(
        "您部门在这个产品上的隐私预算不够了。以前问过的还能照样看：",
        "Your department's privacy budget for it does not suffice. What was asked before is still answered:",
    ),
    "gateway_case_needed": Words("这项授权要求写明为哪件事查询。", "This grant wants to know for which case."),
    "gateway_rate": Words("查得太频繁，请过一分钟再试。", "You ask too often. Try again in a minute."),
    "gateway_rows": Words("超过授权允许的行数，请缩小范围。", "More rows than the grant allows. Narrow the question."),
    "gateway_expired": Words("授权已经到期，请重新申请。", "The grant has ended. Ask for a new one."),
    "gateway_consent": Words("这里要先有本人同意。", "The person concerned must agree first."),
    "gateway_masked": Words("这个字段是脱敏的，不可能是这个值。", "This field is masked; it never holds that value."),
    "offline": Words("这个部门现在没有应答，答案会不完整。", "It does not answer now; no true answer is possible."),
    "given_up": Words("您取消了查询。", "You cancelled the question."),
    "too_slow": Words("查询用时太长，请缩小范围。", "The question took too long. Narrow it."),
    "failed": Words("查询没有完成，请再试一次。", "The question was not finished. Try again."),
}
REFUSED = Words("部门没有同意这样读取。", "The department does not let this be read.")

ENGINES = {
    "duckdb": Words(
        "答案由本机的 DuckDB 从下面各部门给出的行算出。", "DuckDB, here, worked out the answer from these rows:"
    ),
    "spark": Words(
        "答案由 Spark 集群从下面各部门给出的行算出。", "The Spark cluster worked out the answer from these rows:"
    ),
}
"""What worked out an answer from the rows that departments gave."""


def why(code: str) -> Words:
    return WHY.get(code) or (REFUSED if code.startswith("gateway_") else WHY["failed"])


def method_words(method: Mapping[str, Any], rows: int) -> list[Words]:
    """How an owner made the figures of an answer (`reading.Method` as it is kept), in sentences."""
    return _exact_words(method, rows) if method["people"] else _noise_words(method)


def _exact_words(method: Mapping[str, Any], rows: int) -> list[Words]:
    few, withheld = fewer_words(method["people"], Subject(method["subject"])), method["withheld"]
    found = [
        Words(
            f"数字由数据所有部门自己算出，准确；{few.zh}的组不显示。",
            f"The owner worked out the figures; they are exact. Groups of {few.en} are not shown.",
        )
    ]
    if withheld:
        found.append(
            Words(
                f"没有显示的组：{withheld} 个。为了不能用总数倒推，其中可能有较大的组。",
                f"Groups not shown: {withheld}. Larger ones may be among them, or totals would give small ones away.",
            )
        )
    elif not rows:
        found.append(Words(f"符合条件的{few.zh}，或者没有。", f"Those that fit are {few.en}, or none."))
    return found


def _noise_words(method: Mapping[str, Any]) -> list[Words]:
    found = [
        Words(
            "数字由数据所有部门自己算出，加了噪声（差分隐私），看不出任何单独一个。",
            "The owner worked out the figures and added noise (differential privacy): no single one shows in them.",
        ),
        *(_off_words(column, most) for column, most in method["within"].items()),
    ]
    if len(method["within"]) > 1:
        found.append(Words("每次少问几个数，误差就小。", "Fewer figures at a time have less noise."))
    yearly = method["renewed"] == "yearly"
    left, budget, cost = method["left"], method["budget"], method["epsilon"]
    rest = Words(
        f"您部门{'今年' if yearly else ''}在这个产品上还剩 ε {left}，共 {budget}。",
        f"Your department has ε {left} of {budget} left for this product{' this year' if yearly else ''}.",
    )
    if method["again"]:
        paid = Words("这个问题以前问过：答案相同，不再花费。", "This was asked before: the same answer, for nothing.")
    else:
        paid = Words(f"这次查询用了 ε {cost}。", f"This question cost ε {cost}.")
    return [*found, Words(f"{paid.zh}{rest.zh}", f"{paid.en} {rest.en}")]


def _off_words(column: str, most: float | None) -> Words:
    if most is None:
        return Words(
            f"{column}：人太少，噪声会盖过平均数，所以是空的", f"{column}: empty, noise drowns means of so few"
        )
    return Words(
        f"{column}：±{most}（100 次里约 95 次误差不超过这个数）",
        f"{column}: ±{most} (in about 95 of 100 cases it is off by no more)",
    )

"""Why a question has no answer, and what the officer can do about it."""

from __future__ import annotations

from yiwang.foundation.kernel.text import Words

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
    "statistics_only": Words("这个产品只给统计，不给单行。", "This product gives statistics only, no single rows."),
    "growth": Words("这样会生成太多数据。", "This would make too much data."),
    "meaning": Words("这样写意思不对，请检查类型。", "This does not make sense. Check the kinds of the fields."),
    "value": Words("这个值不对，请检查写法。", "This value cannot be used. Check how it is written."),
    "memory": Words("查询用的内存太多，请缩小范围。", "The question needs too much memory. Narrow it."),
    "statistic": Words("统计的写法不对。", "The statistic is not written correctly."),
    "budget_spent": Words("这个产品的隐私预算已用完。", "The privacy budget of this product is spent."),
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


def why(code: str) -> Words:
    return WHY.get(code) or (REFUSED if code.startswith("gateway_") else WHY["failed"])

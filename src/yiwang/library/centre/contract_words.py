"""What a contract's own words mean to people: share classes, levels, kinds of field, rules."""

from __future__ import annotations

from datetime import timedelta

from yiwang.foundation.kernel.text import Words
from yiwang.library.gateways.contract import Level, Product, QualityRule, Sharing, Statistics, Subject
from yiwang.library.gateways.statistic import off_by

SHARING = {
    Sharing.UNCONDITIONAL: Words("无条件共享", "Shared without condition"),
    Sharing.CONDITIONAL: Words("有条件共享", "Shared on conditions"),
    Sharing.WITHHELD: Words("不予共享", "Not shared"),
}
LEVELS = {
    Level.GENERAL: Words("一般数据", "General"),
    Level.IMPORTANT: Words("重要数据", "Important"),
    Level.CORE: Words("核心数据", "Core"),
}
KINDS = {
    "text": Words("文字", "Text"),
    "long_text": Words("长文字", "Long text"),
    "integer": Words("整数", "Whole number"),
    "decimal": Words("小数", "Number"),
    "boolean": Words("是或否", "Yes or no"),
    "date": Words("日期", "Date"),
    "moment": Words("时刻", "Moment"),
    "choice": Words("代码", "Code"),
    "choices": Words("多个代码", "Several codes"),
    "resident_id": Words("身份证号", "Identity number"),
    "uscc": Words("统一社会信用代码", "Unified social credit code"),
    "phone": Words("电话", "Telephone"),
    "address": Words("地址", "Address"),
    "money": Words("金额（分）", "Money (fen)"),
}
RULES = {
    "required": Words("不能为空", "Not empty"),
    "unique": Words("不能重复", "No value twice"),
    "one_of": Words("在代码表内", "One of the codes"),
    "valid": Words("格式正确", "Well-formed"),
    "fresh": Words("按时更新", "Up to date"),
    "feel": Words("符合条件", "Meets the condition"),
}
UNSAID = {
    "required": RULES["required"],
    "choice": RULES["one_of"],
    "identifier": RULES["valid"],
    "kind": Words("内容合乎类型", "Of its kind"),
    "key": Words("记录不重复", "No record twice"),
    "fresh": RULES["fresh"],
}
"""What every contract promises without saying so (`gateways.quality`), by the first word of the rule's name."""


_COUNTED = {
    Subject.PERSON: ("人", "persons"),
    Subject.ENTERPRISE: ("家企业", "enterprises"),
    Subject.NONE: ("行", "rows"),
}


def kind_words(kind: object) -> Words:
    return KINDS.get(str(kind), Words(str(kind), str(kind)))


def rule_words(rule: QualityRule, field: Words | None) -> Words:
    """A quality rule as a sentence: its own words where the contract gives them."""
    if rule.words is not None:
        return rule.words
    said = RULES.get(rule.kind, Words(rule.kind, rule.kind))
    if field is None:
        return said
    return Words(f"{field.zh}：{said.zh}", f"{field.en}: {said.en}")


def unsaid_words(key: str, product: Product) -> Words:
    """A rule that every contract makes, as a sentence: `required.name` is "姓名：不能为空"."""
    kind, _dot, name = key.partition(".")
    said, field = UNSAID.get(kind, Words(key, key)), product.by_name.get(name)
    if field is None:
        return said
    return Words(f"{field.words.zh}：{said.zh}", f"{field.words.en}: {said.en}")


def statistics_words(product: Product) -> Words:
    """How figures are told to those who may see no row."""
    how = product.statistics or Statistics()
    if how.privacy is None:
        few = fewer_words(how.people, product.subject)
        return Words(f"准确的数字，{few.zh}的组不显示", f"exact figures; groups of {few.en} are not shown")
    each, budget = f"{how.privacy.epsilon.normalize():f}", f"{how.privacy.budget.normalize():f}"
    off = off_by(how.privacy.rows_each, float(how.privacy.epsilon))
    questions = how.privacy.budget // how.privacy.epsilon
    yearly = how.privacy.renewed == "yearly"
    return Words(
        f"带噪声的数字，看不出任何单独一个：计数误差一般不超过 ±{off}，"
        f"每个部门{'每年' if yearly else '总共'}可问 {questions} 次（差分隐私，每次 ε {each}，共 {budget}）",
        f"figures with noise, in which no single one shows: a count is rarely off by more than ±{off}, and each "
        f"department may ask {questions} questions{' a year' if yearly else ''} "
        f"(differential privacy, ε {each} each, {budget} in all)",
    )


def fewer_words(people: int, subject: Subject) -> Words:
    """A group that is too small to be told of."""
    zh, en = _COUNTED[subject]
    return Words(f"不足 {people} {zh}", f"fewer than {people} {en}")


def span_words(span: timedelta) -> Words:
    hours = int(span.total_seconds() // 3600)
    if hours and hours % 24 == 0:
        days = hours // 24
        return Words(f"{days} 天", f"{days} day{'' if days == 1 else 's'}")
    return Words(f"{hours} 小时", f"{hours} hour{'' if hours == 1 else 's'}")

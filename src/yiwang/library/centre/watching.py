"""The access logs of an officer's own departments, as their steward reads them."""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.text import Words
from yiwang.library.centre import following, gateways, permissions, queries
from yiwang.library.centre.models import FollowedLog
from yiwang.library.gateways.access import AccessRecord
from yiwang.library.gateways.gateway import Offline

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class AccessLine:
    """A record with its words. `refused` says why nothing was read; None where something was."""

    record: AccessRecord
    title: Words
    fields: tuple[Words, ...]
    post: Words
    purpose: Words
    refused: Words | None


REFUSED = {
    "no_grant": Words("没有这项授权", "no such grant"),
    "expired": Words("授权已到期", "the grant had ended"),
    "wrong_purpose": Words("目的和授权不符", "not the purpose of the grant"),
    "case_needed": Words("没有写明为哪件事", "no case was named"),
    "field": Words("字段不在授权里", "a field that is not granted"),
    "statistics_only": Words("授权只给统计", "statistics only are granted"),
    "withheld": Words("数据不予共享", "the data are not shared"),
    "consent": Words("没有本人同意", "the person had not agreed"),
    "signature": Words("签名无效", "the signature was not valid"),
}
"""Why an attempt was refused, by code; for the owner's steward."""


@dataclass(frozen=True, slots=True)
class LogView:
    """One page of a department's log, newest first; `older` is where the page before begins, 0 for none.

    `problem` says that the log does not continue what the centre has seen of it (RFC 6962 consistency).
    """

    department: str
    name: Words
    offline: bool
    size: int = 0
    root: str = ""
    problem: str = ""
    records: tuple[AccessLine, ...] = ()
    older: int = 0


def logs(by: Actor, department: str = "", before: int = 0) -> tuple[LogView, ...]:
    """Of each department whose steward or head the officer is; `before` pages back in the one named."""
    return tuple(
        _log(each, before if each == department else 0)
        for each in sorted(permissions.stewards(by))
        if each in gateways.departments()
    )


def _log(department: str, before: int) -> LogView:
    name = directory.post_name(f"{department}/*")
    try:
        gateway = gateways.gateway(department)
        FollowedLog.objects.get_or_create(department=department)
        head = following.check_head(department, gateway)
        end = min(before, head.size) if before else head.size
        start = max(0, end - PER_PAGE)
        records = gateway.accesses(after=start, limit=end - start) if end > start else ()
    except Offline:
        return LogView(department, name, offline=True)
    problem = FollowedLog.objects.values_list("problem", flat=True).get(department=department)
    lines = tuple(line(record) for record in reversed(records) if record.position < end)
    return LogView(department, name, False, head.size, head.root.hex(), problem, lines, start)


def line(record: AccessRecord) -> AccessLine:
    try:
        fields = queries.product(record.product).by_name
    except queries.NoSuchProduct:
        fields = {}
    return AccessLine(
        record=record,
        title=queries.title_of(record.product),
        fields=tuple(fields[each].words if each in fields else Words(each, each) for each in record.fields),
        post=queries.consumer_words(record.asker.post),
        purpose=queries.purpose_words(record.asker.purpose),
        refused=REFUSED.get(record.refused, REFUSED["no_grant"]) if record.refused else None,
    )

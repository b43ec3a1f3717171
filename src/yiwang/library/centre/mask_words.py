"""What a mask does to a field, in words a colleague would use."""

from __future__ import annotations

from yiwang.foundation.kernel.text import Words
from yiwang.library.gateways.grant import Mask, MaskKind

OPTIONS = {
    "clear": Words("原样", "As it is"),
    "month": Words("只到月", "Month only"),
    "year": Words("只到年", "Year only"),
    "tens": Words("取整到十", "Down to tens"),
    "hundreds": Words("取整到百", "Down to hundreds"),
    "thousands": Words("取整到千元", "Down to thousands of yuan"),
    "first": Words("只留第一个字", "First character only"),
    "hash": Words("换成代号，只能比对是否相同", "A code that only tells whether two are the same"),
    "withheld": Words("不给值", "Withheld"),
}
"""The ways in which the request form lets a field be asked for (`sharing.masks_for`)."""


def words_of(mask: Mask) -> Words:
    if mask.kind is MaskKind.NONE:
        return OPTIONS["clear"]
    if mask.kind is MaskKind.NULL:
        return OPTIONS["withheld"]
    if mask.kind is MaskKind.HASH:
        return OPTIONS["hash"]
    if mask.kind is MaskKind.PARTIAL:
        return Words(
            f"留前 {mask.keep_first} 位、后 {mask.keep_last} 位，其余换成 *",
            f"First {mask.keep_first} and last {mask.keep_last} characters, the others *",
        )
    if mask.unit:
        return OPTIONS[mask.unit]
    if mask.step:
        return Words(f"取整到 {mask.step}", f"Down to multiples of {mask.step}")
    return Words(f"只留前 {mask.keep_first} 位", f"First {mask.keep_first} characters only")

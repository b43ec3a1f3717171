"""Why something with a draft or an application did not happen, in words for the person who tried."""

from __future__ import annotations

from datetime import datetime

from yiwang.foundation.directory.queries import Gap
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ui.wording import last_day
from yiwang.service.applications.progress import Missing


class NoSuchDraft(LookupError):
    """There is no such draft, or it is somebody else's: nobody is told which."""


class NoSuchApplication(LookupError):
    """There is no such application, or it is somebody else's: nobody is told which."""


class NotAsked(LookupError):
    """The situation does not ask for this answer, material or promise (any more)."""


class AlreadySubmitted(Exception):
    """The draft has become the case `number`."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class DraftChanged(Exception):
    """The draft changed since this person looked (HTTP 409); `version` is what it is now."""

    def __init__(self, version: int) -> None:
        super().__init__(str(version))
        self.version = version


class Incomplete(Exception):
    """The draft cannot be submitted yet: `missing` says what is left to do."""

    def __init__(self, missing: tuple[Missing, ...]) -> None:
        super().__init__(", ".join(f"{each.kind} {each.key}" for each in missing))
        self.missing = missing


class NotPossible(Exception):
    """It cannot be done as things stand. `code` is for programs, `words` for people, `field` names what to change."""

    def __init__(self, code: str, words: Words, field: str = "") -> None:
        super().__init__(words.en)
        self.code = code
        self.words = words
        self.field = field


def not_declared() -> NotPossible:
    words = Words("请先勾选“以上内容真实”，再提交。", "Tick “All of this is true” before you submit.")
    return NotPossible("not_declared", words, "declared")


def not_vouched() -> NotPossible:
    return NotPossible(
        "not_vouched",
        Words(
            "代填的申请要本人签字，或者用验证码确认，才能提交。",
            "What a clerk fills in is sent only once the applicant has signed it or confirmed it by a code.",
        ),
        "signature",
    )


def identity_unknown() -> NotPossible:
    return NotPossible(
        "identity_unknown",
        Words(
            "您的账号还没有身份证号，不能提交。请带身份证到任一窗口核实。",
            "Your account has no identity number yet. Bring your identity card to any service window to have it added.",
        ),
    )


def not_for_this_enterprise(name: str) -> NotPossible:
    return NotPossible(
        "not_for_this_enterprise",
        Words(
            f"您只能为{name}办事，请填它的信用代码。",
            f"You may act for {name} only: give its credit code, or apply for yourself.",
        ),
        "enterprise.uscc",
    )


def identity_level(gap: Gap) -> NotPossible:
    needs, how = gap.needs.name, gap.needs.how
    return NotPossible(
        "identity_level",
        Words(
            f"这件事要“{needs.zh}”的身份，您现在是“{gap.has.name.zh}”。{how.zh}核实后再提交，填的都在。",
            f"This needs the identity level “{needs.en}”; yours is “{gap.has.name.en}”. {how.en} Nothing is lost.",
        ),
        "identity",
    )


def promise_barred(until: datetime) -> NotPossible:
    day = last_day(until)
    return NotPossible(
        "promise_barred",
        Words(
            f"之前有一次承诺查实不属实，{day:%Y-%m-%d}前请按普通程序办。",
            f"A promise was found false before: until {day:%Y-%m-%d} please go the ordinary way.",
        ),
        "signed",
    )


def too_many_files(most: int) -> NotPossible:
    return NotPossible(
        "too_many_files",
        Words(
            f"一份材料最多 {most} 个文件。请先删去不要的，或合成一个 PDF。",
            f"A material takes at most {most} files. Remove some, or join them in one PDF.",
        ),
        "file",
    )


def wrong_media(accepted: Words) -> NotPossible:
    return NotPossible(
        "wrong_media",
        Words(f"这份材料要 {accepted.zh} 格式的文件。", f"This material must be one of: {accepted.en}."),
        "file",
    )


def no_such_document() -> NotPossible:
    words = Words("没有这份文件，请重新上传。", "There is no such document. Upload it again.")
    return NotPossible("no_such_document", words, "materials")


def parts_change() -> NotPossible:
    return NotPossible(
        "parts_change",
        Words(
            "这样改，要办的事项就变了，不能算补正。请撤回，再重新申请。",
            "This answer calls for other matters, which a correction cannot add. Withdraw and apply anew.",
        ),
    )

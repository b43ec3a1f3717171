"""Why something at a window did not happen, in words for the clerk."""

from __future__ import annotations

from yiwang.foundation.kernel.text import Words


class NoSuchVisit(LookupError):
    """There is no such visit, or it is at another window: nobody is told which."""


class NoSuchHall(LookupError):
    """There is no such hall, or it makes no appointments."""


class NoSuchAppointment(LookupError):
    """There is no such appointment, or it is somebody else's."""


class NotPossible(Exception):
    """It cannot be done as things stand. `code` is for programs, `words` for people, `field` names what to change."""

    def __init__(self, code: str, words: Words, field: str = "") -> None:
        super().__init__(words.en)
        self.code, self.words, self.field = code, words, field


NO_SUCH_WINDOW = NotPossible(
    "no_such_window", Words("没有这个窗口，请重新选", "There is no such window. Choose another"), "window"
)
WINDOW_TAKEN = NotPossible(
    "window_taken", Words("这个窗口有人，请换一个", "Somebody sits at this window. Choose another"), "window"
)
NO_WINDOW = NotPossible("no_window", Words("请先开窗", "Open your window first"))
STILL_SERVED = NotPossible(
    "still_served", Words("还有人在办，请先结束这次接待", "Somebody is being served. End their visit first")
)
CARD_NOT_SEEN = NotPossible(
    "card_not_seen", Words("请看过身份证，再勾选", "Look at the identity card, then tick this"), "card_seen"
)
COME_TO_A_WINDOW = NotPossible(
    "come_to_a_window",
    Words(
        "姓名、证件号对不上已核实的手机。请来电人带身份证到任一窗口",
        "No confirmed phone goes with this name and number. Ask the caller to come to any window with their card",
    ),
    "resident_id",
)
NOT_CONFIRMED = NotPossible("not_confirmed", Words("请先用验证码确认来电人", "Confirm by a code first who is calling"))
VISIT_OVER = NotPossible(
    "visit_over", Words("这次接待已结束，请重新接待", "This visit is over. Welcome the person again")
)
NO_TEXTS = NotPossible(
    "no_texts", Words("本市没有开通短信，不能电话申办", "This city sends no text messages: nothing is done by phone")
)
TOO_SOON = NotPossible("too_soon", Words("刚发过一条，请过一分钟再发", "A code was just sent. Wait a minute"), "code")
TOO_MANY_CODES = NotPossible(
    "too_many_codes", Words("这次通话发得太多，请来电人到窗口办", "Too many codes in this call. Use a window"), "code"
)
WRONG_CODE = NotPossible(
    "wrong_code",
    Words("验证码不对、过期或内容已改，请重发", "Wrong or expired code, or something was changed. Send a new one"),
    "code",
)
NOT_SIGNED = NotPossible(
    "not_signed",
    Words("请让本人签字，或上传纸上的签字", "Let the applicant sign, or upload the signed paper"),
    "signature",
)
NOTHING_TO_HAND_OUT = NotPossible("nothing_to_hand_out", Words("没有待领的结果", "There is no result to hand out"))
TRACKING_MISSING = NotPossible("tracking_missing", Words("邮寄要填快递单号", "Write the carrier's number"), "tracking")

WHO_ARE_YOU = NotPossible(
    "who_are_you", Words("请先核实身份，再预约", "Verify who you are first, then make an appointment"), "at"
)
NO_SUCH_TIME = NotPossible(
    "no_such_time", Words("请从列出的时间里选一个", "Choose one of the times that are listed"), "at"
)
NO_PLACE = NotPossible("no_place", Words("这个时间约满了，请选别的", "This time is taken. Choose another"), "at")
APPOINTED = NotPossible(
    "appointed", Words("您在这个大厅已有预约，请先改期或取消", "You have an appointment here. Move or cancel it"), "at"
)
BEGUN = NotPossible(
    "begun", Words("约好的时间已到，不能再改或取消", "The time has come: it can be moved or cancelled no longer"), "at"
)


def missed_often(until: Words) -> NotPossible:
    """Whoever stays away often makes no appointments for a while."""
    zh = f"您爽约了三次，{until.zh} 之后才能预约；不预约也能来"
    en = f"You stayed away three times. You can make appointments again after {until.en}, and come without one"
    return NotPossible("missed_often", Words(zh, en), "at")

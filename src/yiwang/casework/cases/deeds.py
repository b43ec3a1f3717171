"""The officer's buttons: for each verb its form, the letter that presses it, and how the form becomes the deed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yiwang.casework.cases import actions, forms, hearings
from yiwang.casework.cases.record import PartRef, TaskRef
from yiwang.foundation.directory.actor import Actor


@dataclass(frozen=True, slots=True)
class Deed:
    """`key`: the letter on the desk; `plain`: done by the button itself, without a form of its own."""

    verb: str
    label: Promise | str
    form: type[django_forms.Form]
    key: str
    do: Callable[[Any, dict[str, Any], Actor, Any], object]
    plain: bool = False
    danger: bool = False


def _decide(ref: PartRef, data: dict[str, Any], by: Actor, form: Any) -> object:
    granted = data["granted"] == "yes"
    return actions.decide(ref, granted, data["reason"], by=by, facts=form.created() if granted else {})


def _accept(ref: PartRef, data: dict[str, Any], by: Actor, form: Any) -> object:
    return actions.accept(ref, by=by)


def _note(ref: PartRef, data: dict[str, Any], by: Actor, form: Any) -> object:
    return actions.note(ref, data["text"], by=by)


PART_DEEDS: dict[str, Deed] = {
    deed.verb: deed
    for deed in (
        Deed("accept", _("Accept"), forms.Seen, "A", _accept, plain=True),
        Deed(
            "request_correction",
            _("Ask for corrections"),
            forms.Correction,
            "C",
            lambda ref, data, by, form: actions.request_correction(ref, data["items"], by=by),
        ),
        Deed(
            "refuse_acceptance",
            _("Refuse acceptance"),
            forms.Reason,
            "R",
            lambda ref, data, by, form: actions.refuse_acceptance(ref, data["reason"], by=by),
            danger=True,
        ),
        Deed(
            "transfer",
            _("Pass to another office"),
            forms.Transfer,
            "P",
            lambda ref, data, by, form: actions.transfer(ref, data["place"], data["reason"], by=by),
        ),
        Deed("decide", _("Decide"), forms.Decision, "D", _decide),
        Deed(
            "start_special_procedure",
            _("Start a special procedure"),
            forms.Procedure,
            "S",
            lambda ref, data, by, form: actions.start_special_procedure(ref, data["procedure"], data["told"], by=by),
        ),
        Deed(
            "end_special_procedure",
            _("Record its result"),
            forms.Result,
            "E",
            lambda ref, data, by, form: actions.end_special_procedure(ref, data["result"], by=by),
        ),
        Deed(
            "extend",
            _("Extend the legal limit"),
            forms.Reason,
            "X",
            lambda ref, data, by, form: actions.extend(ref, data["reason"], by=by),
        ),
        Deed(
            "deliver",
            _("Hand over the result"),
            forms.Delivery,
            "H",
            lambda ref, data, by, form: actions.deliver(ref, data["means"], by=by),
        ),
        Deed(
            "take_fee",
            _("Record the fee"),
            forms.Fee,
            "M",
            lambda ref, data, by, form: actions.take_fee(ref, data["receipt"], by=by),
        ),
        Deed(
            "revoke",
            _("Revoke"),
            forms.Reason,
            "V",
            lambda ref, data, by, form: actions.revoke(ref, data["reason"], by=by),
            danger=True,
        ),
        Deed(
            "call_hearing",
            _("Call a hearing"),
            forms.HearingCall,
            "U",
            lambda ref, data, by, form: hearings.call(
                ref, form.moment(), data["place"], data["subject"], data["chair"], by=by
            ),
        ),
        Deed(
            "decline_hearing",
            _("Decline the hearing"),
            forms.Reason,
            "",
            lambda ref, data, by, form: hearings.decline(ref, data["reason"], by=by),
        ),
        Deed(
            "cancel_hearing",
            _("Cancel the hearing"),
            forms.Reason,
            "",
            lambda ref, data, by, form: hearings.cancel(ref, data["reason"], by=by),
            danger=True,
        ),
        Deed(
            "record_minutes",
            _("Record the minutes"),
            forms.Minutes,
            "M",
            lambda ref, data, by, form: hearings.record_minutes(
                ref,
                data["minutes"],
                attended=data["attended"] == "yes",
                signed=data["signed"] == "yes",
                by=by,
            ),
        ),
        Deed("note", _("Add a note"), forms.Note, "N", _note),
    )
}


def _pick(ref: TaskRef, data: dict[str, Any], by: Actor, form: Any) -> object:
    return actions.pick(ref, by=by)


TASK_DEEDS: dict[str, Deed] = {
    deed.verb: deed
    for deed in (
        Deed("pick", _("Take it"), forms.Seen, "T", _pick, plain=True),
        Deed(
            "complete",
            _("Mark as done"),
            forms.Completion,
            "F",
            lambda ref, data, by, form: actions.complete(ref, by=by, words=data["words"]),
        ),
        Deed(
            "assign",
            _("Assign"),
            forms.Assignment,
            "G",
            lambda ref, data, by, form: actions.assign(ref, data["officer"], by=by),
        ),
        Deed(
            "hand_over",
            _("Hand over"),
            forms.HandOver,
            "O",
            lambda ref, data, by, form: actions.hand_over(ref, data["post"], data["reason"], by=by),
        ),
    )
}

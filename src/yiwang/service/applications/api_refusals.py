"""How the API says no: each refusal of the package, and of those below it, with its status and words."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.utils.translation import gettext as _
from ninja import Status

from yiwang.casework.cases.refusals import Changed, NoSuchCase
from yiwang.casework.cases.refusals import NotPossible as CaseNotPossible
from yiwang.foundation.directory.mandates import NoSuchMandate
from yiwang.foundation.kernel.text import UnacceptableText
from yiwang.foundation.ledger.idempotency import KeyReused
from yiwang.foundation.ui.language import said
from yiwang.service.applications.api_shapes import ApplicationProblem, MissingOut, WrongOut
from yiwang.service.applications.refusals import (
    AlreadySubmitted,
    DraftChanged,
    Incomplete,
    NoSuchApplication,
    NoSuchDraft,
    NotAsked,
    NotPossible,
)
from yiwang.service.catalogue import queries as catalogue

Operation = Callable[..., Any]


class WrongAnswers(Exception):
    """Some of the answers sent cannot be answers; each is named."""

    def __init__(self, wrong: list[WrongOut]) -> None:
        super().__init__(len(wrong))
        self.wrong = wrong


def refusing(operation: Operation) -> Operation:
    """Answer refusals with their words: 404 what is not there or not yours, 409 what changed, 422 what is wrong."""

    @wraps(operation)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        try:
            return operation(*arguments, **named)
        except tuple(_ANSWERS) as refused:
            return next(_ANSWERS[kind](refused) for kind in type(refused).__mro__ if kind in _ANSWERS)

    # Annotations are text: ninja would look for their names here, not where the operation stands.
    wrapped.__signature__ = inspect.signature(operation, eval_str=True)  # type: ignore[attr-defined]
    return wrapped


def refusal(status: int, code: str, detail: str, **more: Any) -> Status:
    return Status(status, ApplicationProblem(code=code, detail=detail, **more))


def _gone(refused: Any) -> Status:
    return refusal(404, "not_found", _("There is no such thing, or it is not yours."))


def _no_mandate(refused: Any) -> Status:
    detail = _("You have no such mandate in force that reaches this service.")
    return refusal(422, "no_such_mandate", detail, field="mandate")


def _no_service(refused: Any) -> Status:
    return refusal(404, "no_such_service", _("We have no such service."), field="code")


def _not_asked(refused: NotAsked) -> Status:
    detail = _("This service does not ask for “%(name)s”.") % {"name": refused}
    return refusal(422, "not_asked", detail, field=str(refused))


def _draft_changed(refused: DraftChanged) -> Status:
    return refusal(409, "changed", _("The draft was changed meanwhile. Read it anew."), version=refused.version)


def _submitted(refused: AlreadySubmitted) -> Status:
    return refusal(409, "already_submitted", _("The draft was submitted already."), number=refused.number)


def _key_reused(refused: KeyReused) -> Status:
    detail = _("This Idempotency-Key came before with another body. Choose a new one.")
    return refusal(409, "key_reused", detail, field="Idempotency-Key")


def _case_changed(refused: Changed) -> Status:
    return refusal(409, "changed", _("Something happened meanwhile. Read the application anew."))


def _incomplete(refused: Incomplete) -> Status:
    missing = [MissingOut.of(each) for each in refused.missing]
    return refusal(422, "incomplete", _("Something is still missing."), missing=missing)


def _wrong(refused: WrongAnswers) -> Status:
    return refusal(422, "wrong_answers", _("Some answers cannot be right."), wrong=refused.wrong)


def _not_possible(refused: NotPossible) -> Status:
    return refusal(422, refused.code, said(refused.words), field=refused.field or None)


def _case_not_possible(refused: CaseNotPossible) -> Status:
    return refusal(409, refused.code, said(refused.words))


def _unacceptable(refused: UnacceptableText) -> Status:
    return refusal(422, refused.reason, said(refused.words))


_ANSWERS: dict[type[Exception], Callable[[Any], Status]] = {
    NoSuchDraft: _gone,
    NoSuchMandate: _no_mandate,
    NoSuchApplication: _gone,
    NoSuchCase: _gone,
    catalogue.NotPublished: _no_service,
    NotAsked: _not_asked,
    DraftChanged: _draft_changed,
    AlreadySubmitted: _submitted,
    KeyReused: _key_reused,
    Changed: _case_changed,
    Incomplete: _incomplete,
    WrongAnswers: _wrong,
    NotPossible: _not_possible,
    CaseNotPossible: _case_not_possible,
    UnacceptableText: _unacceptable,
}

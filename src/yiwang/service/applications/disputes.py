"""The applicant says that a department's record is wrong: they answer otherwise, and the owner is asked to look."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.text import canonical
from yiwang.foundation.kernel.time import now
from yiwang.foundation.ui.language import language
from yiwang.library.centre import corrections
from yiwang.library.centre.corrections import Wrong
from yiwang.service.applications import answers, asking, drafts, lookups, refusals
from yiwang.service.applications.answers import Answer
from yiwang.service.applications.drafts import OpenDraft
from yiwang.service.applications.known import Dispute
from yiwang.service.applications.models import Draft
from yiwang.service.applications.models import LookUp as LookUpRow


def dispute(draft_id: UUID, element: str, said: Answer, words: str = "", *, by: Actor, seen: int | None = None) -> str:
    """Answer otherwise than the record and open its correction; returns the correction's number.

    Raises NotAsked (nothing is known of the element), UnacceptableText, NoSuchDraft, AlreadySubmitted, DraftChanged.
    """
    own_words = canonical(words, multiline=True, max_length=corrections.LONGEST)
    number = ""

    def alter(draft: OpenDraft, row: Draft) -> None:
        nonlocal number
        known = draft.progress.known.get(element)
        question = draft.progress.question(element)
        product = asking.product_of(known.lookup) if known is not None else None
        if known is None or question is None or product is None:
            raise refusals.NotAsked(element)
        named = product.by_name[known.lookup.elements[element]]
        shown = [answers.shown(question.element, value, language()) for value in (known.value, said)]
        case = corrections.ask_for_correction(Wrong(product, named, shown[0], shown[1], own_words), by=by)
        number = case.number
        one = Dispute(said, known.value, now(), number)
        for each in draft.told.lookups:
            if each.product == known.lookup.product and element in each.elements:
                changed = replace(each, disputes={**each.disputes, element: one})
                LookUpRow.objects.filter(pk=each.id).update(disputed=lookups.columns(changed)["disputed"])
        row.answers[element] = said

    drafts.change(draft_id, by, alter, seen=seen)
    return number

"""Ask once: what the city's departments hold is looked up, not asked (一数一源, 免交).

Looked up is what the situation asks now and nobody has answered yet, each element and material by the posts that will
decide on it, of the applicant and of nobody else; for who acts under a mandate only where it says so. What comes is
kept with the draft and answers its questions; every value is shown with its source and may be disputed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from yiwang.foundation.directory import mandates
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.directory.queries import Identity
from yiwang.foundation.kernel.time import now
from yiwang.foundation.standards.elements import Element
from yiwang.library.centre import consents, gateways, in_force
from yiwang.library.centre.facts import Question, Wanted, facts_of, questions_for
from yiwang.library.centre.in_force import InForce
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.contract import Subject as About
from yiwang.service.applications import drafts, identity, lookups, refusals
from yiwang.service.applications.drafts import OpenDraft
from yiwang.service.applications.known import NONE_OF_THEM, LookUp, State, Told, readable, same_row
from yiwang.service.applications.models import Draft
from yiwang.service.applications.models import LookUp as LookUpRow
from yiwang.service.applications.progress import Progress
from yiwang.service.catalogue.looked_up import PURPOSE, posts_of
from yiwang.service.catalogue.service import MaterialStatus, elements_of

ENTERPRISE = "enterprise.uscc"
"""The element that names an enterprise."""
ROUNDS = 3
"""An answer from the library may lead to further questions, whose answers are looked up at once."""
STALE = timedelta(days=1)
"""A draft's look-up is repeated after this long, or after the product's own freshness where that is shorter."""
TRY_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True)
class Subject:
    """The person who applies, what they agreed to, the case that the owners' logs will name, and what is in force while
    they are served. `at_once`: their answers came all together, and are held against what departments have."""

    person: Identity
    consents: Mapping[str, bool]
    asked_as: str
    actor: str
    library: InForce
    at_once: bool = False


def look_up(draft_id: UUID, *, by: Actor) -> None:
    """Look up what the draft's situation asks and nobody has told yet. Raises NoSuchDraft, AlreadySubmitted."""
    if not gateways.departments():
        return
    draft = drafts.read(draft_id, by)
    subject = _subject(draft, by)
    if subject is None or draft.corrects:
        return
    found, answers = ask(draft.progress, subject)
    told = found.papers.told
    if told is draft.told:
        return

    def alter(current: OpenDraft, row: Draft) -> None:
        kept = {each.id for each in told.lookups}
        LookUpRow.objects.filter(draft=draft_id).exclude(pk__in=kept).delete()
        LookUpRow.objects.bulk_create(
            LookUpRow(draft_id=draft_id, asked_as=subject.asked_as, **lookups.columns(each))
            for each in told.lookups
            if not each.id
        )
        for code, value in answers.items():
            if current.answers.get(code) != draft.answers.get(code):
                continue
            if value is None:
                row.answers.pop(code, None)
            else:
                row.answers[code] = value

    drafts.change(draft_id, by, alter)


def consent(draft_id: UUID, agreed: Mapping[str, bool], *, by: Actor, seen: int | None = None) -> int:
    """Say for each product whether it may be read; "no" leaves the question to the person. Raises NotAsked."""

    def alter(draft: OpenDraft, row: Draft) -> None:
        wanted = {each.product.reference for each in wanted_consents(draft, by, decided=True)}
        if not set(agreed) <= wanted | set(draft.consents):
            raise refusals.NotAsked(", ".join(agreed))
        row.consents = {**draft.consents, **agreed}
        undone = [product for product, yes in agreed.items() if draft.consents.get(product, yes) != yes]
        for each in draft.told.lookups:
            if each.product in undone and not agreed[each.product]:
                for code, known in draft.progress.known.items():
                    if known.lookup is each and row.answers.get(code) == known.value:
                        del row.answers[code]
        declined = [product for product, yes in agreed.items() if yes]
        LookUpRow.objects.filter(draft=draft_id, product__in=[*undone, *declined]).delete()

    version = drafts.change(draft_id, by, alter, seen=seen)
    look_up(draft_id, by=by)
    return version


def choose(draft_id: UUID, product: str, chosen: int, *, by: Actor, seen: int | None = None) -> int:
    """Say which row of a product the application is about, or NONE_OF_THEM: then its questions are asked.

    Raises NotAsked.
    """

    def alter(draft: OpenDraft, row: Draft) -> None:
        offered = [each for each in draft.told.lookups if each.product == product and each.rows]
        first = next((each for each in offered if each.elements), None)
        if first is None or not NONE_OF_THEM <= chosen < len(first.rows):
            raise refusals.NotAsked(product)
        before = draft.progress.known
        after = []
        for each in draft.told.lookups:
            picked = each
            if each in offered:
                wanted = chosen if chosen < 0 or each is first else _same(each, first, chosen)
                picked = replace(each, chosen=wanted)
                LookUpRow.objects.filter(pk=each.id).update(chosen=wanted)
            after.append(picked)
        told = Told(tuple(after))
        for code, known in before.items():
            if known.lookup.product == product and row.answers.get(code) == known.value:
                del row.answers[code]
        row.answers.update(
            {
                code: known.value
                for code, known in told.known(elements_of(draft.published.service)).items()
                if known.lookup.product == product
            }
        )

    version = drafts.change(draft_id, by, alter, seen=seen)
    look_up(draft_id, by=by)
    return version


def for_whole(progress: Progress, person: Identity, agreed: Mapping[str, bool], by: Actor) -> tuple[Progress, str]:
    """What the library tells for an application that is sent at once. Of several rows the one that its answers name is
    meant; without answers that name one, none of them."""
    answers = progress.papers.answers
    if not gateways.departments() or not subject_of(person, answers):
        return progress, ""
    subject = Subject(person, agreed, f"draft:{uuid4()}", str(by), in_force.current(), at_once=True)
    elements = elements_of(progress.service)
    for _round in range(ROUNDS):
        progress, _changed = ask(progress, subject)
        told = progress.papers.told
        named = tuple(_named_by(each, answers, elements) for each in told.lookups)
        if named == told.lookups:
            break
        settled = Told(named)
        more = {code: known.value for code, known in settled.known(elements).items() if code not in answers}
        answers = {**progress.papers.answers, **more}
        progress = progress.after(answers, settled)
    return progress, subject.asked_as


def wanted_consents(draft: OpenDraft, by: Actor, *, decided: bool = False) -> tuple[Question, ...]:
    """Products that the situation would read and whose contract wants the person's agreement, each once; with
    `decided` also those about which they have said something already."""
    subject = _subject(draft, by)
    if subject is None or draft.corrects or not gateways.departments():
        return ()
    progress = draft.progress
    if decided:
        progress = progress.after(progress.papers.answers, Told())
    found: dict[str, Question] = {}
    for each in questions_for(wanted_of(progress, subject.person), PURPOSE, library=subject.library):
        reference = each.product.reference
        if each.product.consent and (decided or reference not in draft.consents):
            found.setdefault(reference, each)
    return tuple(found.values())


def ask(progress: Progress, subject: Subject) -> tuple[Progress, dict[str, Any]]:
    """The situation with what the library tells of it, round by round, and the answers that it changes (None: takes
    back)."""
    changed = dict[str, Any]()
    elements = elements_of(progress.service)
    for _round in range(ROUNDS):
        papers = progress.papers
        told = _told(progress, subject)
        told = _told_of_enterprise(progress.after(papers.answers, told), subject)
        if told is papers.told:
            break
        before, after = papers.told.known(elements), told.known(elements)
        given = {
            code: known.value
            for code, known in after.items()
            if code not in papers.answers
            or (code in before and known.dispute is None and papers.answers[code] == before[code].value)
        }
        # What was said of an enterprise that is not meant any more answers nothing.
        gone = {code for code, known in before.items() if code not in after and papers.answers.get(code) == known.value}
        changed |= {**dict.fromkeys(gone), **given}
        kept = {code: value for code, value in papers.answers.items() if code not in gone}
        progress = progress.after({**kept, **given}, told)
    return progress, changed


def represented(progress: Progress, library: InForce | None = None) -> tuple[str, str] | None:
    """Code and name of the enterprise that the application is about, where the register says that the person stands for
    it; None for one of which only they say so."""
    if not progress.papers.told.lookups:
        return None
    known = progress.papers.told.known(elements_of(progress.service)).get(ENTERPRISE)
    if known is None or known.lookup.enterprise or progress.papers.answers.get(ENTERPRISE, known.value) != known.value:
        return None
    product, row = product_of(known.lookup, library), known.lookup.row or {}
    if product is None or product.represents is None or known.lookup.elements[ENTERPRISE] != product.represents:
        return None
    named = next((row.get(each.name) for each in product.fields if each.element == "enterprise.name"), None)
    return str(known.value), str(named or "")


def _told_of_enterprise(progress: Progress, subject: Subject) -> Told:
    """What departments hold of the enterprise for which the person stands; of any other nothing is asked or kept."""
    enterprise = represented(progress, subject.library)
    told = progress.papers.told.about(enterprise[0] if enterprise else "")
    if enterprise is None:
        return told
    return _told(progress.after(progress.papers.answers, told), subject, enterprise)


def _told(progress: Progress, subject: Subject, enterprise: tuple[str, str] = lookups.PERSON) -> Told:
    """One round about the person, or about an enterprise (code and name). The same object where nothing is asked."""
    at, told = now(), progress.papers.told
    fresh = _fresh(told, at, subject.library)
    situation = progress.after(progress.papers.answers, fresh)
    wanted = wanted_of(situation, subject.person, told, at_once=subject.at_once)
    if not wanted.elements and not wanted.materials:
        return told
    agreed = [product for product, yes in subject.consents.items() if yes]
    facts = facts_of(
        enterprise[0] or subject.person.resident_id,
        wanted,
        asker(subject.person.resident_id, subject.actor, subject.asked_as, agreed),
        consented=agreed,
        of=About.ENTERPRISE if enterprise[0] else About.PERSON,
        library=subject.library,
    )
    new = [lookups.looked(each, enterprise=enterprise, agreed=each.product in agreed) for each in facts.looked]
    new += [lookups.missed(each, at, enterprise=enterprise, agreed=each.product in agreed) for each in facts.missing]
    new += [_declined(each, at) for each in facts.unasked if subject.consents.get(each.product.reference) is False]
    if not new:
        return told
    settled = [lookups.settled(each, told) for each in new]
    return Told((*(each for each in told.lookups if not _replaced(each, settled, fresh)), *settled))


def wanted_of(progress: Progress, person: Identity, before: Told | None = None, *, at_once: bool = False) -> Wanted:
    """What the situation asks and nobody has told, with the posts that will decide on it. `at_once`: also what the
    applicant says and brings, of which nobody has heard yet whether a department has it."""
    answers, told = progress.papers.answers, progress.papers.told
    from_library = before.known(elements_of(progress.service)) if before is not None else {}
    from_account = identity.known(person)
    posts = {part.key: posts_of(part.matter) for part in progress.parts}
    settled = told.settled
    elements: dict[str, tuple[str, ...]] = {}
    everybody = tuple(part.key for part in progress.parts)
    for question in progress.questions:
        code = question.element.code
        answered = code in answers and not (code in from_library and answers[code] == from_library[code].value)
        if (answered and not at_once) or code in settled or answers.get(code, "") == from_account.get(code):
            continue
        # A question that no part asks decides which parts there are.
        elements[code] = _together(posts[key] for key in progress.asking.get(code, everybody))
    brought = {part.matter.result.licence for part in progress.parts}
    materials = {
        each.material.key: _together(posts[key] for key in each.parts if key in posts)
        for each in progress.materials
        if each.material.key not in settled
        and (each.material.key not in progress.papers.brought or (at_once and each.status is MaterialStatus.EXEMPT))
        and not (each.material.licence and each.material.licence in brought)
    }
    return Wanted(elements, materials, told.tried)


def asker(resident_id: str, actor: str, case: str, agreed: Sequence[str]) -> Asker:
    """Who asks, for the owners' logs; department and post are those of the grant."""
    signed = consents.signed(resident_id, agreed, PURPOSE)
    return Asker(actor=actor, name="", department="", post="", purpose=PURPOSE, case=case, consents=signed)


def agreed_for(subject: str, case: str, purpose: str) -> frozenset[str]:
    """The products whose reading an applicant has agreed to for their application, by its case's number.

    `subject` is their identity number, or the code of the enterprise for which they stand. What was said for a draft
    holds for the application that it became, and for nothing but applications.
    """
    if purpose != PURPOSE:
        return frozenset()
    rows = LookUpRow.objects.filter(
        application__case__number=case, body__agreed=True, at__gte=now() - consents.LASTS
    ).values_list("product", "enterprise", "application__applicant__resident_id")
    return frozenset(product for product, enterprise, person in rows if subject == (enterprise or person or None))


def subject_of(person: Identity, answers: Mapping[str, Any]) -> bool:
    """Whether the application is about the applicant: nobody else's record is read for it."""
    if not person.resident_id:
        return False
    return answers.get("person.resident_id", person.resident_id) == person.resident_id


def product_of(lookup: LookUp, library: InForce | None = None) -> Product | None:
    """The contract as it is offered now, or by what a request has found in force."""
    found = (library or in_force.current()).published(lookup.product)
    return None if found is None else found.product


def _subject(draft: OpenDraft, by: Actor) -> Subject | None:
    if draft.mandate is not None and not mandates.card_of(draft.mandate).records:
        return None
    person = directory.identity_of_person(draft.applicant)
    if not subject_of(person, draft.answers):
        return None
    return Subject(person, draft.consents, f"draft:{draft.id}", str(draft.speaker(by)), in_force.current())


def _fresh(told: Told, at: datetime, library: InForce) -> Told:
    """Those look-ups that need no repetition yet; the same object where none does."""
    fresh = tuple(
        each
        for each in told.lookups
        if at - each.at < (TRY_AGAIN if each.state is State.OFFLINE else _fresh_for(each, library))
    )
    return told if len(fresh) == len(told.lookups) else Told(fresh)


def _fresh_for(lookup: LookUp, library: InForce) -> timedelta:
    if lookup.state is State.DECLINED:
        return timedelta.max
    product = product_of(lookup, library) if lookup.state is State.READ else None
    own = product.fresh_within if product is not None else None
    return min(STALE, max(own, TRY_AGAIN)) if own is not None else STALE


def _replaced(old: LookUp, new: list[LookUp], fresh: Told) -> bool:
    if old in fresh.lookups:
        return False
    return any(
        (each.product, each.enterprise) == (old.product, old.enterprise)
        and set(old.elements) <= set(each.elements)
        and set(old.materials) <= set(each.materials)
        and (each.state is State.READ or old.state is not State.READ)
        for each in new
    )


def _declined(question: Question, at: datetime) -> LookUp:
    product = question.product
    return LookUp(
        id=0,
        product=product.reference,
        title=product.title,
        department=product.department,
        post=question.post,
        state=State.DECLINED,
        elements=dict.fromkeys(question.elements, ""),
        materials=question.materials,
        at=at,
    )


def _together(posts: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(post for some in posts for post in some))


def _named_by(each: LookUp, given: Mapping[str, Any], elements: Mapping[str, Element]) -> LookUp:
    """A choice settled by the answers that were sent with it."""
    if not each.is_choice or not each.elements or each.chosen is not None:
        return each
    named = {code: name for code, name in each.elements.items() if code in given}
    fitting = [
        number
        for number, row in enumerate(each.rows)
        if named and all(readable(elements.get(code), row.get(name)) == given[code] for code, name in named.items())
    ]
    return replace(each, chosen=fitting[0] if len(fitting) == 1 else NONE_OF_THEM)


def _same(each: LookUp, first: LookUp, chosen: int) -> int | None:
    return same_row(each.rows, first.rows[chosen])

"""What is done at the centre: contracts are published and taken back, grants are asked for, given and revoked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction

from yiwang.casework.cases import actions as cases
from yiwang.casework.cases import queries as case_queries
from yiwang.casework.cases.events import ChosenPart
from yiwang.casework.cases.plan import Plan
from yiwang.casework.cases.receipt import Applicant, Receipt, receive
from yiwang.casework.cases.record import CaseRef, PartRef
from yiwang.casework.cases.state import Stage
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import MACHINE, Actor, ActorKind
from yiwang.foundation.jobs.actions import enqueue
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import now
from yiwang.foundation.places import queries as places
from yiwang.library.centre import (
    asked,
    bodies,
    granting,
    in_force,
    jobs,
    permissions,
    promises,
    queries,
    questions,
    sharing,
)
from yiwang.library.centre.models import Grant as GrantRow
from yiwang.library.centre.models import Product as ProductRow
from yiwang.library.centre.models import ProductVersion, Question, ShareRequest
from yiwang.library.centre.questions import Standing
from yiwang.library.centre.refusals import NotPermitted, NotPossible
from yiwang.library.centre.sharing import Wanted
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.grant import Grant


def publish(products: Iterable[Product]) -> tuple[str, ...]:
    """Publish contracts; the codes of those that were new or have changed. Old versions stay beside the new.

    Several majors of one product may be served at a time. Raises NotPossible where one breaks readers of the contract
    that is published under the same major.
    """
    changed: dict[str, None] = {}
    moved = False
    with transaction.atomic():
        listed = sorted(products, key=lambda product: (product.code, product.major))
        rows = ProductRow.objects.in_bulk([each.code for each in listed], field_name="code")
        for product in listed:
            body = bodies.product_body(product)
            digest = bodies.digest(body)
            row = rows.setdefault(product.code, ProductRow(code=product.code))
            last = _newest(row, product.major)
            if wrong := promises.broken(product):
                raise NotPossible("breaking", _breaks(product, wrong))
            if last is None or last.digest != digest or not row.offered:
                changed[product.code] = None
                row.department, row.offered = product.department, True
                row.name_zh, row.name_en = product.title.zh, product.title.en
                row.save()
                last = _version(row, product, body, digest)
            if row.current_id != last.pk and (row.current is None or row.current.major <= product.major):
                row.current = last
                row.save()
                moved = True
        if changed or moved:
            in_force.changed()
    return tuple(changed)


def _breaks(product: Product, changes: tuple[str, ...]) -> Words:
    said = "; ".join(changes)
    return Words(
        f"{product.reference} 的新合同会影响已有用户，请换主版本号：{said}",
        f"The new contract of {product.reference} breaks its readers. Give it a new major version: {said}",
    )


def _newest(row: ProductRow, major: int) -> ProductVersion | None:
    return ProductVersion.objects.filter(product__code=row.code, major=major).defer("body").order_by("-number").first()


def _version(row: ProductRow, product: Product, body: dict[str, object], digest: str) -> ProductVersion:
    """A further version, also where an old one said just this: the newest of a major is the one in force."""
    last = ProductVersion.objects.filter(product=row).order_by("-number").values_list("number", flat=True).first() or 0
    return ProductVersion.objects.create(
        product=row,
        number=last + 1,
        major=product.major,
        minor=product.minor,
        digest=digest,
        body=body,
        published_at=now(),
    )


def take_back(codes: Iterable[str]) -> int:
    """Offer these products no longer. Their versions stay, for the grants and accesses that speak of them."""
    with transaction.atomic():
        gone = ProductRow.objects.filter(code__in=list(codes), offered=True).update(offered=False)
        if gone:
            in_force.changed()
    return gone


def ask_to_share(wanted: Wanted, *, by: Actor) -> CaseRef:
    """Ask another department to share a product: a case opens at its data steward's.

    Raises CannotAsk (what nobody could grant, by field of the form), NotPermitted where the officer does not hold the
    post for which they ask, queries.NoSuchProduct.
    """
    if not permissions.speaks_for(by, wanted.post):
        raise NotPermitted(str(by))
    product = queries.product(wanted.product)
    grant = sharing.checked(wanted, product, queries.purposes(), now())
    by_rule = sharing.is_granted_by_rule(grant, product)
    plan = sharing.request_plan(product, by_rule=by_rule)
    with transaction.atomic():
        case = _open(sharing.REQUEST, sharing.request_title(product), plan, wanted.post, by_rule=by_rule)
        _request(case, grant, wanted.reason, by)
        if not by_rule:
            # The law of permits has an acceptance; between departments the clock simply runs from receipt.
            cases.accept(PartRef(case.number, sharing.PART), by=MACHINE)
    return case


def call_for_ruling(number: str, why: str, *, by: Actor) -> CaseRef:
    """Put a refused request to the city's data office, once (共享争议). Its ruling binds the owner.

    Raises asked.NoSuchRequest, NotPermitted, NotPossible.
    """
    request = asked.row(number, by)
    if not permissions.speaks_for(by, request.post):
        raise NotPermitted(str(by))
    office = queries.ruling_office()
    if office is None:
        raise NotPossible("no_office", Words("本市还没有指定裁决的部门。", "The city has not named who rules."))
    if request.refused_id is not None or asked.stage_of(request) is not Stage.REFUSED:
        raise NotPossible("not_refused", Words("只有被拒绝的申请才能提请裁决。", "Only a refused request is ruled on."))
    if ShareRequest.objects.filter(refused=request).exists():
        raise NotPossible("ruled_once", Words("这件申请已经提请裁决。", "A ruling has been called for already."))
    product = queries.product(request.product)
    plan = sharing.ruling_plan(product, office)
    with transaction.atomic():
        case = _open(sharing.RULING, sharing.ruling_title(product), plan, request.post, by_rule=False)
        _request(case, bodies.grant_of(request.terms), why, by, refused=request)
        cases.accept(PartRef(case.number, sharing.PART), by=MACHINE)
        cases.link(PartRef(request.case.number, sharing.PART), case.id, "ruling", by=MACHINE)
    return case


def revoke(code: str, because: str, *, by: Actor) -> None:
    """Take a grant back: its owner's data steward or head, each alone, since less is shared by it.

    Raises queries.NoSuchGrant, NotPermitted, NotPossible.
    """
    row = GrantRow.objects.filter(code=code).first()
    if row is None:
        raise queries.NoSuchGrant(code)
    if not permissions.may_revoke(by, row.owner):
        raise NotPermitted(str(by))
    if not because:
        raise NotPossible("words_missing", Words("请写明理由，对方会看到。", "Give the reason; the consumer reads it."))
    if not granting.revoke(row, because, by=by):
        raise NotPossible("revoked", Words("这项授权已经收回。", "This grant has been revoked already."))


def _open(kind: str, title: Words, plan: Plan, post: str, *, by_rule: bool) -> CaseRef:
    city = places.city()
    name = directory.post_name(post)
    return receive(
        Receipt(
            kind=kind,
            title=title,
            plan=plan,
            parts=(ChosenPart(sharing.PART),),
            applicant=Applicant(None, name.zh[:120]),
            area=city.code if city else "000000",
            channel="library",
            granted_by_rule={sharing.PART: f"{sharing.BY_RULE.zh}\n{sharing.BY_RULE.en}"} if by_rule else {},
        ),
        by=MACHINE,
    )


def _request(case: CaseRef, grant: Grant, reason: str, by: Actor, refused: ShareRequest | None = None) -> ShareRequest:
    assert by.id is not None
    terms = replace(grant, id=case.number)
    return ShareRequest.objects.create(
        case_id=case.id,
        product=terms.product,
        department=terms.department,
        post=terms.post,
        terms=bodies.grant_body(terms),
        reason=reason,
        asked_by_id=by.id,
        asked_at=now(),
        refused=refused,
    )


def ask_question(text: str, standing: Standing, *, by: Actor, case: str = "") -> int:
    """Ask a question over products in SQL; it is answered in the background. Raises NotPermitted, NotPossible."""
    if by.kind is not ActorKind.OFFICER or by.id is None or standing not in questions.standings(by.posts):
        raise NotPermitted(str(by))
    if not text or len(text) > questions.LONGEST_TEXT:
        raise NotPossible("empty", Words("请写一个查询。", "Write a question."))
    if case and not case_queries.may_see(case, by):
        raise NotPossible("no_case", Words("没有这件事，或者不归您办。", "There is no such case, or it is not yours."))
    with transaction.atomic():
        questions.require_room(by)
        question = Question.objects.create(
            asked_by_id=by.id, post=standing.post, purpose=standing.purpose, case=case, text=text, asked_at=now()
        )
        enqueue(jobs.answer, {"question": question.pk}, key=f"question:{question.pk}")
    return question.pk


def give_up_question(number: int, *, by: Actor) -> None:
    """Ask that the answering stop. Raises questions.NoSuchQuestion."""
    if not Question.objects.filter(pk=number, asked_by=by.id).update(give_up=True):
        raise questions.NoSuchQuestion(number)

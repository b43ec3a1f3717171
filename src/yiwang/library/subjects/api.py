"""Who is who, for officers' programs: pairs in doubt, and one subject's record, as the pages have them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Path, Router, Schema, Status

from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.directory.api import Problem
from yiwang.foundation.kernel.text import Words
from yiwang.library.centre.questions import Standing
from yiwang.library.centre.refusals import NotPermitted
from yiwang.library.subjects import actions, golden, reviewing
from yiwang.library.subjects.forms import Whose
from yiwang.library.subjects.looking import Silent
from yiwang.library.subjects.models import Answer

router = Router(tags=["who is who"])

Number = Annotated[int, Path(ge=1, le=2**53)]


class SilentOut(Schema):
    """A product that did not say what was asked, and why not."""

    product: str
    title: Words
    why: Words

    @classmethod
    def of(cls, silent: Silent) -> SilentOut:
        return cls(product=silent.product.reference, title=silent.product.title, why=silent.why)


class ReviewOut(Schema):
    """A pair in doubt; no record is read for it. `split`: alike, but something else contradicts it. `needs`: so many
    officers must say the same; `verdict` is empty until they do, `mine` what you last said of it."""

    number: int
    one: Words
    other: Words
    split: bool
    needs: int
    found_at: datetime
    verdict: str
    mine: str

    @classmethod
    def of(cls, line: reviewing.Line) -> ReviewOut:
        return cls(**{name: getattr(line, name) for name in cls.model_fields})


class ReviewsOut(Schema):
    """Fifty of each at most: `open` wait for you (`waiting` in all), `said` for others, `decided` are the latest."""

    open: list[ReviewOut]
    waiting: int
    said: list[ReviewOut]
    decided: list[ReviewOut]


class ComparedOut(Schema):
    """`state`: same, different, or one (only one of them says anything)."""

    name: Words
    one: str
    other: str
    state: str


class PairOut(Schema):
    """Both records as their owners hold them now; `as_of` may not be told. `silent`: what could not be read."""

    review: ReviewOut
    compared: list[ComparedOut]
    one_as_of: datetime | None
    other_as_of: datetime | None
    silent: list[SilentOut]


class OpinionIn(Schema):
    answer: Answer


class VerdictOut(Schema):
    """Empty while others must agree."""

    verdict: str


class MayAskOut(Schema):
    """In whose name and what for you may ask; `case`: only for a case, by its number."""

    post: str
    purpose: str
    case: bool


class WhoseIn(Schema):
    post: str = Field(max_length=81)
    purpose: str = Field(max_length=40)
    who: str = Field(max_length=40, description="Identity number, unified social credit code, or id that linkage gave")
    case: str = Field("", max_length=32)


class ToldOut(Schema):
    """One value and where it comes from. `authoritative`: from the one source of it."""

    shown: str
    masked: bool
    authoritative: bool
    product: str
    title: Words
    department: Words
    as_of: datetime | None


class ThingOut(Schema):
    """What is told of one thing, the one source first. `disputed`: sources disagree."""

    name: Words
    disputed: bool
    values: list[ToldOut]


class RecordOut(Schema):
    """`subjects`: more than one where linkage takes it for several. `records`: so many were put together."""

    subjects: list[str]
    records: int
    things: list[ThingOut]
    silent: list[SilentOut]


@router.get("/library/reviews", url_name="list-reviews", response=ReviewsOut, summary="Pairs in doubt that wait for me")
def list_reviews(request: HttpRequest) -> ReviewsOut:
    found = reviewing.queue(actor_of(request.user))
    return ReviewsOut(
        open=[ReviewOut.of(each) for each in found.open],
        waiting=found.waiting,
        said=[ReviewOut.of(each) for each in found.said],
        decided=[ReviewOut.of(each) for each in found.decided],
    )


@router.get(
    "/library/reviews/{number}",
    url_name="read-review",
    response={200: PairOut, 404: Problem},
    summary="Two records side by side",
)
def read_review(request: HttpRequest, number: Number) -> Status:
    """Both are read now, and both looks are logged."""
    try:
        found = reviewing.pair(number, actor_of(request.user))
    except reviewing.NoSuchReview:
        return _not_found()
    compared = [ComparedOut(name=it.name, one=it.one, other=it.other, state=it.state) for it in found.compared]
    one, other = found.as_of
    body = PairOut(
        review=ReviewOut.of(found.line),
        compared=compared,
        one_as_of=one,
        other_as_of=other,
        silent=[SilentOut.of(each) for each in found.silent],
    )
    return Status(200, body)


@router.post(
    "/library/reviews/{number}/opinion",
    url_name="give-opinion",
    response={200: VerdictOut, 404: Problem},
    summary="Say whether both are about the same one",
)
def give_opinion(request: HttpRequest, number: Number, body: OpinionIn) -> Status:
    try:
        verdict = actions.give_opinion(number, body.answer, by=actor_of(request.user))
    except (reviewing.NoSuchReview, NotPermitted):
        return _not_found()
    return Status(200, VerdictOut(verdict=verdict))


@router.get(
    "/library/subjects/standings",
    url_name="list-standings",
    response=list[MayAskOut],
    summary="In whose name and what for I may ask for somebody's record",
)
def list_standings(request: HttpRequest) -> list[MayAskOut]:
    return [
        MayAskOut(post=each.post, purpose=each.purpose, case=golden.needs_case(each))
        for each in golden.standings(actor_of(request.user).posts)
    ]


@router.post(
    "/library/subjects",
    url_name="read-subject",
    response={200: RecordOut, 422: Problem},
    summary="What departments hold of one person or enterprise",
)
def read_subject(request: HttpRequest, body: WhoseIn) -> Status:
    """Put together from the departments' own data for this look; every reading is logged and told to the person."""
    by = actor_of(request.user)
    standing = Standing(body.post, body.purpose)
    asked = {"standing": standing.key, "who": body.who, "case": body.case}
    form = Whose(asked, standings=golden.standings(by.posts), by=by)
    if not form.is_valid():
        field, (said, *_more) = next(iter(form.errors.items()))
        return Status(422, Problem(code="invalid", detail=str(said), field="post" if field == "standing" else field))
    data = form.cleaned_data
    return Status(200, _record(golden.assemble(data["who"], data["standing"], by, case=data["case"])))


def _record(found: golden.Golden) -> RecordOut:
    return RecordOut(
        subjects=list(found.subjects),
        records=found.records,
        things=[
            ThingOut(name=thing.name, disputed=thing.disputed, values=[_told(each) for each in thing.values])
            for thing in found.things
        ],
        silent=[SilentOut.of(each) for each in found.silent],
    )


def _told(told: golden.Told) -> ToldOut:
    named: dict[str, Any] = {name: getattr(told, name) for name in ToldOut.model_fields if name != "product"}
    return ToldOut(product=told.code, **named)


def _not_found() -> Status:
    return Status(404, Problem(code="not_found", detail=_("There is no such thing, or it is not yours.")))

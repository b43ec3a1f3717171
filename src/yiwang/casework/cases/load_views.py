"""The page of a department's load, and the same over the API."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET
from ninja import Query, Router, Schema

from yiwang.casework.cases import load as loads
from yiwang.casework.cases.views import chosen_department
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.ui.language import said

router = Router(tags=["desk"])


class ExpectedOut(Schema):
    case: str
    part: str
    applicant: str
    last_day: date
    expected: date


class PostLoadOut(Schema):
    """`pace` is in tasks a working day over `days`; null before the post has finished any."""

    post: str
    open: int
    late: int
    tomorrow: int
    week: int
    done: int
    days: int
    pace: float | None
    will_be_late: int
    first: list[ExpectedOut]


class LoadOut(Schema):
    """`whole` is false where only the thousand most urgent tasks were looked at."""

    posts: list[PostLoadOut]
    tomorrow: date
    until: date
    whole: bool


@require_GET
def load(request: HttpRequest) -> HttpResponse:
    """What comes due, and what will be late if nothing changes."""
    by = actor_of(request.user)
    department = chosen_department(request, by)
    names = {card.code: card.name for card in directory.posts(department)}
    found = loads.load(by, department)
    context = {
        "load": found,
        "posts": [(names.get(each.post, each.post), each) for each in found.posts],
        "department": department,
        "department_choices": [
            (code, said(name)) for code, name in directory.department_names().items() if code in by.departments
        ],
        "back": reverse("cases:desk"),
        "looked_back": loads.LOOKED_BACK,
    }
    return render(request, "cases/load.html", context)


@router.get("/desk/load", url_name="desk-load", response=LoadOut, summary="What comes due and what will be late")
def desk_load(request: HttpRequest, department: str = Query(..., max_length=40)) -> LoadOut:
    """By post, from its pace of the last twenty working days. A department in which you hold no post is empty."""
    found = loads.load(actor_of(request.user), department)
    return LoadOut(
        posts=[
            PostLoadOut(
                post=each.post,
                open=each.open,
                late=each.late,
                tomorrow=each.tomorrow,
                week=each.week,
                done=each.done,
                days=each.days,
                pace=float(each.pace) if each.pace is not None else None,
                will_be_late=each.will_be_late,
                first=[
                    ExpectedOut(
                        case=one.case,
                        part=one.part,
                        applicant=one.applicant,
                        last_day=one.last_day,
                        expected=one.expected,
                    )
                    for one in each.first
                ],
            )
            for each in found.posts
        ],
        tomorrow=found.tomorrow,
        until=found.until,
        whole=found.whole,
    )

"""What a look at somebody's data was for, as they know it: their draft, or their application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel.text import Words
from yiwang.library.centre.looked_at import CaseName
from yiwang.service.applications.models import Application, LookUp
from yiwang.service.catalogue import queries as catalogue

MOST_LOOK_UPS = 500


def case_name(user_id: int, case: str) -> CaseName | None:
    """The account's own application or draft that a log names; None for any other case."""
    if not case.startswith("draft:"):
        mine = Application.objects.filter(applicant__in=_person(user_id), case__number=case)
        return _application(mine.select_related("case").first())
    asked = LookUp.objects.filter(asked_as=case).select_related("application__case", "draft").order_by("id").first()
    if asked is None:
        return None
    if asked.application is not None:
        return _application(asked.application) if _is(asked.application.applicant_id, user_id) else None
    draft = asked.draft
    if draft is None or draft.owner_id != user_id or not _is(draft.applicant_id, user_id):
        return None
    name = catalogue.service(draft.service, draft.service_version).service.name
    words = Words(f"您要办的{name.zh}", f"for your application: {name.en}")
    return CaseName(words, reverse("applications:draft", args=[draft.pk]))


def service_name(code: str) -> Words | None:
    """A service that is offered now, by its code."""
    try:
        return catalogue.service(code[:120]).service.name
    except catalogue.NotPublished:
        return None


def enterprises(user_id: int) -> Mapping[str, str]:
    """The enterprises of which the account's drafts and applications looked something up, name by code; at most 50."""
    person = _person(user_id)
    theirs = Q(draft__owner=user_id, draft__applicant__in=person) | Q(application__applicant__in=person)
    rows = (
        LookUp.objects.filter(theirs)
        .exclude(enterprise="")
        .order_by("-id")
        .values_list("enterprise", "body")[:MOST_LOOK_UPS]
    )
    named = {code: body.get("enterprise_name", "") for code, body in rows}
    return dict(list(named.items())[:50])


def _person(user_id: int) -> QuerySet[User, Any]:
    return User.objects.filter(pk=user_id).values_list("person")


def _is(person: int, user_id: int) -> bool:
    return User.objects.filter(pk=user_id, person=person).exists()


def _application(row: Application | None) -> CaseName | None:
    if row is None:
        return None
    words = Words(f"您的申请：{row.case.title_zh}", f"for your application: {row.case.title_en}")
    return CaseName(words, reverse("applications:application", args=[row.case.number]))


def services() -> tuple[tuple[str, Words], ...]:
    """Every service that can be applied for, by code and name."""
    return tuple((each.code, each.name) for each in catalogue.listed())

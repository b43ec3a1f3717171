"""What a look at somebody's data was for, as they know it: their draft, or their application."""

from __future__ import annotations

from django.urls import reverse

from yiwang.foundation.kernel.text import Words
from yiwang.library.centre.looked_at import CaseName
from yiwang.service.applications.models import Application, LookUp
from yiwang.service.catalogue import queries as catalogue


def case_name(user_id: int, case: str) -> CaseName | None:
    """The account's own application or draft that a log names; None for any other case."""
    if not case.startswith("draft:"):
        return _application(Application.objects.filter(owner=user_id, case__number=case).select_related("case").first())
    asked = LookUp.objects.filter(asked_as=case).select_related("application__case", "draft").order_by("id").first()
    if asked is None:
        return None
    if asked.application is not None:
        return _application(asked.application) if asked.application.owner_id == user_id else None
    draft = asked.draft
    if draft is None or draft.owner_id != user_id:
        return None
    name = catalogue.service(draft.service, draft.service_version).service.name
    words = Words(f"您要办的{name.zh}", f"for your application: {name.en}")
    return CaseName(words, reverse("applications:draft", args=[draft.pk]))


def _application(row: Application | None) -> CaseName | None:
    if row is None:
        return None
    words = Words(f"您的申请：{row.case.title_zh}", f"for your application: {row.case.title_en}")
    return CaseName(words, reverse("applications:application", args=[row.case.number]))

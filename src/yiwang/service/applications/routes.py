"""Which way an application goes: on a signed promise, or the ordinary one (告知承诺制, 国办发〔2020〕42号).

Who promised falsely goes the ordinary way in that matter for a while.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max, Q

from yiwang.foundation.directory.models import Person
from yiwang.foundation.kernel.calendar import CHINA, Limit, due
from yiwang.foundation.kernel.time import now
from yiwang.service.applications.models import Application, Breach, OnSiteCheck
from yiwang.service.catalogue import queries as catalogue
from yiwang.service.catalogue.queries import PublishedService
from yiwang.service.catalogue.routes import choices_of
from yiwang.service.catalogue.service import parts_of

ENTERPRISE = "enterprise.uscc"


def published_of(application: Application) -> PublishedService:
    """The version that an application keeps, on the ways that it goes."""
    return catalogue.service(application.service, application.service_version).on_routes(application.ordinary)


def barred(published: PublishedService, person_id: int, answers: Mapping[str, Any]) -> dict[str, datetime]:
    """The parts at which no promise is taken of this person or of the enterprise they answer for, and until when.

    One query, and only where a part offers a promise.
    """
    base = (published.base or published).service
    choices = choices_of(base)
    if not choices:
        return {}
    matters = {part.matter.code: part.key for part in parts_of(base) if part.key in choices}
    whose = Q(identifier__in=Person.objects.filter(pk=person_id).exclude(resident_id="").values("resident_id"))
    if enterprise := str(answers.get(ENTERPRISE) or ""):
        whose |= Q(identifier=enterprise)
    found = Breach.objects.filter(whose, matter__in=matters, until__gt=now())
    latest = found.values("matter").annotate(latest=Max("until")).values_list("matter", "latest")
    return {matters[matter]: until for matter, until in latest}


def record_breach(check: OnSiteCheck, matter: str, resident_id: str, barred_for: Limit) -> datetime:
    """Write down that a promise was false; the end of the time in which no other is taken. Twice changes nothing."""
    at = now()
    until = due(at, barred_for, CHINA, now=at).at
    for identifier in (resident_id, str(check.application.answers.get(ENTERPRISE) or "")):
        if identifier:
            Breach.objects.get_or_create(
                on_site=check, identifier=identifier, defaults={"matter": matter, "found_at": at, "until": until}
            )
    return Breach.objects.filter(on_site=check).aggregate(latest=Max("until"))["latest"] or until

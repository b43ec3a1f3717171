"""What others ask the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.db import connection

from yiwang.casework.cases.plan import Plan
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel.calendar import Limit
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.search.queries import search as search_index
from yiwang.service.catalogue import bodies
from yiwang.service.catalogue.bodies import Publication
from yiwang.service.catalogue.competence import offices_of
from yiwang.service.catalogue.exporting import national_matters
from yiwang.service.catalogue.guide import Guide, guide_to
from yiwang.service.catalogue.looked_up import in_a_sentence
from yiwang.service.catalogue.models import Service as ServiceRow
from yiwang.service.catalogue.models import ServiceKind, SupervisingPost, Version
from yiwang.service.catalogue.national import NationalMatter
from yiwang.service.catalogue.package import Bundle, GuidanceOnly, Matter, Service
from yiwang.service.catalogue.routes import choices_of, on_routes
from yiwang.service.catalogue.service import parts_of, plan_for
from yiwang.service.catalogue.supervision import Supervision

INDEX = "catalogue"
MAX_FOUND = 100


class NotPublished(LookupError):
    """There is no such service, or no such version of it."""


@dataclass(frozen=True)
class PublishedService:
    """One published version of a matter or bundle."""

    service: Service
    code: str
    version: int
    digest: str
    ordinary: frozenset[str] = frozenset()
    """the parts on the ordinary way (`routes`), by who does not promise"""
    base: PublishedService | None = None
    """as it was published, where some part is on the ordinary way"""

    def on_routes(self, ordinary: Iterable[str]) -> PublishedService:
        """The service with these parts on the ordinary way; parts without that choice stay as they are."""
        if self.base is not None:
            return self.base.on_routes(ordinary)
        wanted = choices_of(self.service) & frozenset(ordinary)
        if not wanted:
            return self
        if wanted not in self._variants:
            service = on_routes(self.service, wanted)
            self._variants[wanted] = PublishedService(service, self.code, self.version, self.digest, wanted, self)
        return self._variants[wanted]

    @cached_property
    def _variants(self) -> dict[frozenset[str], PublishedService]:
        return {}

    @cached_property
    def plan(self) -> Plan:
        """The plan that cases under this version run."""
        return plan_for(self.service)


@dataclass(frozen=True, slots=True)
class Found:
    """A search result. `kind` is matter, bundle or guidance; `score` compares within one answer only."""

    code: str
    name: Words
    department: Words
    kind: str
    score: float


@dataclass(frozen=True, slots=True)
class BundleCard:
    """A life event as the home page lists it; `departments` are names, in the order of their parts."""

    code: str
    name: Words
    summary: Words
    departments: tuple[Words, ...]
    promise: Words


def supervision() -> Supervision | None:
    """Who hears of failed attempts; None where the city names nobody. One query."""
    rows = list(SupervisingPost.objects.all())
    return Supervision(tuple(row.post for row in rows), Limit.parse(rows[0].within)) if rows else None


def service(code: str, version: int | None = None) -> PublishedService:
    """A matter or bundle that people can apply for: the version offered now, or the numbered one.

    Raises NotPublished, also for guidance. One SQL query; bodies are kept in the process by their digest.
    """
    if version is None:
        found = _offered_now(code)
    else:
        versions = Version.objects.exclude(service__kind=ServiceKind.GUIDANCE)
        found = versions.filter(service__code=code, number=version).values_list("pk", "number", "digest").first()
    if found is None:
        raise NotPublished(code)
    return _published(code, *found)


def _offered_now(code: str) -> tuple[int, int, str] | None:
    """Asked by every page and submission: the ORM would take ten times as long to phrase it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version.id, version.number, version.digest FROM catalogue_service AS service "
            "JOIN catalogue_version AS version ON version.id = service.current_id "
            "WHERE service.code = %s AND service.offered AND service.kind <> %s",
            [code, ServiceKind.GUIDANCE.value],
        )
        row: tuple[int, int, str] | None = cursor.fetchone()
        return row


def guidance(code: str) -> GuidanceOnly:
    """A matter known from another catalogue. Raises NotPublished."""
    row = (
        ServiceRow.objects.filter(code=code, kind=ServiceKind.GUIDANCE, offered=True).select_related("current").first()
    )
    if row is None or row.current is None:
        raise NotPublished(code)
    found = bodies.from_body(row.current.body)
    assert isinstance(found, GuidanceOnly)
    return found


def search(text: str, limit: int = 20) -> list[Found]:
    """What answers these everyday words, best first. Four SQL queries at most."""
    hits = search_index(INDEX, text, min(limit, MAX_FOUND))
    rows = ServiceRow.objects.filter(offered=True).in_bulk([hit.key for hit in hits], field_name="code")
    departments = directory.department_names()
    found = []
    for hit in hits:
        row = rows.get(hit.key)
        if row is not None:
            name = departments.get(row.department) or Words(row.department, row.department)
            found.append(Found(row.code, Words(row.name_zh, row.name_en), name, row.kind, hit.score))
    return found


@dataclass(frozen=True, slots=True)
class Listed:
    """A service that can be applied for here, with its department's name."""

    code: str
    name: Words
    department: Words
    kind: str


def listed() -> tuple[Listed, ...]:
    """Every matter and bundle on offer, bundles first, then by department. Two SQL queries."""
    departments = directory.department_names()
    order = list(departments)
    rows = ServiceRow.objects.filter(offered=True).exclude(kind=ServiceKind.GUIDANCE)
    found = [
        Listed(
            row.code,
            Words(row.name_zh, row.name_en),
            departments.get(row.department) or Words(row.department, row.department),
            row.kind,
        )
        for row in rows
        if row.kind == ServiceKind.BUNDLE or row.department in departments
    ]
    place = {departments[code]: number for number, code in enumerate(order)}
    return tuple(sorted(found, key=lambda item: (item.kind != "bundle", place.get(item.department, 0), item.code)))


def guide(code: str) -> Guide:
    """The guide to a service that can be applied for. Raises NotPublished. At most six SQL queries, and two for each
    part that districts or streets decide."""
    published, departments = service(code), directory.department_names()
    looks_up = in_a_sentence(published.service, departments)
    offices = {part.key: offices_of(part.matter) for part in parts_of(published.service)}
    return guide_to(published.service, published.version, departments, looks_up, offices)


def bundles() -> tuple[BundleCard, ...]:
    """Every life event that is offered, by code. Two SQL queries."""
    rows = ServiceRow.objects.filter(kind=ServiceKind.BUNDLE, offered=True).values_list(
        "code", "current_id", "current__number", "current__digest"
    )
    departments = directory.department_names()
    cards = []
    for code, pk, number, digest in rows:
        bundle = _published(code, pk, number, digest).service
        assert isinstance(bundle, Bundle)
        names = tuple(departments[item] for item in bundle.departments if item in departments)
        cards.append(BundleCard(code, bundle.name, bundle.summary, names, bundle.promise.words()))
    return tuple(cards)


def everything() -> Iterator[Publication]:
    """Every publication offered now, by code."""
    for body in (
        ServiceRow.objects.filter(offered=True).order_by("code").values_list("current__body", flat=True).iterator()
    ):
        yield bodies.from_body(body)


def national() -> tuple[NationalMatter, ...]:
    """Everything on offer in the national platform's terms, by code. A bundle is told by its matters, a matter of
    districts or streets once for each office."""
    departments, branches = directory.department_names(), directory.branches()
    found: dict[str, NationalMatter] = {}
    for publication in everything():
        if isinstance(publication, GuidanceOnly):
            found.setdefault(publication.code, publication.matter)
        elif isinstance(publication, Matter):
            for each in national_matters(publication, departments, branches):
                found[each.task_code] = each
    return tuple(found.values())


def our_own() -> Iterator[NationalMatter]:
    """What can be applied for here, in the national platform's terms."""
    departments, branches = directory.department_names(), directory.branches()
    for publication in everything():
        if isinstance(publication, Matter):
            yield from national_matters(publication, departments, branches)


def offered(*kinds: str) -> tuple[str, ...]:
    """The codes of what is offered now, of these kinds (matter, bundle, guidance)."""
    return tuple(ServiceRow.objects.filter(offered=True, kind__in=kinds).values_list("code", flat=True))


@lru_cache(maxsize=512)
def _published(code: str, pk: int, number: int, digest: str) -> PublishedService:
    """A version never changes, so that what was read once stays true."""
    body = Version.objects.values_list("body", flat=True).get(pk=pk, digest=digest)
    found = bodies.from_body(body)
    assert not isinstance(found, GuidanceOnly)
    return PublishedService(found, code, number, digest)

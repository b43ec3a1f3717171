"""What the package's pages share: who asks, how refusals become answers, and which page is next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from yiwang.foundation.directory.actor import Actor, ActorKind, actor_of
from yiwang.foundation.directory.models import User
from yiwang.foundation.documents import actions as documents
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ui.shapes import Material
from yiwang.service.applications import asking, drafts
from yiwang.service.applications.drafts import OpenDraft
from yiwang.service.applications.progress import Kind, Missing, Progress
from yiwang.service.applications.reception import Reception, reception
from yiwang.service.applications.refusals import AlreadySubmitted, NoSuchApplication, NoSuchDraft, NotAsked
from yiwang.service.catalogue.service import MaterialStatus, RequiredMaterial

read_or_send = require_http_methods(["GET", "HEAD", "POST"])
PURPOSE = "applications.material"
View = Callable[..., HttpResponse]


def actor(request: HttpRequest) -> Actor:
    return actor_of(request.user)


def holder(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def of_draft(view: View) -> View:
    """A page of a draft: somebody else's does not exist, a submitted one leads to its application, a question that
    the situation no longer asks leads to what comes next."""

    @wraps(view)
    def wrapped(request: HttpRequest, draft: UUID, *arguments: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, draft, *arguments, **named)
        except NoSuchDraft as missing:
            raise Http404 from missing
        except AlreadySubmitted as done:
            desk = desk_of(actor(request))
            return go("applications:application", done.number) if desk is None else see(desk.received(done.number))
        except NotAsked:
            return go("applications:draft", draft)

    return wrapped


def of_application(view: View) -> View:
    """A page of an application: somebody else's does not exist."""

    @wraps(view)
    def wrapped(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *arguments, **named)
        except (NoSuchApplication, NotAsked) as missing:
            raise Http404 from missing

    return wrapped


def go(route: str, *arguments: object) -> HttpResponseRedirect:
    """On to another page after a form (303)."""
    return see(reverse(route, args=[str(each) for each in arguments]))


def see(address: str) -> HttpResponseRedirect:
    """On to another address after a form (303)."""
    answer = HttpResponseRedirect(address)
    answer.status_code = 303
    return answer


def desk_of(by: Actor) -> Reception | None:
    """Where a clerk fills in for others; None for residents, who fill in for themselves or their family."""
    return reception() if by.kind is ActorKind.OFFICER else None


def address_of(draft: UUID, step: Missing | None) -> str:
    """The page on which a step is done; the review where nothing is missing."""
    if step is None:
        return reverse("applications:review", args=[draft])
    if step.kind is Kind.QUESTION:
        return reverse("applications:question", args=[draft, step.key])
    if step.kind is Kind.MATERIAL:
        return reverse("applications:material", args=[draft, step.key])
    return reverse("applications:commitment", args=[draft])


def home(held: OpenDraft) -> str:
    """The page from which a draft is filled in: for a correction, that on which all of it stands."""
    return reverse("applications:review" if held.corrects else "applications:draft", args=[held.id])


def onward(draft: UUID, by: Actor) -> HttpResponseRedirect:
    """To the next thing to do: say what may be looked up, then what is meant, then what is left."""
    held = drafts.read(draft, by)
    if asking.wanted_consents(held, by):
        return go("applications:consent", draft)
    answer = HttpResponseRedirect(next_address(held))
    answer.status_code = 303
    return answer


def next_address(held: OpenDraft) -> str:
    """The page of the next step; a question that a choice of the applicant's would answer waits for the choice."""
    step = held.progress.next
    if step is not None and step.kind is Kind.QUESTION:
        for each in held.told.choices:
            if step.key in each.elements:
                return reverse("applications:record", args=[held.id, each.product.partition("@")[0]])
    return address_of(held.id, step)


def material_list(
    progress: Progress, departments: Mapping[str, Words], files: Mapping[str, Any], address: Callable[[str], str] | None
) -> list[Material]:
    """The list of papers for `ui`: exempt ones with the department that has them, given ones with their files, and
    those on which answers still to come decide."""
    found = []
    for each in progress.materials:
        key = each.material.key
        exempt = each.status in (MaterialStatus.EXEMPT, MaterialStatus.AWAITED) and key not in files
        found.append(
            Material(
                name=each.material.name,
                hint="" if exempt or key in files else (each.material.hint or ""),
                exempt=exempt,
                source=_given_by(each, departments) if exempt else "",
                deferrable=each.status is MaterialStatus.DEFERRABLE and key not in files,
                given=", ".join(document.name for document in files.get(key, ())),
                href=address(key) if address and not exempt else "",
            )
        )
    found += [Material(name=each.name, hint=each.hint or "", possible=True) for each in progress.possible]
    return found


def _given_by(each: RequiredMaterial, departments: Mapping[str, Words]) -> Words:
    name = departments.get(each.source, Words(each.source, each.source))
    if each.status is MaterialStatus.AWAITED:
        return Words(
            f"{name.zh}（暂时没有答复，恢复后自动补上）", f"{name.en} (it does not answer now and will, by itself)"
        )
    return name


def take_in(request: HttpRequest, name: str) -> list[documents.DocumentRef]:
    """The files of a form, each inspected and kept. Raises documents Refused."""
    user = holder(request)
    return [
        documents.receive(cast(documents.Upload, upload), str(upload.name or ""), user, PURPOSE)
        for upload in request.FILES.getlist(name)
    ]

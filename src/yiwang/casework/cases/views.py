"""The officer's desk: the queue of a department, a case, and the verbs that officers press."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiwang.casework.cases import bpmn, consequences, deeds, hearings, kinds, queries
from yiwang.casework.cases import desk as desks
from yiwang.casework.cases.desk import Filters, Show, Sort
from yiwang.casework.cases.models import Case
from yiwang.casework.cases.plan import TaskKind
from yiwang.casework.cases.queries import CaseView, PartView, TaskView
from yiwang.casework.cases.record import PartRef, TaskRef, plan_of
from yiwang.casework.cases.refusals import Changed, NoSuchCase, NotPermitted, NotPossible
from yiwang.casework.cases.state import TaskState, from_bytes
from yiwang.casework.cases.timeline import reported_words
from yiwang.foundation.assist import endpoint as assist
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor, actor_of
from yiwang.foundation.kernel.text import UnacceptableText, Words, canonical
from yiwang.foundation.kernel.time import now
from yiwang.foundation.places import queries as places
from yiwang.foundation.ui.language import language, said
from yiwang.foundation.ui.shapes import Moment

REMEMBERED = "desk-department"
ROWS_OF_A_DRAFT = 12


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The queue of one of the officer's departments; filters and page stand in the address."""
    by = actor_of(request.user)
    filters = _filters(request, by)
    context = {"filters": filters, **_queue(request, by, filters)}
    return render(request, "cases/desk.html", context)


@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    """A case: the parts of my department in full, the others' in a line."""
    by = actor_of(request.user)
    view = _case(number, by)
    part = _chosen(view, request.GET.get("part", ""))
    return render(request, "cases/case.html", _case_context(request, view, part, by))


@require_GET
def plan(request: HttpRequest, number: str) -> HttpResponse:
    """The case's plan as BPMN 2.0, with what is done and open in it."""
    try:
        drawing = queries.plan_as_bpmn(number, actor_of(request.user), language(), request.GET.get("part", ""))
    except NoSuchCase:
        raise Http404 from None
    return HttpResponse(drawing, content_type=bpmn.MEDIA_TYPE)


def part_verb(request: HttpRequest, number: str, part: str, verb: str) -> HttpResponse:
    """The form of one verb on a part, and the deed itself."""
    by = actor_of(request.user)
    view = _case(number, by)
    seen = _part(view, part)
    deed = deeds.PART_DEEDS.get(verb)
    if deed is None or not seen.full:
        raise Http404
    return _act(request, deed, PartRef(number, part), view, seen, None, by)


def task_verb(request: HttpRequest, number: str, part: str, task: str, verb: str) -> HttpResponse:
    """The form of one verb on a task, and the deed itself."""
    by = actor_of(request.user)
    view = _case(number, by)
    seen = _part(view, part)
    deed = deeds.TASK_DEEDS.get(verb)
    chosen = next((each for each in seen.tasks if each.key == task), None)
    if deed is None or chosen is None or not seen.full:
        raise Http404
    return _act(request, deed, TaskRef(number, part, task), view, seen, chosen, by)


def _act(
    request: HttpRequest,
    deed: deeds.Deed,
    ref: PartRef | TaskRef,
    view: CaseView,
    part: PartView,
    task: TaskView | None,
    by: Actor,
) -> HttpResponse:
    arguments = _form_arguments(deed, view, part, task, by)
    problem: dict[str, Any] = {}
    status = 200
    drafted = _reasons(request, deed, view, part)
    improving = _may_reword(deed, view, part)
    if request.method == "POST" and improving and "reword" in request.POST:
        form, problem = _reworded(request, deed, view, arguments)
    elif request.method == "POST":
        form = deed.form(request.POST, **arguments)
        if form.is_valid():
            aimed = type(ref)(**{**_fields(ref), "seen": form.cleaned_data["seen"]})
            try:
                deed.do(aimed, form.cleaned_data, by, form)
            except NotPossible as refused:
                problem, status = {"problem": said(refused.words)}, 409
            except NotPermitted:
                problem = {"problem": _("Your posts do not include this. Ask the officer whose task it is.")}
                status = 403
            except Changed as changed:
                problem, status = _changed(changed, view, part), 409
                form = deed.form({**request.POST.dict(), "seen": str(changed.revision)}, **arguments)
            else:
                # What was passed to another office is on its desk now, and no longer for this officer to see.
                mine = queries.may_see(view.number, by)
                return redirect(_case_address(view.number, part.key) if mine else reverse("cases:desk"))
        else:
            status = 422
    else:
        form = deed.form(initial={"seen": part.revision, **_drafted(deed, part), **drafted}, **arguments)
        if drafted:
            form.fields["reason"].widget.attrs["rows"] = ROWS_OF_A_DRAFT
    context = {
        "view": view,
        "part": part,
        "task": task,
        "deed": deed,
        "form": form,
        "back": _case_address(view.number, part.key),
        "sets_off": _sets_off(deed, view, part, task),
        "departments": directory.department_names(),
        "drafting": deed.verb == "decide" and kinds.drafts(view.kind) and "decide" in part.verbs,
        "drafted": drafted,
        "improving": improving,
        **problem,
    }
    return render(request, "cases/deed.html", context, status=status)


def _fields(ref: PartRef | TaskRef) -> dict[str, Any]:
    return {name: getattr(ref, name) for name in ref.__dataclass_fields__}


def _form_arguments(
    deed: deeds.Deed, view: CaseView, part: PartView, task: TaskView | None, by: Actor
) -> dict[str, Any]:
    """What the form of this verb needs to know besides what was typed."""
    if deed.verb == "decide":
        kind = kinds.kind(view.kind)
        proposed = kind.proposed_facts(view.id, part.key) if kind and part.creates else {}
        return {"part": part, "proposed": proposed}
    if deed.verb in ("start_special_procedure", "transfer"):
        return {"part": part}
    if deed.verb == "call_hearing":
        return {"chairs": hearings.possible_chairs(view.id, part.key, by)}
    if deed.verb == "assign" and task is not None:
        return {"post": task.post}
    if deed.verb == "hand_over" and task is not None:
        return {"current": task.post}
    return {}


def _drafted(deed: deeds.Deed, part: PartView) -> dict[str, str]:
    """The notice of a special procedure, drafted from the matter."""
    if deed.verb != "start_special_procedure" or not part.procedures:
        return {}
    procedure = part.procedures[0]
    zh = (
        f"依据{procedure.basis}，现开始{procedure.name.zh}，"
        f"最长{procedure.at_most.words().zh}。这段时间不计入办理期限。"
    )
    en = (
        f"Under {procedure.basis}, {procedure.name.en} begins now and takes {procedure.at_most.words().en} at most. "
        "This time is not counted."
    )
    return {"told": f"{zh}\n{en}"}


def _reasons(request: HttpRequest, deed: deeds.Deed, view: CaseView, part: PartView) -> dict[str, str]:
    """The reasons of a decision, drafted from the case because the officer asked for them (`?draft=yes`)."""
    wanted = request.GET.get("draft", "") if deed.verb == "decide" and request.method == "GET" else ""
    draft = kinds.draft_of(view, part) if wanted in ("yes", "no") else None
    if draft is None:
        return {}
    return {"granted": wanted, "reason": said(draft.grant if wanted == "yes" else draft.refuse)}


def _may_reword(deed: deeds.Deed, view: CaseView, part: PartView) -> bool:
    """Whether a language model may be asked for other words: a city has one, and this officer decides this part."""
    decides = deed.verb == "decide" and "decide" in part.verbs
    return decides and assist.is_configured() and kinds.private_words(view) is not None


def _reworded(
    request: HttpRequest, deed: deeds.Deed, view: CaseView, arguments: dict[str, Any]
) -> tuple[Any, dict[str, Any]]:
    """The form as it was typed, with other words for the reasons if the language model has any. Nothing is done."""
    typed = request.POST.dict()
    told: dict[str, Any] = {"reworded": True}
    try:
        text = canonical(typed.get("reason", ""), multiline=True, max_length=assist.LONGEST)
        typed["reason"] = assist.reworded(text, kinds.private_words(view) or frozenset())
    except (assist.Unavailable, UnacceptableText):
        told = {"problem": _("The language model has nothing better to say now. Your words are as you left them.")}
    form = deed.form(initial={**typed, **{name: typed[name] for name in typed if name != "reword"}}, **arguments)
    form.fields["reason"].widget.attrs["rows"] = ROWS_OF_A_DRAFT
    return form, told


def _changed(changed: Changed, view: CaseView, part: PartView) -> dict[str, Any]:
    """What somebody else did since this officer opened the page."""
    latest = [entry for entry in view.timeline if entry.part == part.key][-max(len(changed.changes), 1) :]
    return {
        "problem": _("Somebody changed this while you were writing. Nothing of yours is lost: read, then send again."),
        "changes": latest,
    }


def _sets_off(
    deed: deeds.Deed, view: CaseView, part: PartView, task: TaskView | None
) -> list[tuple[str, consequences.Consequences]]:
    """What pressing the button would set off, for each choice."""
    row = Case.objects.get(pk=view.id)
    state, case_plan, at = from_bytes(row.state), plan_of(row.plan_id), now()
    if deed.verb == "accept" and "accept" in part.verbs:
        return [("", consequences.of_acceptance(state, case_plan, part.key, at))]
    if deed.verb == "decide" and "decide" in part.verbs:
        grant, refuse = map(said, part.verdicts) if part.verdicts else (_("If you grant"), _("If you refuse"))
        return [
            (grant, consequences.of_decision(state, case_plan, part.key, True, at)),
            (refuse, consequences.of_decision(state, case_plan, part.key, False, at)),
        ]
    if deed.verb == "complete" and task is not None and task.state is TaskState.READY:
        return [("", consequences.of_completion(state, case_plan, part.key, task.key, at))]
    return []


def _case_context(request: HttpRequest, view: CaseView, part: PartView | None, by: Actor) -> dict[str, Any]:
    filters = _filters(request, by)
    kind = kinds.kind(view.kind)
    full = frozenset(each.key for each in view.parts if each.full)
    departments = directory.department_names()
    shown = [entry for entry in view.timeline if part is None or entry.part in (None, part.key)]
    return {
        "view": view,
        "part": part,
        "panel": kind.panel(view.id, frozenset({part.key}) if part else full) if kind else None,
        "openers": kinds.asides(view, part, by, first=True) if part else (),
        "asides": kinds.asides(view, part, by) if part else (),
        "deeds": [deeds.PART_DEEDS[verb] for verb in deeds.PART_DEEDS if part and verb in part.verbs],
        "accepting": part is not None and "accept" in part.verbs,
        "tasks": [(task, _task_deeds(task, by)) for task in part.tasks] if part else [],
        "sets_off": _sets_off(deeds.PART_DEEDS["accept"], view, part, None) if part else [],
        "departments": departments,
        "letters": [each for each in view.letters if part is None or each.part == part.key],
        "places": places.names({view.received_in, part.handed_out_in if part else ""} - {""}),
        "post_names": {card.code: card.name for card in directory.posts()},
        "moments": [_moment(entry, departments) for entry in reversed(shown)],
        "filters": filters,
        **_queue(request, by, filters),
    }


def _task_deeds(task: TaskView, by: Actor) -> list[deeds.Deed]:
    if task.state is not TaskState.READY:
        return []
    found = []
    if task.mine and task.officer is None:
        found.append(deeds.TASK_DEEDS["pick"])
    if task.mine and task.kind in (TaskKind.WORK, TaskKind.ARRIVAL):
        found.append(deeds.TASK_DEEDS["complete"])
    if task.post.partition("/")[0] in by.departments:
        found += [deeds.TASK_DEEDS["assign"], deeds.TASK_DEEDS["hand_over"]]
    return found


_KINDS = {
    "cases.Decided": "done",
    "cases.Delivered": "done",
    "cases.SpecialProcedureStarted": "stopped",
    "cases.CorrectionRequested": "near",
    "cases.DueSoon": "near",
    "cases.HearingAsked": "near",
    "cases.HearingCalled": "near",
    "cases.DeferralNear": "near",
    "cases.DeferralLapsed": "late",
    "cases.PromiseMissed": "late",
    "cases.StatuteMissed": "late",
    "cases.NotAccepted": "late",
    "cases.Revoked": "late",
}


def _moment(entry: Any, departments: dict[str, Words]) -> Moment:
    by: Words | str = entry.who or departments.get(entry.department or "", "")
    reported = reported_words(entry)
    notes = [*entry.said, *([said(reported)] if reported else ())]
    kind = _KINDS.get(entry.type, "near" if entry.back_dated else "plain")
    return Moment(entry.at, entry.words, by=by, note="\n".join(notes), kind=kind)


def _queue(request: HttpRequest, by: Actor, filters: Filters) -> dict[str, Any]:
    return {
        "queue": desks.queue(by, filters),
        "my_departments": sorted(by.departments),
        "department_choices": [
            (code, said(name)) for code, name in directory.department_names().items() if code in by.departments
        ],
        "shows": [(show.value, label) for show, label in _shows()],
        "sorts": [(sort.value, label) for sort, label in _sorts()],
        "me": by.id,
        "desk_address": reverse("cases:desk"),
    }


def _shows() -> list[tuple[Show, str]]:
    return [
        (Show.ALL, _("Everything")),
        (Show.MINE, _("Mine")),
        (Show.FREE, _("Nobody's yet")),
        (Show.LATE, _("Late")),
        (Show.TODAY, _("Due today")),
        (Show.SOON, _("Due by tomorrow")),
        (Show.STOPPED, _("Clock stopped")),
    ]


def _sorts() -> list[tuple[Sort, str]]:
    return [(Sort.DUE, _("Most urgent first")), (Sort.NEWEST, _("Newest first")), (Sort.OLDEST, _("Oldest first"))]


def chosen_department(request: HttpRequest, by: Actor) -> str:
    """The department that was asked for, else the one looked at last, else the first of the officer's."""
    asked = request.GET.get("department", "")
    department = asked or request.session.get(REMEMBERED, "")
    if department not in by.departments:
        department = min(by.departments, default="")
    if asked and department != request.session.get(REMEMBERED):
        request.session[REMEMBERED] = department
    return department


def _filters(request: HttpRequest, by: Actor) -> Filters:
    asked = request.GET
    department = chosen_department(request, by)
    try:
        text = canonical(asked.get("text", "")[:200], max_length=60)
    except UnacceptableText:
        text = ""
    page = asked.get("page", "1")
    return Filters(
        department=department,
        show=Show(asked["show"]) if asked.get("show") in set(Show) else Show.ALL,
        matter=asked.get("matter", "")[:80],
        kind=asked.get("kind", "")[:10],
        text=text,
        sort=Sort(asked["sort"]) if asked.get("sort") in set(Sort) else Sort.DUE,
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 1,
    )


def _case(number: str, by: Actor) -> CaseView:
    try:
        return queries.case_view(number, by)
    except NoSuchCase:
        raise Http404 from None


def _part(view: CaseView, key: str) -> PartView:
    try:
        return view.part(key)
    except NoSuchCase:
        raise Http404 from None


def _chosen(view: CaseView, wanted: str) -> PartView | None:
    """The part that was asked for, else the first on which this officer can act, else the first of theirs."""
    mine = [part for part in view.parts if part.full]
    asked = [part for part in mine if part.key == wanted]
    acting = [part for part in mine if part.is_open and part.verbs - {"note"}]
    return next(iter(asked or acting or mine), None)


def _case_address(number: str, part: str) -> str:
    return f"{reverse('cases:case', args=[number])}?part={part}"

"""What follows when something happens to an application's case. Hearing of it twice changes nothing.

The applicant is told; a registration that was granted makes an enterprise; a grant on a signed promise opens its check
on site as a case of its own (告知承诺制); a check that finds the promise false revokes the grant (行政许可法 art. 69).
"""

from __future__ import annotations

from django.urls import reverse

from yiwang.casework.cases import actions as cases
from yiwang.casework.cases import events
from yiwang.casework.cases.models import Party, Statement
from yiwang.casework.cases.plan import PartPlan, Plan, Task, TaskKind
from yiwang.casework.cases.receipt import Applicant, Receipt, receive
from yiwang.casework.cases.record import PartRef, plan_of
from yiwang.casework.cases.refusals import NotPossible
from yiwang.casework.cases.state import from_bytes
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import MACHINE
from yiwang.foundation.directory.models import Enterprise
from yiwang.foundation.jobs.actions import enqueue
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date
from yiwang.foundation.ledger.events import Recorded
from yiwang.foundation.ledger.hearing import hears
from yiwang.foundation.ledger.replay import history
from yiwang.foundation.notifications.actions import tell
from yiwang.foundation.ui.wording import day_text, last_day
from yiwang.service.applications import failed_attempts, jobs, jurisdiction, payments, routes
from yiwang.service.applications.addressees import tell_all
from yiwang.service.applications.messages import TOLD, About, message
from yiwang.service.applications.models import Application, OnSiteCheck
from yiwang.service.applications.routes import published_of
from yiwang.service.applications.submission import area
from yiwang.service.catalogue.package import Commitment, Matter
from yiwang.service.catalogue.service import parts_of

CHECK = "check"


@hears(*TOLD, name="applications.tell")
def tell_applicant(heard: Recorded) -> None:
    """Put it into the applicant's inbox, in both languages."""
    application = _application(heard)
    if application is None:
        return
    part = plan_of(application.case.plan_id).by_key[heard.body.part]
    if isinstance(heard.body, events.Accepted) and _decided_at_once(heard):
        return
    office = from_bytes(application.case.state).parts[part.key].office(part.department)
    department = directory.department(office)
    name = department.name if department else Words(office, office)
    rule = _rule(application, heard.body.part) if getattr(heard.body, "by_rule", False) else None
    told = message(heard.body, About(part, name, _said(heard), city_date(heard.at), rule))
    if told is not None:
        link = reverse("applications:application", args=[application.case.number])
        tell_all(application, told.subject, told.body, link, f"applications:{heard.stream_id}:{heard.version}")


@hears(events.Decided, name="applications.enterprise")
def make_enterprise(heard: Recorded) -> None:
    """A granted registration creates the enterprise in the directory; the applicant represents it."""
    code = heard.body.facts.get("enterprise.uscc")
    application = _application(heard) if code else None
    if application is None:
        return
    name = heard.body.facts.get("enterprise.name") or application.answers.get("enterprise.proposed_name") or code
    represented = {"name": str(name)[:120], "representative_id": application.applicant_id}
    Enterprise.objects.get_or_create(uscc=code, defaults=represented)


@hears(events.Decided, name="applications.check")
def open_check(heard: Recorded) -> None:
    """A grant on a signed promise is checked on site, as a case of its own, within the matter's limit."""
    application = _application(heard) if heard.body.granted else None
    if application is None or not plan_of(application.case.plan_id).by_key[heard.body.part].committed:
        return
    if OnSiteCheck.objects.filter(application=application, part=heard.body.part).exists():
        return
    published = published_of(application)
    matter = next(part.matter for part in parts_of(published.service) if part.key == heard.body.part)
    person = directory.identity_of_person(application.applicant_id)
    plan = check_plan(matter)
    place = from_bytes(application.case.state).parts[heard.body.part].place
    offices = jurisdiction.offices_at(place, plan.by_key[CHECK])
    check = receive(
        Receipt(
            kind=CHECK,
            title=_title(matter),
            plan=plan,
            parts=(events.ChosenPart(CHECK, place=place, offices=offices),),
            applicant=Applicant(None, person.name, person.resident_id),
            area=area(),
            district=application.case.district,
            channel="commitment",
        ),
        by=MACHINE,
    )
    # Nobody applied for it, so that nobody has to accept it: the visit is open at once.
    cases.accept(PartRef(check.number, CHECK), by=MACHINE)
    OnSiteCheck.objects.create(case_id=check.id, application=application, part=heard.body.part)
    number = application.case.number
    cases.link(PartRef(number, heard.body.part), check.id, CHECK, by=MACHINE)
    told = Words(f"会上门核查：{matter.name.zh}", f"A check on site follows: {matter.name.en}")
    limit = _commitment(matter).check_within.words()
    tell_all(
        application,
        told,
        Words(
            f"您签了承诺，先拿到了结果。{limit.zh}内会有人上门核查，承诺不实会被撤销。",
            f"You have the result on your promise. Within {limit.en} we check on site; a false promise revokes it.",
        ),
        reverse("applications:application", args=[number]),
        f"applications:check:{application.pk}:{heard.body.part}",
    )


@hears(events.Received, events.Corrected, events.Arrived, name="applications.check_submission")
def have_it_checked(heard: Recorded) -> None:
    """Rules look at what was submitted as soon as it is; a case that a rule has decided already needs none."""
    if isinstance(heard.body, events.Received) and heard.body.kind != "application":
        return
    if Application.objects.filter(pk=heard.stream_id, case__closed_at__isnull=True).exists():
        enqueue(jobs.check_submission, {"case_id": heard.stream_id}, key=f"applications.check:{heard.stream_id}")


@hears(events.Decided, name="applications.failed_attempt")
def tell_answer(heard: Recorded) -> None:
    """Who said that something could not be done is told the answer; who was not signed in looks it up."""
    attempt = failed_attempts.of_case(heard.stream_id) if heard.stream == "case" else None
    if attempt is None or attempt.user_id is None:
        return
    answer = "\n".join(_said(heard))
    tell(
        attempt.user_id,
        Words("您反映的办不成事有答复了", "An answer to what you could not get done"),
        Words(answer, answer),
        reverse("applications:my-failed-attempt", args=[attempt.case.number]),
        f"applications:failed-attempt:{attempt.pk}",
    )


@hears(events.Decided, events.NotAccepted, events.Withdrawn, events.DeferralLapsed, name="applications.fee")
def give_fee_back(heard: Recorded) -> None:
    """A part that ended without a grant gives its fee back."""
    if heard.stream == "case" and not getattr(heard.body, "granted", False):
        payments.give_back_what_ended(heard.stream_id, heard.body.part)


@hears(events.Decided, name="applications.revoke")
def revoke_false_promise(heard: Recorded) -> None:
    """A check that found the promise false takes the granted result back."""
    if heard.body.granted or heard.stream != "case":
        return
    check = OnSiteCheck.objects.filter(pk=heard.stream_id).select_related("application__case").first()
    if check is None:
        return
    found = "\n".join(_said(heard))
    try:
        cases.revoke(
            PartRef(check.application.case.number, check.part), f"现场核查发现承诺不实。\n{found}".strip(), by=MACHINE
        )
    except NotPossible as already:
        if already.code != "not_granted":
            raise
    _record_breach(check)


def _record_breach(check: OnSiteCheck) -> None:
    """Who promised falsely goes the ordinary way for a while, and is told."""
    application = check.application
    published = published_of(application)
    matter = next(part.matter for part in parts_of(published.service) if part.key == check.part)
    resident_id = Party.objects.filter(pk=application.case_id).values_list("identifier", flat=True).first() or ""
    day = last_day(routes.record_breach(check, matter.code, resident_id, _commitment(matter).barred))
    tell_all(
        application,
        Words(f"承诺不实已记录：{matter.name.zh}", f"A false promise is on record: {matter.name.en}"),
        Words(
            f"{day_text(day, 'zh-hans')}前，这件事请按普通程序办，先核查再决定。",
            f"Until {day_text(day, 'en')} this matter goes the ordinary way: we look first, then decide.",
        ),
        reverse("applications:application", args=[application.case.number]),
        f"applications:breach:{check.pk}",
    )


def check_plan(matter: Matter) -> Plan:
    """One part: go and look, then say whether the promise holds."""
    commitment = _commitment(matter)
    by, within = commitment.check_by, commitment.check_within
    part = PartPlan.build(
        key=CHECK,
        matter=matter.code,
        name=_title(matter),
        department=by.partition("/")[0],
        statute=within,
        promise=within,
        tasks=[
            Task("visit", commitment.check_name, by),
            Task(
                "decide",
                Words("认定承诺是否属实", "Say whether the promise holds"),
                by,
                ("visit",),
                None,
                TaskKind.DECIDE,
            ),
        ],
        verdicts=(
            Words("承诺属实", "The promise holds"),
            Words("承诺不实，撤销许可", "The promise is false: the permit is revoked"),
        ),
    )
    return Plan(_title(matter), (part,))


def _commitment(matter: Matter) -> Commitment:
    assert matter.commitment is not None
    return matter.commitment


def _title(matter: Matter) -> Words:
    name = _commitment(matter).check_name
    return Words(f"{name.zh}：{matter.name.zh}", f"{name.en}: {matter.name.en}")


def _application(heard: Recorded) -> Application | None:
    """The application whose case this is; None for any other case."""
    if heard.stream != "case":
        return None
    return Application.objects.filter(pk=heard.stream_id).select_related("case").first()


def _rule(application: Application, part: str) -> Words | None:
    published = published_of(application)
    matter = next(each.matter for each in parts_of(published.service) if each.key == part)
    return matter.rule.explain if matter.rule else None


def _decided_at_once(heard: Recorded) -> bool:
    """Whether a rule decided in the same breath: then the decision alone is told."""
    following = [each.body for each in history(heard.stream, heard.stream_id) if each.version == heard.version + 1]
    return any(isinstance(body, events.Decided) and body.by_rule for body in following)


def _said(heard: Recorded) -> tuple[str, ...]:
    """What was written on this occasion; nothing when it was erased since."""
    commitment = getattr(heard.body, "words", None)
    if commitment is None:
        return ()
    found = Statement.objects.filter(case=heard.stream_id, number=commitment.number)
    body = found.values_list("body", flat=True).first()
    return () if not body else (body,) if isinstance(body, str) else tuple(body)

"""What was submitted, in the one form to which the case's events commit, and whether it still is what it was.

The receipt, each correction and each later paper put a salted digest into their event. What stands submitted are the
rows of the application; what stood before is set aside whole. All of it is erasable: without salt and body a digest
says nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from yiwang.casework.cases.models import Case
from yiwang.casework.cases.record import STREAM
from yiwang.casework.cases.statements import salted_digest
from yiwang.foundation.ledger.events import Recorded
from yiwang.foundation.ledger.replay import Testimony
from yiwang.service.applications import lookups
from yiwang.service.applications.models import Application, ApplicationMaterial, EarlierSubmission

Body = dict[str, Any]


def body(
    service: tuple[str, int],
    answers: Mapping[str, Any],
    signed: Mapping[str, str],
    files: Iterable[tuple[str, str]],
    library: Sequence[Sequence[Any]] = (),
    worked_out: Iterable[str] = (),
) -> Body:
    """A submission as it is hashed: the service's code and version (they hold the questions and the words of promises),
    answers by element, moments of signing by part, each file as (material, SHA-256 of its bytes), what the library told
    (`lookups.committed`), and the elements whose answer was suggested.

    The form is for ever, or old digests say nothing: what is added later must be left out while it is empty.
    """
    told = {"library": [list(each) for each in library]} if library else {}
    suggested = {"worked_out": sorted(worked_out)} if worked_out else {}
    return {
        "service": list(service),
        "answers": dict(answers),
        "signed": dict(signed),
        "materials": sorted(list(file) for file in files),
        **told,
        **suggested,
    }


def set_aside(application: Application) -> None:
    """Keep what stands submitted as an earlier submission: it is about to change. For a caller that holds the row."""
    if application.salt:
        EarlierSubmission.objects.create(application=application, body=_standing(application), salt=application.salt)


def commit_to(application_id: int) -> str:
    """The digest, under a new salt, of what stands submitted now. The event that changed it must hold it."""
    application = Application.objects.get(pk=application_id)
    salt = secrets.token_hex(16)
    Application.objects.filter(pk=application_id).update(salt=salt)
    return salted_digest(salt, _standing(application))


def _standing(application: Application) -> Body:
    files = ApplicationMaterial.objects.filter(application=application, replaced_at__isnull=True)
    return body(
        (application.service, application.service_version),
        application.answers,
        application.signed,
        files.values_list("key", "document__sha256"),
        lookups.committed(lookups.of_application(application.pk)),
        application.worked_out,
    )


class SubmissionWitness:
    """Whether answers, files and promises are those to which the case's events commit."""

    stream = STREAM

    def testify(self, stream_id: int, history: Sequence[Recorded]) -> Testimony:
        if history[0].body.kind != "application":
            return Testimony()
        promised = list(dict.fromkeys(digest for each in history if (digest := getattr(each.body, "submission", ""))))
        if not promised:
            return Testimony()
        number = Case.objects.filter(pk=stream_id).values_list("number", flat=True).first()
        name = f"case {number or stream_id}"
        application = Application.objects.filter(pk=stream_id).first()
        if application is None:
            return Testimony(erased=(f"{name}: what was submitted was erased",))
        altered, erased = [], []
        if salted_digest(application.salt, _standing(application)) != promised[-1]:
            altered.append(f"{name}: what stands submitted is not what its last submission commits to")
        earlier = list(EarlierSubmission.objects.filter(application=application).order_by("id"))
        for row in earlier:
            if salted_digest(row.salt, row.body) not in promised[:-1]:
                altered.append(f"{name}: an earlier submission is not what its event commits to")
        for _gone in range(len(promised) - 1 - len(earlier)):
            erased.append(f"{name}: an earlier submission was erased")
        return Testimony(tuple(altered), tuple(erased))

"""Questions in SQL over what departments share: asked on a page, answered in the background, given up when told so.

At most `AT_ONCE` are answered at a time, one for each officer. The rows of an answer lie in a file that only this
program may read, for an hour; the database keeps what was asked and of whom, never a value of a department.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import now
from yiwang.foundation.standards.elements import ElementKind
from yiwang.library import reading
from yiwang.library.centre import gateways, lineage, queries
from yiwang.library.centre.models import Question, QuestionState
from yiwang.library.centre.refusals import NotPossible
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.gateway import Cancelled, Gateway, NotGranted, Offline
from yiwang.library.gateways.stopping import Stop

if TYPE_CHECKING:
    import pyarrow as pa

log = logging.getLogger(__name__)

AT_ONCE = 2
LONGEST_TEXT = 20_000
KEPT = timedelta(hours=1)
ABANDONED = timedelta(minutes=5)
"""After so long without an end, whoever answered it is gone."""
LOOK = 0.5
"""Seconds between two looks at whether the asker gave up."""
BOUNDS = reading.Bounds(most_rows=10_000, seconds=60.0)

OPEN = (QuestionState.WAITING, QuestionState.RUNNING)


class NoSuchQuestion(LookupError):
    """There is no question of that number, or it is somebody else's."""


@dataclass(frozen=True, slots=True)
class Standing:
    """In whose name and why one may ask: a post of the officer's and a purpose for which it holds grants."""

    post: str
    purpose: str

    @property
    def key(self) -> str:
        return f"{self.post} {self.purpose}"


def standings(posts: Iterable[str]) -> tuple[Standing, ...]:
    """What these posts may ask for: those that hold grants which are not for named cases alone, the widest first."""
    found: dict[Standing, set[str]] = {}
    for post in sorted(posts):
        for issued in queries.issued_for([post]):
            if not issued.grant.needs_case:
                found.setdefault(Standing(post, issued.grant.purpose), set()).add(issued.grant.product)
    return tuple(sorted(found, key=lambda each: -len(found[each])))


def shelf_of(standing: Standing) -> reading.Shelf:
    """Every product that the post may read for the purpose, each under its newest grant; one that gives rows first."""
    granted: dict[str, reading.Granted] = {}
    held = queries.issued_for([standing.post], standing.purpose)
    for issued in sorted(held, key=lambda each: each.grant.statistics_only):
        reference = issued.grant.product
        if reference in granted:
            continue
        try:
            product = queries.product(reference)
        except queries.NoSuchProduct:
            continue
        granted[reference] = reading.Granted(product, issued.grant, issued.signed)
    return reading.Shelf(granted.values())


def example_of(item: reading.Granted) -> str:
    """How a product that gives statistics only is asked, in a question that has an answer."""
    name = queries.sql_name(item.product)
    listed = (ElementKind.CHOICE, ElementKind.BOOLEAN)
    for field in item.fields.values():
        if field.kind in listed and item.clear(field.name):
            shown = f"select {field.name}, count(*) from {name}"  # noqa: S608 - for people to read
            return f"{shown} group by {field.name} order by count(*) desc"
    return f"select count(*) from {name}"  # noqa: S608 - for people to read


def gateways_of(shelf: reading.Shelf) -> Mapping[str, Gateway]:
    """The gateways of the shelf's departments; one that cannot be opened stands there and says that it is offline."""
    found: dict[str, Gateway] = {}
    for department in {item.product.department for item in shelf.items}:
        try:
            found[department] = gateways.gateway(department)
        except Offline as offline:
            found[department] = gateways.absent(department, offline.why)
    return found


def require_room(by: Actor) -> None:
    """Raises NotPossible while another question of this officer's, or too many of others', are being answered."""
    _give_up_on_the_abandoned()
    waiting = Question.objects.filter(state__in=OPEN)
    if waiting.filter(asked_by=by.id).exists():
        raise NotPossible(
            "one_each", Words("您还有一个查询没有完成。", "Another question of yours is still being answered.")
        )
    if waiting.count() >= AT_ONCE:
        raise NotPossible(
            "busy", Words("现在查询的人多，请过一分钟再试。", "Others are asking now. Try again in a minute.")
        )


def question(number: int, by: Actor) -> Question:
    """The asker's own question. Raises NoSuchQuestion."""
    found = Question.objects.filter(pk=number, asked_by=by.id).first() if by.id is not None else None
    if found is None:
        raise NoSuchQuestion(number)
    return found


def recent(by: Actor, limit: int = 10) -> tuple[Question, ...]:
    return tuple(Question.objects.filter(asked_by=by.id).order_by("-pk")[:limit]) if by.id is not None else ()


def answer(number: int) -> None:
    """Answer a question, in the worker. Whatever comes of it is written down."""
    won = Question.objects.filter(pk=number, state=QuestionState.WAITING).update(state=QuestionState.RUNNING)
    if not won:
        return
    row = Question.objects.select_related("asked_by").get(pk=number)
    standing = Standing(row.post, row.purpose)
    shelf = shelf_of(standing)
    asker = Asker(
        actor=f"officer:{row.asked_by_id}",
        name=row.asked_by.name,
        department=row.post.partition("/")[0],
        post=row.post,
        purpose=row.purpose,
        case=row.case,
    )
    effort = _Effort(row.text, shelf, gateways_of(shelf), asker)
    effort.start()
    while not effort.done.wait(LOOK):
        progress, gave_up = effort.progress(), Question.objects.filter(pk=number, give_up=True).exists()
        Question.objects.filter(pk=number).update(progress=progress)
        if gave_up:
            effort.stop.cancel()
    _write_down(row, effort)


class _Effort(threading.Thread):
    """One question being answered, in a thread of its own that never touches the database."""

    def __init__(self, text: str, shelf: reading.Shelf, known: Mapping[str, Gateway], asker: Asker) -> None:
        super().__init__(name="question", daemon=True)
        self.done, self.stop = threading.Event(), Stop(BOUNDS.seconds)
        self.answer: reading.Answer | None = None
        self.error: Exception | None = None
        self._arguments = (text, shelf, known, asker)
        self._lock = threading.Lock()
        self._progress: dict[str, dict[str, Any]] = {}

    def run(self) -> None:
        text, shelf, known, asker = self._arguments
        try:
            self.answer = reading.answer(
                text, shelf=shelf, gateways=known, asker=asker, bounds=BOUNDS, tell=self._tell, stop=self.stop
            )
        except Exception as error:  # noqa: BLE001 - told to the asker, whatever it is
            self.error = error
        finally:
            self.done.set()

    def _tell(self, progress: reading.Progress) -> None:
        with self._lock:
            self._progress[progress.product] = {
                "product": progress.product,
                "department": progress.department,
                "state": progress.state,
                "rows": progress.rows,
            }

    def progress(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._progress.values())


def _write_down(row: Question, effort: _Effort) -> None:
    ended: dict[str, Any] = {"finished_at": now(), "progress": effort.progress()}
    found = effort.answer
    if found is not None:
        keep(row.pk, found.table)
        ended |= {
            "state": QuestionState.DONE,
            "steps": [lineage.step_body(step) for step in found.steps],
            "missing": [{"product": m.product, "department": m.department} for m in found.missing],
            "rows": found.table.num_rows,
            "truncated": found.truncated,
            "seconds": round(found.seconds, 3),
            "method": asdict(found.method) if found.method is not None else None,
            "engine": found.engine,
        }
    else:
        ended |= _why_not(row.pk, effort.error)
    Question.objects.filter(pk=row.pk).update(**ended)
    if found is not None:
        row.refresh_from_db()
        lineage.record(row)


NO_ANSWER = (reading.Refused, NotGranted, Offline, Cancelled)
"""What a question may meet instead of an answer."""


def code_of(error: BaseException) -> tuple[str, str]:
    """The code (of `question_words`) and detail of what came instead of an answer."""
    if isinstance(error, reading.Refused):
        return error.code, error.detail[:300]
    if isinstance(error, NotGranted):
        return f"gateway_{error.code}", error.detail[:300]
    if isinstance(error, Offline):
        return "offline", (error.product or error.department)[:300]
    return ("too_slow", "") if isinstance(error, Cancelled) else ("failed", "")


def _why_not(number: int, error: Exception | None) -> dict[str, Any]:
    """State, code and detail of a question that has no answer."""
    code, detail = code_of(error) if error is not None else ("failed", "")
    state = QuestionState.FAILED
    if isinstance(error, Cancelled):
        state = QuestionState.CANCELLED
        if Question.objects.filter(pk=number, give_up=True).exists():
            code = "given_up"
    elif isinstance(error, reading.Refused | NotGranted):
        state = QuestionState.REFUSED
    elif code == "failed":
        log.error("Question %s failed", number, exc_info=error)
    return {"state": state, "code": code, "detail": detail}


def _give_up_on_the_abandoned() -> None:
    Question.objects.filter(state__in=OPEN, asked_at__lt=now() - ABANDONED).update(
        state=QuestionState.FAILED, code="failed", finished_at=now()
    )


# --- the rows, for an hour


def keep(number: int, table: pa.Table) -> None:
    """Keep the rows in a file that only this program's account may read."""
    import pyarrow.feather as feather

    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = _path(number)
    path.touch(mode=0o600)
    feather.write_feather(table, str(path))


def rows_of(number: int) -> pa.Table | None:
    """The rows of an answer; None once they are forgotten."""
    import pyarrow.feather as feather

    path = _path(number)
    return feather.read_table(str(path)) if path.exists() else None


def forget() -> int:
    """Delete the rows of answers that are older than an hour; how many there were."""
    old = Question.objects.filter(finished_at__lt=now() - KEPT, finished_at__gt=now() - 24 * KEPT)
    gone = 0
    for number in old.values_list("pk", flat=True):
        path = _path(number)
        if path.exists():
            path.unlink()
            gone += 1
    _give_up_on_the_abandoned()
    return gone


def _folder() -> Path:
    return Path(settings.YIWANG_DATA_DIR) / "library" / "answers"


def _path(number: int) -> Path:
    return _folder() / f"{number}.arrow"

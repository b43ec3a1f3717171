"""An administrator sees what stands still and sets it going again."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from yiwang.foundation.directory.models import User, UserKind
from yiwang.foundation.jobs import actions
from yiwang.foundation.jobs.jobs import delete_finished_jobs
from yiwang.foundation.jobs.models import Job, State
from yiwang.foundation.ledger.models import Parked

pytestmark = pytest.mark.django_db
MOMENT = datetime(2025, 3, 12, 4, 0, tzinfo=UTC)


@pytest.fixture
def administrator() -> Client:
    user = User.objects.create(username="gu", name="顾", kind=UserKind.ADMINISTRATOR, registered_at=MOMENT)
    client = Client()
    client.force_login(user)
    return client


def test_all_well_is_said_in_one_sentence(administrator: Client) -> None:
    assert "一切正常" in administrator.get("/administration/").content.decode()


def test_parked_cases_are_shown_and_tried_again(administrator: Client) -> None:
    parked = Parked.objects.create(
        consumer="notifications.tell",
        stream="case",
        stream_id=7,
        position=3,
        error="Traceback\nRuntimeError: the mail server is away",
        since=MOMENT,
        next_try=datetime(2099, 1, 1, tzinfo=UTC),
    )
    page = administrator.get("/administration/").content.decode()
    assert "the mail server is away" in page and "Traceback" not in page
    assert administrator.post(f"/administration/parked/{parked.pk}/retry/").status_code == 302
    parked.refresh_from_db()
    assert parked.next_try.year < 2099
    assert administrator.post("/administration/parked/999/retry/").status_code == 404


def test_work_that_failed_for_good_is_given_another_chance(administrator: Client) -> None:
    actions.enqueue(delete_finished_jobs)
    Job.objects.update(state=State.FAILED, ready_at=None, finished_at=MOMENT, attempts=8, last_error="x")
    job = Job.objects.get()
    assert Job.objects.get().name in administrator.get("/administration/").content.decode()
    assert administrator.post(f"/administration/jobs/{job.pk}/retry/").status_code == 302
    job.refresh_from_db()
    assert job.state == State.WAITING
    assert administrator.post(f"/administration/jobs/{job.pk}/retry/").status_code == 404

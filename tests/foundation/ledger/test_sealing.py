"""Positions follow commits, and no event is left out (ids commit out of order)."""

import threading
import time

import pytest
from django.db import IntegrityError, connection, transaction

from tests.foundation.ledger.conftest import happen
from yiwang.foundation.ledger.actions import seal
from yiwang.foundation.ledger.models import Event, Seal, Sealer


@pytest.mark.django_db
def test_positions_are_one_unbroken_row(clock: object) -> None:
    for version in range(1, 8):
        happen(1, version)
    assert seal(limit=5) == 5
    happen(2, 1)
    assert seal() == 3
    assert seal() == 0
    assert list(Seal.objects.order_by("position").values_list("position", flat=True)) == list(range(1, 9))


@pytest.mark.django_db
def test_a_version_is_written_once(clock: object) -> None:
    happen(1, 1)
    with pytest.raises(IntegrityError):
        happen(1, 1)


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_gets_a_later_position() -> None:
    """A slow transaction takes a low id and commits after others were sealed: it must still be heard."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: ids commit in order")
    has_id, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                happen(1, 1)
                has_id.set()
                may_commit.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    assert has_id.wait(20)
    happen(2, 1)
    happen(3, 1)
    for _ in range(3):
        seal()
    assert Sealer.objects.get().horizon < Event.objects.order_by("id")[0].id + 1
    assert set(Seal.objects.values_list("event__stream_id", flat=True)) == {2, 3}
    may_commit.set()
    writer.join()
    seal()
    order = list(Seal.objects.order_by("position").values_list("event__stream_id", flat=True))
    assert order == [2, 3, 1]
    # Transactions of other databases on the same server hold the horizon back for as long as they run.
    last, until = Event.objects.order_by("-id")[0].id, time.monotonic() + 20
    while Sealer.objects.get().horizon < last and time.monotonic() < until:
        seal()
    assert Sealer.objects.get().horizon == last


@pytest.mark.django_db(transaction=True)
def test_writers_and_sealers_at_once_seal_every_event_once() -> None:
    done = threading.Event()
    failures: list[BaseException] = []

    def write(stream: int) -> None:
        try:
            for version in range(1, 26):
                happen(stream, version)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    def sealing() -> None:
        try:
            while not done.wait(0.005):
                seal(limit=7)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(stream,)) for stream in range(1, 5)]
    sealers = [threading.Thread(target=sealing) for _ in range(2)]
    for thread in writers + sealers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in sealers:
        thread.join()
    while seal():
        pass
    assert not failures
    assert Seal.objects.count() == Event.objects.count() == 100
    assert list(Seal.objects.order_by("position").values_list("position", flat=True)) == list(range(1, 101))
    for stream in range(1, 5):
        versions = Seal.objects.filter(event__stream_id=stream).order_by("position")
        assert list(versions.values_list("event__version", flat=True)) == list(range(1, 26))

"""The owner's log: durable before rows go out, provable afterwards, silent about whom it does not concern."""

import json
import multiprocessing
import os
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.library.gateways.registers import asker
from yiwang.foundation.kernel.merkle import extends
from yiwang.library.gateways.log import AccessLog, Entry, verify_receipt
from yiwang.library.gateways.log_file import LogDamaged
from yiwang.library.gateways.signing import BadSignature, SigningKey, verify_head

KEY = SigningKey.fresh()
WANG, LI = "11010519491231002X", "110105194912310038"

pytestmark = pytest.mark.usefixtures("clock")


def opened(folder: Path, key: SigningKey = KEY) -> AccessLog:
    return AccessLog(folder, "police", key)


def entry(log: AccessLog, *people: str, **changes: Any) -> Entry:
    return Entry(asker(**changes), "grant-1", "police.residents@1", ("name",), len(people), log.digests(people))


def test_a_person_finds_who_looked_newest_first(tmp_path: Path) -> None:
    log = opened(tmp_path)
    for case, person in (("C-1", WANG), ("C-2", LI), ("C-3", WANG)):
        log.append(entry(log, person, case=case))
    found = log.records_of(WANG.lower(), before=None, limit=10)
    assert [(each.position, each.asker.case) for each in found] == [(2, "C-3"), (0, "C-1")]
    assert [each.position for each in log.records_of(WANG, before=2, limit=10)] == [0]
    assert [each.position for each in log.records(after=1, limit=10)] == [1, 2]


def test_neither_names_nor_numbers_of_those_concerned_stand_in_the_folder(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.append(entry(log, WANG, subject=WANG))
    log.records(after=0, limit=1)
    assert all(WANG.encode() not in path.read_bytes() for path in tmp_path.iterdir())


def test_a_record_about_many_names_to_each_only_themselves(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.append(entry(log, WANG, LI))
    [found] = log.records_of(LI, before=None, limit=10)
    assert found.subjects == (log.digest(LI),)
    receipt = log.receipt(0)
    assert receipt.record.subjects == ()
    assert log.digest(WANG).hex() not in receipt.leaf.decode()
    verify_receipt(receipt, KEY.trust())
    [whole] = log.records(after=0, limit=1)
    assert set(whole.subjects) == {log.digest(WANG), log.digest(LI)}


def test_an_investigation_is_disclosed_late_but_counted_at_once(tmp_path: Path, clock: Any) -> None:
    log = opened(tmp_path)
    log.append(entry(log, WANG, disclose_after=clock.now() + timedelta(days=30)))
    assert log.records_of(WANG, before=None, limit=10) == []
    assert log.head().size == 1
    assert len(log.records(after=0, limit=10)) == 1
    clock.advance(timedelta(days=30))
    assert len(log.records_of(WANG, before=None, limit=10)) == 1


def test_receipts_and_heads_prove_that_the_log_only_grew(tmp_path: Path) -> None:
    log = opened(tmp_path)
    for _ in range(5):
        log.append(entry(log, WANG))
    old = log.head()
    for _ in range(8):
        log.append(entry(log, LI))
    new = log.head()
    verify_head(new, KEY.trust())
    assert extends(old.size, new.size, old.root, new.root, log.consistency(5, 13))
    for position in range(13):
        verify_receipt(log.receipt(position), KEY.trust())
    with pytest.raises(LookupError):
        log.receipt(13)
    with pytest.raises(LookupError):
        log.consistency(5, 14)


def test_a_forged_receipt_does_not_verify(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.append(entry(log, WANG))
    receipt = log.receipt(0)
    for forged in (
        replace(receipt, record=replace(receipt.record, rows=9)),
        replace(receipt, leaf=receipt.leaf.replace(b"C-1", b"C-9")),
        replace(receipt, head=replace(receipt.head, root=bytes(32))),
    ):
        with pytest.raises(BadSignature):
            verify_receipt(forged, KEY.trust())


def test_a_log_that_is_opened_again_goes_on(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.append(entry(log, WANG))
    head = log.head()
    log.close()
    again = opened(tmp_path)
    assert again.append(entry(again, LI)) == 1
    assert extends(1, 2, head.root, again.head().root, again.consistency(1, 2))
    assert [each.position for each in again.records_of(WANG, before=None, limit=9)] == [0]


@pytest.mark.parametrize("cut", [1, 5, 12, 100])
def test_what_a_killed_writer_left_half_written_is_cut_off(tmp_path: Path, cut: int) -> None:
    log = opened(tmp_path)
    log.append(entry(log, WANG))
    log.append(entry(log, WANG))
    log.close()
    path = tmp_path / "records"
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    again = opened(tmp_path)
    assert again.append(entry(again, LI)) == 1
    assert [each.position for each in again.records(after=0, limit=9)] == [0, 1]
    assert list(tmp_path.glob("torn-*"))


def test_a_log_that_lost_a_record_it_signed_for_is_not_opened(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.append(entry(log, WANG))
    log.append(entry(log, WANG))
    log.head()
    log.close()
    path = tmp_path / "records"
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(LogDamaged, match="2 were signed for"):
        opened(tmp_path)


def test_a_record_that_was_altered_is_found(tmp_path: Path) -> None:
    from zlib import crc32

    log = opened(tmp_path)
    log.append(entry(log, WANG))
    log.head()
    log.close()
    path = tmp_path / "records"
    altered = bytearray(path.read_bytes().replace(b"Li Lei", b"Li Mei"))
    altered[16:20] = crc32(altered[20:], crc32(altered[8:16])).to_bytes(4, "little")
    path.write_bytes(altered)
    (tmp_path / "index.sqlite3").unlink()
    again = opened(tmp_path)
    with pytest.raises(LogDamaged, match="not those that were signed for"):
        again.head()


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_bytes(b"not a database" * 999)])
def test_a_lost_or_broken_index_is_made_anew(tmp_path: Path, harm: Any) -> None:
    log = opened(tmp_path)
    log.append(entry(log, WANG))
    log.head()
    log.close()
    for ending in ("-wal", "-shm"):
        (tmp_path / f"index.sqlite3{ending}").unlink(missing_ok=True)
    harm(tmp_path / "index.sqlite3")
    again = opened(tmp_path)
    assert len(again.records_of(WANG, before=None, limit=9)) == 1
    assert again.head().size == 1


def test_threads_share_a_write_and_each_has_its_own_record(tmp_path: Path) -> None:
    log = opened(tmp_path)
    positions: list[int] = []

    def work(number: int) -> None:
        positions.extend(log.append(entry(log, WANG, case=f"C-{number}-{n}")) for n in range(20))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(positions) == list(range(160))
    found = log.records(after=0, limit=1000)
    assert len({each.asker.case for each in found}) == 160
    assert log.head().size == 160


def _append_many(folder: str, key: bytes, number: int) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    log = opened(Path(folder), SigningKey.of(Ed25519PrivateKey.from_private_bytes(key)))
    for n in range(25):
        log.append(entry(log, WANG, case=f"C-{number}-{n}"))
        if n % 10 == 0:
            log.head()


def test_processes_that_share_a_folder_take_turns(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    raw = KEY.private.private_bytes_raw()
    workers = [context.Process(target=_append_many, args=(str(tmp_path), raw, n)) for n in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert [each.exitcode for each in workers] == [0, 0, 0]
    log = opened(tmp_path)
    assert len({each.asker.case for each in log.records(after=0, limit=1000)}) == 75
    assert log.head().size == 75


def test_when_the_disk_is_full_nobody_is_told_that_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = opened(tmp_path)
    log.append(entry(log, WANG))

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", full)
        with pytest.raises(OSError, match="No space"):
            log.append(entry(log, LI))
    assert log.append(entry(log, WANG, case="C-5")) == 1
    assert [json.loads(log.receipt(n).leaf)["case"] for n in (0, 1)] == ["C-1", "C-5"]

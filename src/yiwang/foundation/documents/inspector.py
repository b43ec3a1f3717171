"""Having a file inspected by another process: a few at a time, each with a time limit."""

import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

from yiwang.foundation.documents.inspection import CPU_SECONDS, Inspection
from yiwang.foundation.documents.reading import Reading
from yiwang.foundation.documents.refusals import REASONS, Refused

log = logging.getLogger(__name__)

AT_ONCE = 2
"""Inspections of one process of the server at the same time."""
LONGEST_QUEUE = 20.0
LONGEST_RUN = CPU_SECONDS + 10.0
"""Seconds by the wall clock; the processor's time is limited inside."""

_places = threading.BoundedSemaphore(AT_ONCE)


def examine(path: Path) -> Inspection:
    """What a file in the quarantine is. Raises Refused; a file that brings the inspection down is too complex."""
    if not _places.acquire(timeout=LONGEST_QUEUE):
        raise Refused("busy")
    try:
        return _examine(path)
    finally:
        _places.release()


def _examine(path: Path) -> Inspection:
    try:
        run = _confined("inspection", path)
    except subprocess.TimeoutExpired as slow:
        raise Refused("too_complex") from slow
    except OSError as failure:
        log.exception("The inspection of uploads cannot be started")
        raise Refused("busy") from failure
    try:
        answer = json.loads(run.stdout)
    except ValueError as silence:
        # Killed by a limit, or brought down by the file.
        log.warning("An inspection ended with %d: %s", run.returncode, run.stderr[-500:].decode(errors="replace"))
        raise Refused("too_complex") from silence
    if "refused" in answer:
        raise Refused(answer["refused"] if answer["refused"] in REASONS else "damaged")
    return Inspection(media_type=str(answer["media_type"]), pages=int(answer["pages"]))


def read(path: Path, media_type: str) -> Reading:
    """What a kept file says; one that brings the reading down has failed. Raises Refused when all places are taken."""
    if not _places.acquire(timeout=LONGEST_QUEUE):
        raise Refused("busy")
    try:
        run = _confined("reading", path, media_type)
        answer = json.loads(run.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return Reading(failed=True, whole=False)
    except OSError as failure:
        log.exception("The reading of documents cannot be started")
        raise Refused("busy") from failure
    finally:
        _places.release()
    return Reading(
        tuple(map(str, answer["pages"])),
        tuple(map(int, answer["blank"])),
        bool(answer["whole"]),
        bool(answer["failed"]),
    )


def _confined(module: str, path: Path, *more: str) -> subprocess.CompletedProcess[bytes]:
    # -I: neither the environment nor the current folder adds code; the environment's secrets stay here.
    command = [sys.executable, "-I", "-m", f"yiwang.foundation.documents.{module}", str(path.resolve()), *more]
    return subprocess.run(  # noqa: S603 - the command is ours, the path is a document's number
        command,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=LONGEST_RUN,
        env={"LANG": "C.UTF-8"},
        cwd=os.sep,
        check=False,
    )

"""Where each department's gateway is: in this process over its binding file, or at an address of its own.

Opened when first asked for, then kept for the life of the process. A gateway that cannot be opened is `Offline`; the
others go on, and it is tried again after `TRY_AGAIN`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from django.conf import settings

from yiwang.foundation.kernel.time import now
from yiwang.library.centre import in_force, signing_key, silence
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.gateway import Gateway, Offline

log = logging.getLogger(__name__)

TRY_AGAIN = timedelta(seconds=15)

Opener = Callable[[], Gateway]

_lock = threading.RLock()
_openers: dict[str, Opener] | None = None
_open: dict[str, Gateway] = {}
_failed: dict[str, tuple[datetime, str]] = {}


_contracts: dict[str, tuple[Product, ...]] = {}
"""with which the gateways of this process were opened"""
ASK_AGAIN = 10.0
"""Seconds between two looks at whether contracts have changed, where nobody has looked meanwhile."""


def departments() -> tuple[str, ...]:
    """Codes of the departments that have a gateway, whether it answers or not."""
    return tuple(_known())


def gateway(department: str) -> Gateway:
    """The department's gateway. Raises Offline where it has none, or where it cannot be opened now."""
    found = _open.get(department)
    if found is not None and not _outdated(department):
        return found
    with _lock:
        if department in _open and not _outdated(department):
            return _open[department]
        opener = _known().get(department)
        if opener is None:
            raise Offline(department, why="the department has no gateway")
        failed = _failed.get(department)
        if failed is not None and now() - failed[0] < TRY_AGAIN:
            raise Offline(department, why=failed[1])
        try:
            opened = opener()
        except Exception as error:
            log.warning("The gateway of %s cannot be opened: %s", department, error)
            _failed[department] = (now(), str(error))
            raise Offline(department, why=str(error)) from error
        _failed.pop(department, None)
        _open[department] = opened
        return opened


def _outdated(department: str) -> bool:
    """Whether the contracts under which a gateway of this process was opened have changed."""
    opened_with = _contracts.get(department)
    if opened_with is None or in_force.recent(ASK_AGAIN).served(department) == opened_with:
        return False
    # The old one is not closed: somebody may be reading through it. It goes with its last reader.
    _open.pop(department, None)
    return True


def every() -> Mapping[str, Gateway]:
    """All gateways that can be opened now, by department; those that cannot are left out."""
    found = {}
    for department in departments():
        try:
            found[department] = gateway(department)
        except Offline:
            continue
    return found


def absent(department: str, why: str) -> Gateway:
    """What stands for a gateway that cannot be opened: it answers everything with Offline."""
    return cast(Gateway, _Absent(department, why))


class _Absent:
    def __init__(self, department: str, why: str) -> None:
        self.department = department
        self._why = why

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def offline(*_arguments: object, **_more: object) -> Any:
            raise Offline(self.department, why=self._why)

        return offline


@contextmanager
def instead(gateways: Mapping[str, Gateway]) -> Iterator[None]:
    """Let these be the city's gateways meanwhile: for tests and trials."""
    global _openers
    with _lock:
        kept = _openers, dict(_open), dict(_failed)
        _openers = {department: (lambda each=each: each) for department, each in gateways.items()}  # type: ignore[misc]
        _open.clear()
        _failed.clear()
        _contracts.clear()
        silence.forget()
    try:
        yield
    finally:
        with _lock:
            _openers = kept[0]
            _open.clear()
            _open.update(kept[1])
            _failed.clear()
            _failed.update(kept[2])
            silence.forget()


def forget() -> None:
    """Read the binding files anew at the next question."""
    global _openers
    with _lock:
        _openers = None
        _open.clear()
        _failed.clear()
        _contracts.clear()
        silence.forget()


def _known() -> dict[str, Opener]:
    global _openers
    if _openers is None:
        with _lock:
            if _openers is None:
                _openers = _found()
    return _openers


def _found() -> dict[str, Opener]:
    """As the files in `YIWANG_GATEWAYS_DIR` say: bindings of gateways in this process, addresses of others."""
    # What reads sources is heavy, and most processes that start never ask one.
    from yiwang.library.gateways import opening

    folder, data = Path(settings.YIWANG_GATEWAYS_DIR), Path(settings.YIWANG_DATA_DIR)

    def here(department: str, path: Path) -> Opener:
        def opened() -> Gateway:
            served = _contracts[department] = in_force.current().served(department)
            return opening.local(path, served, data=data, trust=signing_key.key().trust())

        return opened

    def elsewhere(path: Path) -> Opener:
        return lambda: opening.remote(path, data=data, key=signing_key.key())

    found = {department: here(department, path) for department, path in opening.here(folder).items()}
    return found | {department: elsewhere(path) for department, path in opening.elsewhere(folder).items()}

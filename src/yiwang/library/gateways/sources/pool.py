"""Connections that are used again: taken by one question at a time, given back when it ends."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

MOST_IDLE = 8


class Closable(Protocol):
    def close(self) -> object: ...


C = TypeVar("C", bound=Closable)


class Pool(Generic[C]):
    """`connect` makes a connection. When one fails in use, all are thrown away: the server may have been restarted.

    `drains`: one whose rows were not all fetched cannot be used again.
    """

    def __init__(self, connect: Callable[[], C], *, drains: bool = False) -> None:
        self._connect = connect
        self._drains = drains
        self._idle: deque[C] = deque()
        self._process = os.getpid()
        self._lock = threading.Lock()

    @contextmanager
    def take(self) -> Iterator[C]:
        if self._process != os.getpid():
            # Closing them would say good-bye in the parent's name.
            self._idle, self._lock, self._process = deque(), threading.Lock(), os.getpid()
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            yield connection
        except GeneratorExit:
            if self._drains:
                connection.close()
            else:
                self._give_back(connection)
            raise
        except BaseException:
            with contextlib.suppress(Exception):
                connection.close()
            self.close()
            raise
        self._give_back(connection)

    def _give_back(self, connection: C) -> None:
        if len(self._idle) < MOST_IDLE:
            self._idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        while self._idle:
            with contextlib.suppress(Exception):
                self._idle.pop().close()

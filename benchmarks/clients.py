"""Clients who post over HTTP, several at once."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

CLIENTS = 8
PATIENCE = 60
"""Seconds for an answer."""


@dataclass(frozen=True)
class Post:
    """A request."""

    path: str
    body: bytes
    headers: Mapping[str, str]


@dataclass
class Line:
    """A kept connection to a server."""

    url: str
    connection: http.client.HTTPConnection | None = None

    def send(self, post: Post) -> tuple[int, bytes]:
        """Status and body. Raises OSError or http.client.HTTPException when the line breaks; then it is hung up."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)
        try:
            self.connection.request("POST", post.path, post.body, dict(post.headers))
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.hang_up()
            raise

    def hang_up(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def all_post(url: str, posts: Sequence[Post], clients: int = CLIENTS) -> float:
    """Let the clients share the posts; seconds from the first to the last answer. Every answer must be a 201."""
    wrong: list[tuple[int, bytes]] = []

    def client(share: Sequence[Post]) -> None:
        line = Line(url)
        for post in share:
            status, body = line.send(post)
            if status != 201:
                wrong.append((status, body))
        line.hang_up()

    started = time.perf_counter()
    together([lambda share=posts[number::clients]: client(share) for number in range(clients)])  # type: ignore[misc]
    seconds = time.perf_counter() - started
    assert not wrong, f"{len(wrong)} answers such as {wrong[0]}"
    return seconds


def together(acts: Sequence[Callable[[], None]]) -> None:
    """Do all at once, each in a thread; raises what the first that failed raised."""
    failed: list[BaseException] = []

    def guarded(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 (told to whoever waits for the thread)
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]

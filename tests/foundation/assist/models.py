"""A language model's endpoint for tests: a real HTTP server."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


class Model:
    """A real HTTP server that speaks as it is told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.say: Callable[[str], bytes] = lambda text: completion(text)
        self.status = 200
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                model.asked.append({"path": self.path, **body})
                model.headers.append(dict(self.headers))
                said = model.say(body["messages"][-1]["content"])
                self.send_response(model.status)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_arguments: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)


def completion(text: str) -> bytes:
    return json.dumps({"choices": [{"message": {"content": text}}]}).encode()


@contextmanager
def serving(settings: Any) -> Iterator[Model]:
    """The city has named this endpoint."""
    found = Model()
    found.thread.start()
    settings.YIWANG_ASSIST_URL, settings.YIWANG_ASSIST_KEY, settings.YIWANG_ASSIST_MODEL = found.url, "k", "small"
    yield found
    found.server.shutdown()
    found.server.server_close()

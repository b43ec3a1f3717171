"""Programs that speak the JSON API with a bearer token: an applicant's, and a department's at its desk."""

from __future__ import annotations

import io
import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.web.browser.persons import PASSWORD


def a_photo() -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (30, 40), "white").save(content, "JPEG")
    return SimpleUploadedFile("照片.jpg", content.getvalue())


class Program:
    """Speaks JSON with a bearer token of its own; a visitor has none."""

    def __init__(self, username: str = "") -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.token = ""
        if username:
            self.token = self("POST", "/tokens", {"username": username, "password": PASSWORD}, expect=201)["token"]

    def __call__(self, method: str, path: str, body: Any = None, *, expect: int = 200, **headers: str) -> Any:
        answer = self.answers(method, path, body, **headers)
        assert answer.status_code == expect, answer.content.decode()
        return json.loads(answer.content) if answer.content else None

    def answers(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The response as it came, whatever its status."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        content = json.dumps(body) if body is not None else ""
        return self.client.generic(method, f"/api/v1{path}", content, content_type="application/json", headers=headers)

    def uploads(self) -> str:
        file = a_photo()
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = self.client.post("/api/v1/documents", {"file": file}, headers=headers)
        assert answer.status_code == 201, answer.content
        return str(answer.json()["id"])


class Desk(Program):
    """An officer's program: finds its task in the queue and acts on what it saw."""

    def part(self, number: str, key: str) -> Any:
        return next(part for part in self("GET", f"/cases/{number}")["parts"] if part["key"] == key)

    def do(self, verb: str, number: str, part: str, task: str = "", expect: int = 200, **body: Any) -> Any:
        path = f"/cases/{number}/parts/{part}/" + (f"tasks/{task}/" if task else "") + verb
        return self("POST", path, {"seen": self.part(number, part)["revision"], **body}, expect=expect)

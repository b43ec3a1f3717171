"""People at their browsers: what an applicant and an officer do on a page, by what they read there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

CITY = Path(settings.ROOT) / "city"
PASSWORD: str = yaml.safe_load((CITY / "people.yaml").read_text())["password"]

Answer = str | bool | list[str]


def sign_in(page: Any, username: str) -> None:
    """Fill in the sign-in form that is shown, or go there first."""
    if "/sign-in/" not in page.url:
        page.goto("/sign-in/")
    page.locator("[name=identifier]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="登录").click()
    assert "/sign-in/" not in page.url, page.locator("main").inner_text()


def go(page: Any, address: str, username: str) -> None:
    """Open a page; who was away for too long has to sign in again, and lands there."""
    page.goto(address)
    if "/sign-in/" in page.url and username:
        sign_in(page, username)
        assert page.url.endswith(address), page.url


def tick(page: Any, words: str) -> None:
    """Press the row of an option that begins with these words."""
    option = page.locator("main .option label").filter(has_text=re.compile(f"^{re.escape(words)}"))
    assert option.count() == 1, page.locator("main").inner_text()
    option.click()


@dataclass
class Applicant:
    """Somebody who applies; without a username, who only looks. `look` is called on every page they come to."""

    page: Any
    username: str = ""
    look: Callable[[Any], None] = lambda page: None

    def go(self, address: str) -> None:
        go(self.page, address, self.username)
        self.look(self.page)

    @property
    def heading(self) -> str:
        return str(self.page.locator("h1").inner_text()).replace("\n", "")

    @property
    def text(self) -> str:
        return str(self.page.locator("main").inner_text())

    def press(self, name: str) -> None:
        self.page.locator("main").get_by_role("button", name=name, exact=True).first.click()
        self.look(self.page)

    def follow(self, name: str) -> None:
        self.page.locator("main").get_by_role("link", name=name, exact=True).first.click()
        self.look(self.page)

    def answer(self, value: Answer) -> None:
        """Answer the question on this page and go on."""
        element = self.page.url.rstrip("/").rpartition("/")[2]
        if isinstance(value, bool):
            self._choose(element, "true" if value else "false")
        elif isinstance(value, list):
            for each in value:
                self._choose(element, each)
        elif self.page.locator(f"[name='{element}'][type=radio]").count():
            self._choose(element, value)
        else:
            self.page.locator(f"[name='{element}']").fill(value)
        self.press("继续")

    def _choose(self, element: str, value: str) -> None:
        # The label covers the whole row, so that the row can be pressed anywhere.
        self.page.locator(f"[name='{element}'][value='{value}'] + label").click()

    def answer_all(self, answers: Mapping[str, Answer]) -> list[int]:
        """Answer every question that comes; how many materials were wanted on each page."""
        wanted = []
        while "/questions/" in self.page.url:
            element = self.page.url.rstrip("/").rpartition("/")[2]
            wanted.append(self.materials_wanted)
            self.answer(answers[element])
            assert not self.page.url.endswith(f"{element}/"), self.text
        return wanted

    @property
    def materials_wanted(self) -> int:
        heading = self.page.locator(".materials-title, .materials h2").first.inner_text()
        found = re.search(r"\d+", heading)
        assert found is not None, heading
        return int(found.group())

    @property
    def offers_a_model(self) -> bool:
        """Whether the paper on this page can be adopted."""
        return bool(self.page.locator("[name=adopted]").count())

    def adopt(self) -> None:
        """Tick the department's text on this page, and go on."""
        tick(self.page, "我采用这份文本")
        self.press("采用，下一步")

    def has_an_own_paper(self) -> None:
        """Pass over the department's text, where there is one."""
        if self.offers_a_model:
            self.page.locator("summary", has_text="还是交自己写的").click()

    def bring(self, file: Path) -> None:
        """Upload a file to the material on this page, and go on."""
        self.has_an_own_paper()
        self.page.locator("[type=file]").set_input_files(file)
        self.press("上传")
        self.follow("继续")


@dataclass
class Officer:
    """Somebody at their desk, looking at one part of a case."""

    page: Any
    username: str

    @property
    def case(self) -> Any:
        return self.page.locator(".split-case")

    @property
    def text(self) -> str:
        return str(self.case.inner_text())

    def open(self, number: str, task: str) -> None:
        """From the queue, by the row that names the case and the task."""
        go(self.page, "/desk/", self.username)
        row = self.page.get_by_role("row").filter(has_text=number).filter(has_text=task)
        row.get_by_role("link", name=number).click()
        assert number in self.text

    def press(self, name: str) -> None:
        """Press a button that does at once what it says."""
        self.case.get_by_role("button", name=re.compile(f"^{name}")).click()

    def begin(self, name: str) -> None:
        """Follow a verb to its form."""
        self.case.get_by_role("link", name=re.compile(f"^{name}")).first.click()

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label).fill(text)

    def send(self) -> None:
        """Press the form's own button; it has to lead back to the case."""
        self.page.locator("main form .actions button").first.click()
        assert self.case.count(), self.page.locator("main").inner_text()

    def do(self, name: str, **texts: str) -> None:
        """One verb with its texts, by label."""
        self.begin(name)
        for label, text in texts.items():
            self.write(label, text)
        self.send()

    def decide(self, granted: bool, reason: str) -> None:
        self.begin("作决定")
        tick(self.page, "准予" if granted else "不予")
        self.write("理由", reason)
        self.send()

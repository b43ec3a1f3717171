"""What every test shares: a scratch data directory, a fixed clock on request, a real browser.

`--deselect-marker=browser` leaves tests of a marker out without replacing the `-m` that was asked for, `--without-pure`
those that touch no database, open no browser and start no Spark.
"""

import datetime as dt
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.utils import translation

from tools import chromium as chromium_program

hypothesis.settings.register_profile("deterministic", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("deterministic")

NOON = dt.datetime(2025, 3, 12, 4, 0, tzinfo=dt.UTC)
"""A Wednesday noon in Shanghai, in a week without moved workdays."""


NEEDS = {"django_db", "browser", "spark", "slow"}
"""Markers of tests that the first of two runs has to make."""


@pytest.fixture(autouse=True)
def no_language_is_left_on() -> Iterator[None]:
    """A page in English does not make the next test's words English."""
    yield
    translation.deactivate()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--deselect-marker", action="append", default=[], help="leave out the tests of this marker")
    parser.addoption("--without-pure", action="store_true", help="leave out the tests that touch no database")


def pytest_configure(config: pytest.Config) -> None:
    scratch = Path(tempfile.mkdtemp(prefix="yiwang-data-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
    config.add_cleanup(lambda: shutil.rmtree(scratch, ignore_errors=True))
    os.environ["YIWANG_DATA_DIR"] = str(scratch)
    settings.YIWANG_DATA_DIR = scratch
    # A test that wants departments behind gateways says so: it makes their rows, too.
    settings.YIWANG_GATEWAYS_DIR = scratch / "gateways-of-nobody"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = set(config.getoption("--deselect-marker"))

    def is_left_out(item: pytest.Item) -> bool:
        marks = {mark.name for mark in item.iter_markers()}
        return bool(left_out & marks) or (
            config.getoption("--without-pure") and not NEEDS & marks and not _is_of_db(item)
        )

    if deselected := [item for item in items if is_left_out(item)]:
        config.hook.pytest_deselected(items=deselected)
        gone = set(deselected)
        items[:] = [item for item in items if item not in gone]
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(1200))
        elif item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.timeout(600))


def _is_of_db(item: pytest.Item) -> bool:
    return bool({"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if report := os.environ.get("YIWANG_TEST_REPORT"):
        counts = {kind: len(terminalreporter.stats.get(kind, [])) for kind in ("passed", "failed", "skipped", "error")}
        counts["failed"] += counts.pop("error")
        Path(report).write_text(json.dumps(counts))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """SQLite's test database is a file in WAL mode, as in real life: an in-memory one shares a single connection."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(settings.YIWANG_DATA_DIR / "test.sqlite3")


@pytest.fixture
def clock() -> Iterator[Any]:
    """The city's clock, standing still at noon on Wednesday 12 March 2025 until the test moves it."""
    from yiwang.foundation.kernel import time

    with time.frozen(NOON) as frozen:
        yield frozen


@pytest.fixture(scope="session")
def evaluation_data() -> Path:
    """The folder of real data that is not part of the project."""
    folder = os.environ.get("YIWANG_EVALUATION_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("YIWANG_EVALUATION_DATA names no folder of evaluation data")
    return Path(folder)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A running Chromium, driven by Playwright; a new one for each file, so that none carries a thousand pages."""
    program = chromium_program.found()
    if program is None:
        if "browser" in os.environ.get("YIWANG_TEST_REQUIRE", "").split(","):
            pytest.fail("no chromium on this machine, and YIWANG_TEST_REQUIRE asks for browser tests")
        pytest.skip("no chromium on this machine (on Debian: apt install chromium fonts-noto-cjk)")
    from playwright.sync_api import sync_playwright

    # Playwright's synchronous interface runs an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(chromium_program.ARGUMENTS))
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browse(chromium: Any, live_server: Any) -> Iterator[Any]:
    """Open browser pages on the running site: `browse(width=390, language="en", scripts=False)`.

    Every call is a person of its own, with their own cookies. A script's error, a breach of the content security policy
    or a missing file of a page fails the test at its end.
    """
    contexts, complaints = [], []

    def open_page(*, width: int = 1280, height: int = 900, language: str = "zh-CN", scripts: bool = True) -> Any:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            locale=language,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: _complain(page.url, message, complaints))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, "the browser complained:\n" + "\n".join(complaints)


@pytest.fixture(scope="session")
def accessible() -> Callable[[Any], None]:
    """Fails when axe finds a breach of WCAG 2.2 AA on the page as it stands: `accessible(page)`."""
    axe = (Path(__file__).parent / "web" / "browser" / "axe.min.js").read_text()
    rules = {
        "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
        "resultTypes": ["violations"],
        "preload": False,
    }

    def look(page: Any) -> None:
        # Evaluated from outside, so that the page's content security policy stays as it is.
        if page.evaluate("typeof axe") == "undefined":
            page.evaluate(axe)
        found = page.evaluate("rules => axe.run(document, rules)", rules)["violations"]
        lines = [
            f"{breach['id']}: {breach['help']}: {node['html'][:160]}" for breach in found for node in breach["nodes"]
        ]
        assert not lines, f"axe on {page.url}:\n" + "\n".join(lines)

    return look


def _complain(url: str, message: Any, complaints: list[str]) -> None:
    # That a page itself answers 404 or 422 is an error to the browser, too, but none to us.
    of_the_page = "Failed to load resource" in message.text and "/static/" not in message.location.get("url", "")
    if message.type == "error" and not of_the_page:
        complaints.append(f"{url}: {message.text}")


@pytest.fixture
def page(browse: Any) -> Any:
    """A page at 1280 px in Chinese."""
    return browse()


@pytest.fixture
def phone(browse: Any) -> Any:
    """A page at 390 px in Chinese."""
    return browse(width=390, height=844)

"""Take the pictures of README.md from a fresh demonstration city, or (--all) of every main page, to look at.

The city lives through the week of `tools/history.py`; then its clock stands still, so that pictures change only when
the pages do. Needs a Chromium with Chinese fonts; nothing is installed and no network is used.
"""

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from PIL import Image

from tools import chromium, servers
from tools.servers import City
from tools.tree import ROOT

IMAGES = ROOT / "docs" / "images"
LARGEST = 250_000
"""Bytes of one picture of the README."""
LANGUAGES = ("zh", "en")
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
SIZES = {1280: 900, 390: 844}
COLOURS = 128
RESIDENTS = 2_000
"""Of the city whose departments answer."""

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <match target="pattern"><test name="family"><string>DejaVu Sans</string></test>
    <edit name="family" mode="assign" binding="strong"><string>Noto Sans CJK SC</string></edit></match>
  <match target="pattern"><test name="family"><string>system-ui</string></test>
    <edit name="family" mode="assign" binding="strong"><string>Noto Sans CJK SC</string></edit></match>
  <match target="pattern"><test name="family"><string>sans</string></test>
    <edit name="family" mode="assign" binding="strong"><string>Noto Sans CJK SC</string></edit></match>
</fontconfig>
"""
"""On a server without a desktop, system-ui is a font that nobody would read a page in."""


@dataclass(frozen=True)
class Picture:
    """A page as somebody sees it. `clip`: take this height only, in pixels, else the whole page.
    `press`: press its first button; `follow`: then the first such link."""

    name: str
    address: str
    who: str = ""
    width: int = 1280
    clip: int = 0
    elders: bool = False
    scroll_to: str = ""
    fill: Mapping[str, str] = field(default_factory=dict)
    press: bool = False
    follow: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./dev screenshots", description=__doc__.splitlines()[0])
    parser.add_argument("--all", metavar="FOLDER", type=Path, help="every main page, both languages and sizes")
    parser.add_argument("--only", metavar="WORDS", default="", help="with --all: names that hold one of these, a,b")
    options = parser.parse_args(arguments)
    program = chromium.found()
    if program is None:
        print("./dev screenshots: no chromium here (on Debian: apt install chromium fonts-noto-cjk)", file=sys.stderr)
        return 1
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yiwang-pictures-")))
        url, numbers, drafts, library = stack.enter_context(_city(scratch))
        camera = Camera(stack.enter_context(_browser(program, scratch)), url, _password())
        if options.all:
            pictures = [*_every(numbers, drafts), *library]
            words = options.only.split(",")
            camera.take_all([each for each in pictures if any(word in each.name for word in words)], options.all)
        else:
            camera.take_readme(_readme(numbers))
    return 0


@dataclass
class Camera:
    """Signs in once as each person and takes pictures as they see the pages."""

    browser: Any
    url: str
    password: str
    _cookies: dict[str, list[Any]] = field(default_factory=dict)

    def take_all(self, pictures: Sequence[Picture], folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for picture in pictures:
            for language in LANGUAGES:
                for width in SIZES:
                    path = folder / f"{picture.name}-{width}-{language}.png"
                    self.take(picture, language, width, path)
                    print(path, flush=True)

    def take_readme(self, pictures: Sequence[Picture]) -> None:
        IMAGES.mkdir(parents=True, exist_ok=True)
        for picture in pictures:
            for language in LANGUAGES:
                path = IMAGES / f"{picture.name}.{language}.png"
                self.take(picture, language, picture.width, path, scale=2 if picture.width < 600 else 1)
                _shrink(path)
                print(f"{path.relative_to(ROOT)}  {path.stat().st_size:,} bytes")

    def take(self, picture: Picture, language: str, width: int, path: Path, scale: int = 1) -> None:
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": picture.clip or SIZES[width]},
            locale=LOCALES[language],
            device_scale_factor=scale,
            reduced_motion="reduce",
        )
        try:
            if picture.who:
                context.add_cookies(self._signed_in(picture.who))
            if picture.elders:
                context.add_cookies([{"name": "elders", "value": "1", "url": self.url}])
            page = context.new_page()
            page.goto(picture.address)
            for selector, value in picture.fill.items():
                page.locator(selector).fill(value)
            if picture.fill or picture.press:
                page.locator("main form button[type=submit]").first.click()
            if picture.follow:
                page.locator(picture.follow).first.click()
            if page.locator("bpmn-plan").count():
                page.wait_for_selector(".plan-canvas .djs-element")
            if picture.scroll_to:
                page.locator(picture.scroll_to).first.evaluate("element => element.scrollIntoView()")
            page.screenshot(path=path, full_page=not picture.clip)
        finally:
            context.close()

    def _signed_in(self, username: str) -> list[Any]:
        if username not in self._cookies:
            context = self.browser.new_context(base_url=self.url)
            page = context.new_page()
            page.goto("/sign-in/")
            page.locator("[name=identifier]").fill(username)
            page.locator("[name=password]").fill(self.password)
            page.locator("main form button[type=submit]").first.click()
            if page.url.rstrip("/").endswith("/sign-in"):
                raise RuntimeError(f"{username} cannot sign in: {page.locator('main').inner_text()}")
            self._cookies[username] = [each for each in context.cookies() if "language" not in each["name"]]
            context.close()
        return self._cookies[username]


def _readme(numbers: Mapping[str, str]) -> list[Picture]:
    wang = numbers["wang"]
    return [
        Picture("home", "/", "wang", clip=900),
        Picture("status", f"/applications/{wang}/", "wang", 390, clip=844),
        Picture("my-data", "/my-data/", "wang", 390, clip=844),
        Picture("desk", f"/desk/cases/{wang}/?part=drainage", "wu.water", clip=860),
    ]


def _every(numbers: Mapping[str, str], drafts: Mapping[str, str]) -> list[Picture]:
    wang, luo, chen = (numbers[who] for who in ("wang", "luo", "chen"))
    restaurant, permit = f"/drafts/{drafts['open-a-restaurant']}", f"/drafts/{drafts['residence-permit']}"
    desk = f"/desk/cases/{wang}"
    to_decide = f"/desk/cases/{numbers['neighbour0']}/parts/drainage-permit"
    return [
        Picture("home", "/"),
        Picture("home-mine", "/", "wang"),
        Picture("home-elders", "/", "wang", elders=True),
        Picture("search", "/matters/?q=我想开一家餐馆"),
        Picture("search-nothing", "/matters/?q=qqqq"),
        Picture("services", "/matters/"),
        Picture("guide-bundle", "/matters/open-a-restaurant/"),
        Picture("guide-matter", "/matters/drainage-permit/"),
        Picture("start", "/apply/senior-transit-card/", "luo"),
        Picture("draft", f"{permit}/", "wang"),
        Picture("draft-restaurant", f"{restaurant}/", "chen"),
        Picture("question-choice", f"{restaurant}/questions/food.hot_food/", "chen"),
        Picture("question-number", f"{restaurant}/questions/premises.floor_area/", "chen"),
        Picture("question-many", f"{restaurant}/questions/food.items/", "chen"),
        Picture("question-date", f"{permit}/questions/residence.since/", "wang"),
        Picture(
            "question-wrong", f"{restaurant}/questions/premises.seats/", "chen", fill={"main input[type=text]": "很多"}
        ),
        Picture("question-elders", f"{restaurant}/questions/food.hot_food/", "chen", elders=True),
        Picture("material", f"{restaurant}/materials/lease/", "chen"),
        Picture("commitment", f"{restaurant}/commitment/", "chen"),
        Picture("review", f"{restaurant}/review/", "chen"),
        Picture("discard", f"{restaurant}/discard/", "chen"),
        Picture("receipt", f"/applications/{wang}/receipt/", "wang"),
        Picture("mine", "/mine/", "wang"),
        Picture("mine-finished", "/mine/", "chen"),
        Picture("status-stopped", f"/applications/{wang}/", "wang"),
        Picture("status-correction", f"/applications/{luo}/", "luo"),
        Picture("status-done", f"/applications/{chen}/", "chen"),
        Picture("status-elders", f"/applications/{wang}/", "wang", elders=True),
        Picture("withdraw", f"/applications/{wang}/parts/drainage/withdraw/", "wang"),
        Picture("track", "/track/"),
        Picture("inbox", "/inbox/", "wang"),
        Picture("sign-in", "/sign-in/"),
        Picture("register", "/register/"),
        Picture("register-wrong", "/register/", fill={"[name=name]": "王", "[name=resident_id]": "123"}),
        Picture("account", "/account/", "wang"),
        Picture("help", "/help/"),
        Picture("missing", "/nothing-here/"),
        Picture("desk", "/desk/", "wu.water"),
        Picture("desk-nothing", "/desk/?text=没有这个人", "wu.water"),
        Picture("case-stopped", f"{desk}/?part=drainage", "wu.water"),
        Picture("case-food", f"{desk}/?part=food", "qian.food"),
        Picture("case-sign", f"{desk}/?part=sign", "feng.signs"),
        Picture("case-accept", f"/desk/cases/{numbers['neighbour6']}/", "wu.water"),
        Picture("decide", f"{to_decide}/decide/", "wu.water"),
        Picture("decide-wrong", f"{to_decide}/decide/", "wu.water", fill={"textarea": ""}),
        Picture("end-procedure", f"{desk}/parts/drainage/end_special_procedure/", "wu.water"),
        Picture("hand-over", f"{to_decide}/tasks/decide/hand_over/", "wu.water"),
        Picture("works", "/administration/", "admin"),
        Picture("people", "/administration/people/", "admin"),
        Picture("api", "/api/"),
    ]


@contextlib.contextmanager
def _city(scratch: Path) -> Iterator[tuple[str, Mapping[str, str], Mapping[str, str], list[Picture]]]:
    """The demonstration city after its week: address, case numbers by applicant, drafts by name, the library's pages.

    Departments answer from the last day on: what was filled in before was typed.
    """
    city = City(scratch / "data")
    os.environ |= city.environment
    city.migrate()
    from tools import django_setup

    django_setup.set_up()
    from tools import history, library_history
    from yiwang.foundation.kernel import time
    from yiwang.library.centre import gateways
    from yiwang.web import loading

    with time.frozen(history.OPENING) as clock:
        loading.load(city.files)
        week = history.Week(clock)
        with gateways.instead({}):
            week.live()
        city.populate(RESIDENTS, time.city_date(clock.now()))
        for path in (city.data_dir / "departments").rglob("*"):
            os.utime(path, (clock.now().timestamp(),) * 2)
        seen = library_history.live()
        os.environ["YIWANG_FROZEN_AT"] = clock.now().isoformat()
    library = [
        Picture(look.name, look.address, who, press=look.press, follow=look.follow)
        for who, looks in seen.items()
        for look in looks
    ]
    with servers.web(city, workers=1, application="tools.frozen:application") as (_web, url):
        yield url, week.numbers, week.drafts, library


@contextlib.contextmanager
def _browser(program: str, scratch: Path) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    fonts = scratch / "fonts.conf"
    fonts.write_text(FONTS)
    environment: dict[str, str | float | bool] = {**os.environ, "FONTCONFIG_FILE": str(fonts)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=list(chromium.ARGUMENTS),
            env=environment,
        )
        yield browser
        browser.close()


def _password() -> str:
    password: str = yaml.safe_load((ROOT / "city" / "people.yaml").read_text())["password"]
    return password


def _shrink(path: Path) -> None:
    """Pages have few colours: a palette keeps them sharp and the repository small. Raises ValueError when too large."""
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path.name} has {path.stat().st_size:,} bytes, more than {LARGEST:,}")


if __name__ == "__main__":
    sys.exit(main())

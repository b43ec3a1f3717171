"""Take one application through a running city as a person would: search, answer, submit, see the result.

It uses the pages only, without scripts, so that it also shows that they work that way.
"""

import re
import time
from collections.abc import Callable, Mapping
from typing import NoReturn

import yaml

from tools.pages import Page, Visitor
from tools.servers import City

WORDS = "老人坐公交免费怎么办"
SERVICE = "senior-transit-card"
APPLICANT = "chen"
IDENTITY_END = "0130"
"""The last four characters of the applicant's identity number in city/people.yaml."""
ANSWERS: Mapping[str, str] = {"person.lives_here": "true", "card.delivery": "phone"}
"""What is answered where there is a choice; otherwise the first of it."""
DONE = "办好"
MOST_PAGES = 30
PATIENCE = 60.0
"""Seconds within which the worker tells of a decision."""


class WentWrong(Exception):
    """The city did not do what it promises; the message says at which page."""


def one_application(url: str, city: City, *, say: Callable[[str], None]) -> None:
    """Drive it. Raises WentWrong."""
    person = Visitor(url)
    password = yaml.safe_load((city.files / "people.yaml").read_text())["password"]
    guide = find(person, say)
    sign_in(person, password)
    say(f"Signed in as {APPLICANT}")
    receipt = apply(person, guide, say)
    follow(person, receipt, say)
    track(Visitor(url), receipt, say)


def find(person: Visitor, say: Callable[[str], None]) -> Page:
    """Search from the home page in a person's own words, and open the guide that comes first."""
    home = ok(person.get("/"))
    form = home.form("q") or wrong(home, "asks no question")
    found = ok(person.send(home, form, {"q": WORDS}))
    first = found.link(r"^/matters/[^?/]+/$") or wrong(found, f"finds nothing for {WORDS}")
    if SERVICE not in first:
        wrong(found, f"finds {first} first, not {SERVICE}")
    guide = ok(person.get(first))
    say(f"Searched for {WORDS}: found {guide.heading}")
    return guide


def sign_in(person: Visitor, password: str) -> None:
    page = ok(person.get("/sign-in/"))
    form = page.form("identifier", "password") or wrong(page, "has no form to sign in")
    inside = ok(person.send(page, form, {"identifier": APPLICANT, "password": password}))
    if inside.path.startswith("/sign-in"):
        wrong(inside, "does not let the applicant in")


def apply(person: Visitor, guide: Page, say: Callable[[str], None]) -> Page:
    """Answer every question that comes, and submit; the receipt."""
    page = ok(person.get(guide.link(r"^/apply/") or wrong(guide, "does not lead to an application")))
    asked = []
    for _ in range(MOST_PAGES):
        form = page.own_form() or wrong(page, "has no form to go on with")
        filled = {name: ANSWERS.get(name) or form.choices[name][0] for name in form.choices}
        if "/questions/" in page.path:
            asked.append(page.heading)
        before, page = page, ok(person.send(page, form, filled))
        if page.path == before.path:
            wrong(page, "comes back: it does not take the answer")
        if page.path.startswith("/applications/"):
            say(f"Answered {len(asked)} questions ({' '.join(asked)}) and submitted: case {page.path.split('/')[2]}")
            return page
    return wrong(page, f"is still not the last after {MOST_PAGES} pages")


def follow(person: Visitor, receipt: Page, say: Callable[[str], None]) -> None:
    """The result stands on the case's page; the worker tells of it in the inbox; the tracking code finds it as well."""
    number = receipt.path.split("/")[2]
    case = ok(person.get(f"/applications/{number}/"))
    if DONE not in case.heading:
        wrong(case, "does not show the result")
    say(f"The result is there: {case.heading}")

    deadline = time.monotonic() + PATIENCE
    while (message := (inbox := ok(person.get("/inbox/"))).form("open")) is None:
        if time.monotonic() > deadline:
            wrong(inbox, f"has no message about {number} after {PATIENCE:.0f} s")
        time.sleep(0.5)
    if (told := ok(person.send(inbox, message, {"open": "1"}))).path != case.path:
        wrong(told, f"is where the message leads, not {case.path}")
    say("The worker has told of it in the inbox")


def track(stranger: Visitor, receipt: Page, say: Callable[[str], None]) -> None:
    """Who holds the tracking code and knows the identity number's end sees where the case is, without signing in."""
    code = re.search(r"\b[0-9A-Z]{5}(?:-[0-9A-Z]{5,6}){3,5}\b", receipt.text)
    page = ok(stranger.get("/track/"))
    form = page.form("code", "fact") or wrong(page, "asks for no tracking code")
    if code is None:
        wrong(receipt, "shows no tracking code")
    found = ok(stranger.send(page, form, {"code": code[0], "fact": IDENTITY_END}))
    if DONE not in found.heading:
        wrong(found, "does not find the case")
    say(f"The tracking code shows the same without signing in: {found.heading}")


def ok(page: Page) -> Page:
    if page.status != 200:
        wrong(page, f"answers {page.status}")
    return page


def wrong(page: Page, words: str) -> NoReturn:
    raise WentWrong(f"{page.path} {words}. The page says: {page.heading}: {page.text[:400]}")

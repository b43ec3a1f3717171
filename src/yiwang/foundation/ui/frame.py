"""What every page shows around its own content: who is signed in, where the header leads, language and elders' version.

`ui` stands low and knows none of the packages above it. Who is signed in, how many messages wait and where the header's
links lead are told to it at start-up: packages call `register_account`, `register_unread` and `register_destination`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from yiwang.foundation.ui.unsent import Typed, typed_on

ELDERS_COOKIE = "elders"
CHINESE, ENGLISH = "zh-hans", "en"


@dataclass(frozen=True, slots=True)
class Account:
    """The person who is signed in, as the header needs to know them."""

    name: str
    officer: bool = False
    administrator: bool = False


_account: Callable[[HttpRequest], Account | None] | None = None
_unread: Callable[[HttpRequest], int] | None = None
_destinations: dict[str, str] = {}
_shown_to: dict[str, Callable[[HttpRequest], bool]] = {}


def register_account(reader: Callable[[HttpRequest], Account | None]) -> None:
    """Tell the header who is signed in; `reader` answers None for a visitor."""
    global _account
    _account = reader


def register_unread(reader: Callable[[HttpRequest], int]) -> None:
    """Tell the header how many messages of the person who is signed in are unread."""
    global _unread
    _unread = reader


def register_destination(key: str, route: str, shown_to: Callable[[HttpRequest], bool] | None = None) -> None:
    """Say which route a link of the frame leads to, and who sees it where not everybody does.

    Keys: home, services, mine, appointments, desk, counters, own-systems, library, people, inbox, account, sign-in,
    sign-out, language, elders, help, failed; and library-review, library-subject of the library's own navigation. A
    link whose route is not registered, or that the address table does not know, is not shown.
    """
    _destinations[key] = route
    if shown_to is not None:
        _shown_to[key] = shown_to


def safe_next(request: HttpRequest, wanted: str | None) -> str:
    """The address inside this site to go back to; the home page where `wanted` leads elsewhere."""
    if not wanted or not wanted.startswith("/") or len(wanted) > 2000:
        return "/"
    secure = request.is_secure()
    inside = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=secure)
    return wanted if inside and not urlsplit(wanted).netloc else "/"


class Frame:
    """The frame of one page. Nothing is looked up before a template asks for it."""

    def __init__(self, request: HttpRequest | None) -> None:
        self.request = request

    @cached_property
    def chinese(self) -> bool:
        return not (get_language() or settings.LANGUAGE_CODE).startswith("en")

    @property
    def language_tag(self) -> str:
        """The BCP 47 tag of the page."""
        return "zh-Hans" if self.chinese else "en"

    @property
    def other_language(self) -> str:
        """The language the page can be switched to."""
        return ENGLISH if self.chinese else CHINESE

    @cached_property
    def elders(self) -> bool:
        return self.request is not None and self.request.COOKIES.get(ELDERS_COOKIE) == "1"

    @cached_property
    def here(self) -> str:
        """The address of this page, for forms that come back to it."""
        return self.request.get_full_path() if self.request is not None else "/"

    @property
    def typed(self) -> Typed | None:
        """What the fields of this page show again: it was typed here and did not arrive."""
        return typed_on(self.request)

    @cached_property
    def account(self) -> Account | None:
        if self.request is None or _account is None:
            return None
        return _account(self.request)

    @cached_property
    def unread(self) -> int:
        if self.request is None or _unread is None or self.account is None:
            return 0
        return _unread(self.request)

    @cached_property
    def links(self) -> dict[str, str]:
        """Addresses by key, of those routes that exist."""
        found = {}
        for key, route in _destinations.items():
            if key in _shown_to and (self.request is None or not _shown_to[key](self.request)):
                continue
            try:
                found[key] = reverse(route)
            except NoReverseMatch:
                continue
        return found

    @cached_property
    def section(self) -> str:
        """The key of the header's link under which this page stands; empty for none."""
        path = self.request.path if self.request is not None else ""
        under = [
            (len(address), key) for key, address in self.links.items() if address != "/" and path.startswith(address)
        ]
        return max(under)[1] if under else ""

"""A browser of the plainest sort, without scripts: it follows links, keeps cookies, fills in forms and sends them."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

PATIENCE = 30.0
"""Seconds that a page may take."""


@dataclass
class Form:
    """A form of a page as it stands: what it would send if nothing were filled in."""

    action: str
    method: str
    multipart: bool = False
    values: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    choices: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


@dataclass
class Page:
    """An answered page: where it is, what it says, what it links to and asks."""

    url: str
    status: int
    heading: str = ""
    text: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)

    @property
    def path(self) -> str:
        return urllib.parse.unquote(urllib.parse.urlsplit(self.url).path)

    def link(self, pattern: str) -> str | None:
        """The first link whose address matches."""
        return next((address for address, _ in self.links if re.search(pattern, address)), None)

    def form(self, *names: str) -> Form | None:
        """The first form that asks for all of these."""
        return next((form for form in self.forms if form.names >= set(names)), None)

    def own_form(self) -> Form | None:
        """The form that comes back to this page's own address: not those of the frame around it."""
        return next((form for form in self.forms if form.method == "post" and form.action in ("", self.path)), None)


class Visitor:
    """Somebody with a browser of their own."""

    def __init__(self, base: str, language: str = "zh-hans") -> None:
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        self._opener.addheaders = [("Accept-Language", language), ("User-Agent", "yiwang-drive")]
        self._base = base

    def get(self, address: str) -> Page:
        return self._send(urllib.request.Request(urllib.parse.urljoin(self._base, address)))

    def send(self, page: Page, form: Form, filled: Mapping[str, str | Sequence[str]]) -> Page:
        """Send the form with these fields filled in, the others as they stand. Raises KeyError for one it lacks."""
        if unknown := set(filled) - form.names:
            raise KeyError(f"the form at {page.path} asks for {sorted(form.names)}, not for {sorted(unknown)}")
        values = form.values | {name: [v] if isinstance(v, str) else list(v) for name, v in filled.items()}
        address = urllib.parse.urljoin(page.url, form.action)
        body = urllib.parse.urlencode([(name, value) for name, given in values.items() for value in given])
        if form.method == "get":
            return self.get(f"{address.partition('?')[0]}?{body}")
        request = urllib.request.Request(address, body.encode(), {"Referer": page.url})
        return self._send(request)

    def _send(self, request: urllib.request.Request) -> Page:
        try:
            answer = self._opener.open(request, timeout=PATIENCE)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            page = Page(answer.url or request.full_url, answer.status or 0)
            content = answer.read().decode(errors="replace")
        reader = _Reader(page)
        reader.feed(content)
        reader.close()
        page.text = re.sub(r"\s+", " ", "".join(reader.words)).strip()
        page.heading = re.sub(r"\s+", " ", page.heading).strip()
        return page


class _Reader(HTMLParser):
    """Reads a page's main part, and its forms and links wherever they stand."""

    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._page = page
        self._within: list[str] = []
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("main", "h1", "script", "style", "textarea"):
            self._within.append(tag)
        if tag in ("p", "li", "dd", "dt", "tr", "h1", "h2", "h3"):
            self.words.append(" ")
        if tag == "a" and "href" in given:
            self._page.links.append((given["href"], given.get("class", "")))
        elif tag == "form":
            self._form = Form(
                given.get("action", ""), given.get("method", "get").lower(), "multipart" in given.get("enctype", "")
            )
            self._page.forms.append(self._form)
        elif self._form is not None:
            self._control(tag, given, self._form)

    def _control(self, tag: str, given: Mapping[str, str], form: Form) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "option" and self._select and "selected" in given:
            form.values.setdefault(self._select, []).append(given.get("value", ""))
        if tag not in ("input", "select", "textarea", "button") or not name or "disabled" in given:
            return
        form.names.add(name)
        if tag == "select":
            self._select = name
        if tag == "textarea":
            form.values.setdefault(name, []).append("")
        if tag == "input" and kind in ("radio", "checkbox"):
            form.choices.setdefault(name, []).append(given.get("value", "on"))
        if tag == "input" and kind == "file":
            form.files.add(name)
        elif tag == "input" and (kind not in ("checkbox", "radio") or "checked" in given):
            form.values.setdefault(name, []).append(given.get("value", "on"))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._within:
            while self._within.pop() != tag:
                pass
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if "h1" in self._within:
            self._page.heading += data
        if "main" in self._within and not {"script", "style"} & set(self._within):
            self.words.append(data)

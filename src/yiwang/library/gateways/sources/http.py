"""A department's JSON API: page after page, as its description in the binding says. Bounded in time, size and pages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import httpx
import pyarrow as pa

from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways.bindings import Api, Bound
from yiwang.library.gateways.fragment import AllOf, Compare, OneOf, Value
from yiwang.library.gateways.refusals import Cancelled
from yiwang.library.gateways.sources.asking import Ask, Unreachable
from yiwang.library.gateways.stopping import Stop

MOST_BYTES = 64 * 1024 * 1024
"""of one page"""
MOST_PAGES = 100_000
MOST_QUESTIONS = 1_000
"""Single values that are asked one after another; for more of them everything is read."""
CONNECT_SECONDS = 5.0
SILENCE = 30.0


class HttpSource:
    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._url = url.rstrip("/")
        self._client = httpx.Client(
            headers={"Accept": "application/json", **headers},
            timeout=httpx.Timeout(SILENCE, connect=CONNECT_SECONDS),
            follow_redirects=False,
            limits=httpx.Limits(max_connections=16),
        )

    def batches(self, ask: Ask, stop: Stop) -> Iterator[pa.RecordBatch]:
        api = ask.bound.api
        assert api is not None
        enough = ask.at_most
        for parameters in _questions(ask, api):
            for items in self._pages(api, parameters, stop):
                rows = [item for item in items if _is_meant(item, ask.bound)]
                if rows:
                    paths = [ask.bound.column(name).name.split(".") for name in ask.needed]
                    yield ask.batch([[_member(item, path) for item in rows] for path in paths])
                if enough is not None:
                    enough -= len(rows)
                    if enough <= 0:
                        return

    def as_of(self, bound: Bound, stop: Stop) -> datetime | None:
        return None

    def close(self) -> None:
        self._client.close()

    def _pages(self, api: Api, asked: Mapping[str, str], stop: Stop) -> Iterator[Sequence[object]]:
        url, parameters = f"{self._url}{api.path}", dict(asked)
        if api.page is not None:
            parameters[api.page.parameter] = str(api.page.first)
            if api.page.size:
                parameters[api.page.size] = str(api.page.most)
        for turn in range(MOST_PAGES):
            answer = self._get(url, parameters, stop)
            items = _member(answer, api.rows)
            if not isinstance(items, list):
                raise Unreachable(f"the answer of {api.path} holds no list at “{'.'.join(api.rows)}”")
            yield items
            if api.next:
                following = _member(answer, api.next)
                if not isinstance(following, str) or not following:
                    return
                url, parameters = self._same_place(url, following), {}
            elif api.page is None or not items or (api.page.size and len(items) < api.page.most):
                return
            else:
                parameters[api.page.parameter] = str(api.page.first + turn + 1)
        raise Unreachable(f"{api.path} has more than {MOST_PAGES} pages")

    def _same_place(self, url: str, following: str) -> str:
        """The next page's address, which must lie at the same server: our headers are for nobody else."""
        address = urljoin(url, following)
        here, there = urlsplit(self._url), urlsplit(address)
        if (there.scheme, there.netloc) != (here.scheme, here.netloc):
            raise Unreachable("the next page is said to be at another server")
        return address

    def _get(self, url: str, parameters: Mapping[str, str], stop: Stop) -> object:
        stop.check()
        patience = min(SILENCE, max(stop.remaining, 0.001))
        timeout = httpx.Timeout(patience, connect=min(CONNECT_SECONDS, patience))
        try:
            with self._client.stream("GET", url, params=dict(parameters) or None, timeout=timeout) as response:
                if response.status_code != httpx.codes.OK:
                    raise Unreachable(f"{urlsplit(url).path} answers with {response.status_code}")
                body = bytearray()
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > MOST_BYTES:
                        raise Unreachable(f"a page has more than {MOST_BYTES // 1024**2} MB")
                    stop.check()
            found: object = json.loads(body, parse_float=_decimal)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            if stop.stopped:
                raise Cancelled from error
            raise Unreachable(f"{urlsplit(url).path}: {type(error).__name__}") from error
        except (ValueError, RecursionError) as error:
            raise Unreachable(f"{urlsplit(url).path} does not answer with JSON") from error
        return found


def _decimal(text: str) -> object:
    from decimal import Decimal

    return Decimal(text) if len(text) < 60 else None


def _questions(ask: Ask, api: Api) -> Iterator[dict[str, str]]:
    """What is asked of the API: a question for each value where it can filter, else one for everything."""
    for name, values in _equals(ask):
        field, column = ask.product.by_name[name], ask.bound.column(name)
        text = field.kind not in (ElementKind.DECIMAL, ElementKind.BOOLEAN, ElementKind.MOMENT, ElementKind.DATE)
        if name in api.filters and column.plain and text and len(values) <= MOST_QUESTIONS:
            for value in dict.fromkeys(values):
                yield {api.filters[name]: str(value)}
            return
    yield {}


def _equals(ask: Ask) -> Iterator[tuple[str, Sequence[Value]]]:
    if ask.keys is not None:
        yield ask.keys.field, ask.keys.values
    for part in ask.where.items if isinstance(ask.where, AllOf) else (ask.where,):
        if isinstance(part, OneOf):
            yield part.field, [value for value in part.values if value is not None]
        elif isinstance(part, Compare) and part.operator == "=":
            yield part.field, [part.value]


def _is_meant(item: object, bound: Bound) -> bool:
    for name, values in bound.only.items():
        found = _member(item, name.split("."))
        if (None if found in (None, "") else str(found)) not in {None if v is None else str(v) for v in values}:
            return False
    return True


def _member(item: object, path: Sequence[str]) -> object:
    for step in path:
        if not isinstance(item, dict):
            return None
        item = item.get(step)
    return item

"""Ask the endpoint for better words: one request as OpenAI's chat completions take it, bounded in time and bytes."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterable

import httpx
from django.conf import settings

from yiwang.foundation.assist.masking import Altered, mask, restore
from yiwang.foundation.kernel.text import UnacceptableText, canonical

log = logging.getLogger(__name__)

PATIENCE = 20.0
"""Seconds for the whole answer."""
LARGEST_ANSWER = 64 * 1024
LONGEST = 2000
AT_ONCE = 2
"""Requests of one process at the same time: the desk must not wait for a stranger."""
TASK = (
    "你帮政府工作人员改通顺一段行政决定的理由。只改用词和语序，不增加、不删减事实、数字、法条和结论。"
    "形如⟦1⟧的记号原样保留，每个不多不少。只回答改好的文字。"
)
_places = threading.BoundedSemaphore(AT_ONCE)


class Unavailable(Exception):
    """No endpoint is configured, it did not answer in time, or what it said cannot be used."""


def is_configured() -> bool:
    return bool(settings.YIWANG_ASSIST_URL)


def reworded(text: str, hidden: Iterable[str]) -> str:
    """The text in other words, as the endpoint proposes them; it never sees `hidden`. Raises Unavailable."""
    if not is_configured() or not text.strip():
        raise Unavailable
    masked = mask(text[:LONGEST], hidden)
    if not _places.acquire(blocking=False):
        raise Unavailable
    try:
        said = _ask(masked.text)
        return canonical(restore(masked, said), multiline=True, max_length=LONGEST)
    except (
        httpx.HTTPError,
        httpx.InvalidURL,
        ValueError,
        LookupError,
        TypeError,
        Altered,
        UnacceptableText,
    ) as failure:
        log.warning("The language-model endpoint gave nothing usable: %s", type(failure).__name__)
        raise Unavailable from failure
    finally:
        _places.release()


def _ask(text: str) -> str:
    headers = {"Authorization": f"Bearer {settings.YIWANG_ASSIST_KEY}"} if settings.YIWANG_ASSIST_KEY else {}
    body = {
        "model": settings.YIWANG_ASSIST_MODEL,
        "temperature": 0,
        "messages": [{"role": "system", "content": TASK}, {"role": "user", "content": text}],
    }
    address = f"{settings.YIWANG_ASSIST_URL.rstrip('/')}/chat/completions"
    read = bytearray()
    with (
        httpx.Client(timeout=PATIENCE, trust_env=False, follow_redirects=False) as client,
        client.stream("POST", address, json=body, headers=headers) as answer,
    ):
        answer.raise_for_status()
        for piece in answer.iter_bytes():
            read += piece
            if len(read) > LARGEST_ANSWER:
                raise ValueError("the answer is too long")
    said = json.loads(read)["choices"][0]["message"]["content"]
    if not isinstance(said, str) or not said.strip():
        raise ValueError("the answer holds no text")
    return said.strip()

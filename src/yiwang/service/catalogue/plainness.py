"""Plain words: no sentence of a guide is longer than 36 characters (INTERFACE: words a neighbour would use)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yiwang.foundation.kernel.text import Words
from yiwang.service.catalogue.package import Bundle, Matter

MAX_SENTENCE = 36

END = re.compile(r"[。！？；：\n]")


def long_sentences(service: Matter | Bundle) -> Iterator[str]:
    """The Chinese sentences of a service that are longer than a neighbour would say."""
    texts: list[Words | None] = [service.summary, service.guidance]
    for question in service.questions:
        texts += [question.why, question.element.question, question.element.hint]
    if isinstance(service, Matter):
        texts += [material.hint for material in service.materials]
        texts += [service.commitment.text] if service.commitment else []
        texts += [service.rule.explain] if service.rule else []
    for words in texts:
        for sentence in END.split(words.zh) if words else ():
            if len(sentence.strip()) > MAX_SENTENCE:
                yield sentence.strip()

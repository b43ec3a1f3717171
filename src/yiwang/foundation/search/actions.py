"""What is done to an index: it is rebuilt, or forgotten."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction

from yiwang.foundation.kernel.text import canonical_json
from yiwang.foundation.search import reading, terms
from yiwang.foundation.search.lexicon import Lexicon
from yiwang.foundation.search.models import Entry, Index, Posting
from yiwang.foundation.search.postings import pack
from yiwang.foundation.search.ranking import FIELDS

MAX_KEY = 200
MAX_TITLE = 500
MAX_FIELD = 20_000
"""Characters of one field that are indexed."""


@dataclass(frozen=True, slots=True)
class Document:
    """One thing to be found. `fields` maps names of `ranking.FIELDS` to text; the text of "name" is its title."""

    key: str
    fields: Mapping[str, str]


def rebuild(index: str, documents: Iterable[Document], lexicon: Lexicon | None = None) -> bool:
    """Make the index hold exactly these documents, in one transaction; searches see the old or the new, never both.

    Each document's "scenarios" are joined by those that the city's `scenarios.yaml` (or the given lexicon) has for its
    key or name. Returns False when the index held all this already: then nothing is written. Raises ValueError for two
    documents with one key, a key of no or more than 200 characters, or a field that `ranking.FIELDS` does not name.
    """
    folded = _folded(documents, reading.current() if lexicon is None else lexicon)
    content = [terms.VERSION, list(FIELDS), [[key, [list(field) for field in fields]] for key, fields in folded]]
    generation = hashlib.sha256(canonical_json(content)).hexdigest()
    with transaction.atomic():
        Index.objects.get_or_create(name=index)
        # Two rebuilds at once wait for each other here.
        row = Index.objects.select_for_update().get(name=index)
        if row.generation == generation:
            return False
        _write(row, folded)
        row.generation = generation
        row.save(update_fields=["generation"])
    return True


def forget(index: str) -> None:
    """Remove the index and all it holds."""
    Index.objects.filter(name=index).delete()


class _Folded(NamedTuple):
    """One field of a document: its text, and the terms of its lines as wholes where each line is something to say."""

    text: str
    sayings: tuple[str, ...]


def _folded(documents: Iterable[Document], lexicon: Lexicon) -> list[tuple[str, tuple[_Folded, ...]]]:
    folded: dict[str, tuple[_Folded, ...]] = {}
    for document in documents:
        if not 0 < len(document.key) <= MAX_KEY:
            raise ValueError(f"the key {document.key[:50]!r} has {len(document.key)} characters, not 1 to {MAX_KEY}")
        if document.key in folded:
            raise ValueError(f"two documents have the key {document.key!r}")
        unknown = set(document.fields) - set(FIELDS)
        if unknown:
            raise ValueError(f"{document.key!r} has unknown fields: {', '.join(sorted(unknown))}")
        said = lexicon.scenarios_of(document.key, document.fields.get("name", ""))
        fields = {**document.fields, "scenarios": f"{document.fields.get('scenarios', '')}\n{said}"}
        folded[document.key] = tuple(_fold(name, fields.get(name, ""), lexicon) for name in FIELDS)
    # By key, so that the order of ordinals is the order of keys among equal scores.
    return sorted(folded.items())


def _fold(name: str, text: str, lexicon: Lexicon) -> _Folded:
    lines = text[:MAX_FIELD].splitlines() if FIELDS[name].said else ()
    sayings = (terms.saying(lexicon.plain(terms.fold(line))) for line in lines)
    return _Folded(lexicon.plain(terms.fold(text, MAX_FIELD)), tuple(dict.fromkeys(filter(None, sayings))))


def _write(row: Index, folded: list[tuple[str, tuple[_Folded, ...]]]) -> None:
    Entry.objects.filter(index=row).delete()
    Posting.objects.filter(index=row).delete()
    entries: list[Entry] = []
    occurrences: dict[str, list[tuple[int, int, int]]] = {}
    title = list(FIELDS).index("name")
    for ordinal, (key, fields) in enumerate(folded):
        lengths: list[int] = []
        for number, (text, sayings) in enumerate(fields):
            lengths.append(len(terms.terms(text)))
            for term, count in Counter([*terms.indexed_terms(text), *sayings]).items():
                occurrences.setdefault(term, []).append((ordinal, number, count))
        entries.append(
            Entry(index=row, ordinal=ordinal, key=key, title=fields[title].text[:MAX_TITLE], lengths=lengths)
        )
    Entry.objects.bulk_create(entries, batch_size=1_000)
    Posting.objects.bulk_create(
        (Posting(index=row, term=term, occurrences=pack(found)) for term, found in sorted(occurrences.items())),
        batch_size=1_000,
    )

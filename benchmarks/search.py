"""Does the search find what residents ask for, and how fast?

Loads the real matters of the evaluation data and asks the frozen questions of `search/questions.yaml` in the city's
vocabulary. `hit1`, `hit3`, `recall10`: the share of questions with an accepted matter among the first 1, 3, 10.
The `held_out_` figures are the same for `search/questions_held_out.yaml`, whose misses are never shown, because nothing
may be tuned to them; `colloquial_` for `questions_colloquial.yaml`; `learned_` for the batches in `search/learned/`,
each asked unseen once (the figures of that first run stand at its head) and learned from afterwards. `p95_ms` is
measured over all questions, each asked several times in a changing order, as a warm process answers them; `p95_ms_10k`
with nine times as many matters.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.ratios import percentile
from tools import evaluation
from yiwang.foundation.search.actions import Document, rebuild
from yiwang.foundation.search.queries import search
from yiwang.foundation.search.reading import read
from yiwang.service.catalogue import exchange

HERE = Path(__file__).resolve().parent / "search"
CITY = HERE.parents[1] / "city"
SEED = 20240511
COPIES = 9


@dataclass(frozen=True)
class Asked:
    text: str
    accept: frozenset[str]


def run(quick: bool) -> dict[str, Any]:
    imported = exchange.read(evaluation.data("matters", "guangan_511602.csv"))
    assert not imported.errors, imported.findings[:5]
    lexicon, faults = read(CITY / "search")
    assert not faults, faults[:5]
    documents = [
        Document(matter.task_code, {"name": matter.name, "department": matter.department})
        for matter in imported.matters
    ]
    rebuild("bench", documents, lexicon)
    questions = questions_of("questions.yaml", documents)
    held_out = questions_of("questions_held_out.yaml", documents)
    colloquial = questions_of("questions_colloquial.yaml", documents)
    batches = sorted(path.relative_to(HERE).as_posix() for path in (HERE / "learned").glob("*.yaml"))
    learned = [question for batch in batches for question in questions_of(batch, documents)]
    figures: dict[str, Any] = {"queries": len(questions)}
    sets = {"": questions, "held_out_": held_out, "colloquial_": colloquial, "learned_": learned}
    for prefix, asked in sets.items():
        places = [place_of(question) for question in asked]
        for name, within in (("hit1", 1), ("hit3", 3), ("recall10", 10)):
            figures[prefix + name] = round(sum(place <= within for place in places) / len(places), 4)
        for question, place in zip(asked, places, strict=True):
            if place > 1 and asked is not held_out:
                print(f"  {'not in 10' if place > 10 else f'at {place}':>9}  {question.text}")
    figures["held_out_queries"] = len(held_out)
    figures["learned_queries"] = len(learned)
    everything = [*questions, *held_out, *colloquial, *learned]
    figures["p95_ms"] = p95_ms("bench", everything, 1 if quick else 20)
    figures["sizes"] = {"matters": len(documents)}
    if not quick:
        copies = [Document(f"{d.key}#{n}", d.fields) for d in documents for n in range(COPIES)]
        rebuild("bench-10k", copies, lexicon)
        figures["p95_ms_10k"] = p95_ms("bench-10k", everything, 5)
        figures["sizes"]["matters_10k"] = len(copies)
    return figures


def questions_of(name: str, documents: Sequence[Document]) -> list[Asked]:
    """The questions of a file; every accepted code must be a matter that is there to be found."""
    keys = {document.key for document in documents}
    asked = [Asked(item["ask"], frozenset(item["accept"])) for item in yaml.safe_load((HERE / name).read_text("utf-8"))]
    for question in asked:
        assert question.accept
        assert question.accept <= keys, question
    return asked


def place_of(question: Asked) -> int:
    """Where the first accepted matter stands, from 1; 11 when it is not among the first ten."""
    hits = search("bench", question.text, 10)
    assert hits == search("bench", question.text, 10), "the same question was answered differently"
    return next((place for place, hit in enumerate(hits, 1) if hit.key in question.accept), 11)


def p95_ms(index: str, asked: Sequence[Asked], rounds: int) -> float:
    chance = random.Random(SEED)
    times: list[float] = []
    for question in asked:
        search(index, question.text, 10)
    for _ in range(rounds):
        for question in chance.sample(asked, len(asked)):
            started = time.perf_counter()
            search(index, question.text, 10)
            times.append((time.perf_counter() - started) * 1_000)
    return round(percentile(times, 0.95), 2)

"""Lineage (数据血缘): which products went into which answer, from executed plans; told as OpenLineage run events.

An event is written to `library/lineage.jsonl` in the data directory, one line each, and, where `YIWANG_OPENLINEAGE_URL`
names a collector, sent there by a job. It names products, fields and counts, no value and no person.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from yiwang.foundation.jobs import job
from yiwang.foundation.jobs.actions import enqueue
from yiwang.foundation.places import queries as places
from yiwang.library import reading
from yiwang.library.centre.models import Question, QuestionState

PRODUCER = "https://yiwang.example/library"
SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/definitions/RunEvent"
_SCHEMA_FACET = "https://openlineage.io/spec/facets/1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet"
_STATISTICS_FACET = (
    "https://openlineage.io/spec/facets/1-0-0/InputStatisticsInputDatasetFacet.json"
    "#/$defs/InputStatisticsInputDatasetFacet"
)
_ENGINE_FACET = "https://openlineage.io/spec/facets/1-1-1/ProcessingEngineRunFacet.json#/$defs/ProcessingEngineRunFacet"
_DISTRIBUTIONS = {"duckdb": "duckdb", "spark": "pyspark"}
"""Whose version an engine has."""
_RUNS = uuid.UUID("6f0d1f0e-7a0e-5f5a-9d5c-1c5c6c9a7d10")
"""Run ids are derived from a question's number, so that telling an event twice tells the same run."""


def step_body(step: reading.Step) -> dict[str, Any]:
    """A step of an executed plan as the database keeps it: what was asked of whom, no literal of the question."""
    fragment = step.fragment
    return {
        "product": step.product,
        "department": step.department,
        "grant": step.grant,
        "fields": list(fragment.fields),
        "filtered_by": sorted(set(fragment.where.fields())) if fragment.where is not None else [],
        "keys_from": step.keys_from,
        "keys": step.keys,
        "rows": step.rows,
        "seconds": round(step.seconds, 3),
        "record": step.record,
        "missing": step.missing,
    }


def event_of(question: Question, namespace: str) -> dict[str, Any]:
    """The OpenLineage run event of an answered question."""
    assert question.finished_at is not None
    name = f"question.{question.post.replace('/', '.')}.{question.purpose}"
    return {
        "eventType": "COMPLETE",
        "eventTime": question.finished_at.isoformat(),
        "producer": PRODUCER,
        "schemaURL": SCHEMA,
        "run": {"runId": str(uuid.uuid5(_RUNS, str(question.pk))), "facets": _engine(question.engine)},
        "job": {"namespace": namespace, "name": name},
        "inputs": [_input(step, namespace) for step in question.steps if not step["missing"]],
        "outputs": [{"namespace": namespace, "name": f"answer.{question.pk}"}],
    }


def _engine(name: str) -> dict[str, Any]:
    """The facet that says what worked out the answer; none where an owner's figures came as they are."""
    if not name:
        return {}
    said = {"name": name, "version": version(_DISTRIBUTIONS[name])}
    return {"processing_engine": {"_producer": PRODUCER, "_schemaURL": _ENGINE_FACET, **said}}


def _input(step: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    facet = {"_producer": PRODUCER}
    return {
        "namespace": namespace,
        "name": step["product"],
        "facets": {
            "schema": {**facet, "_schemaURL": _SCHEMA_FACET, "fields": [{"name": field} for field in step["fields"]]}
        },
        "inputFacets": {"inputStatistics": {**facet, "_schemaURL": _STATISTICS_FACET, "rowCount": step["rows"]}},
    }


def record(question: Question) -> None:
    """Write the event down, and have it sent where a collector is named."""
    body = json.dumps(event_of(question, namespace()), ensure_ascii=False)
    path = Path(settings.YIWANG_DATA_DIR) / "library" / "lineage.jsonl"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, body.encode() + b"\n")
    finally:
        os.close(descriptor)
    if collector():
        enqueue(send_lineage, {"question": question.pk}, key=f"lineage:{question.pk}")


@job("centre.send_lineage", retries=8)
def send_lineage(question: int) -> None:
    """Send the event to the collector. Raises httpx.HTTPError: the job is tried again."""
    found = Question.objects.filter(pk=question, state=QuestionState.DONE).first()
    if found is not None and collector():
        httpx.post(collector(), json=event_of(found, namespace()), timeout=10).raise_for_status()


def collector() -> str:
    """Where OpenLineage events are sent to; empty: nowhere."""
    return os.environ.get("YIWANG_OPENLINEAGE_URL", "")


def namespace() -> str:
    """The city's, under which its products and questions stand."""
    city = places.city()
    return f"yiwang-{city.code}" if city else "yiwang"


def readers_of(reference: str, limit: int = 200) -> tuple[tuple[str, str, int], ...]:
    """Who asked questions over a product lately: (post, purpose, how often), from the newest `limit` answers."""
    counts: dict[tuple[str, str], int] = {}
    rows = Question.objects.filter(state="done").order_by("-pk").values_list("post", "purpose", "steps")[: limit * 5]
    for post, purpose, steps in rows:
        if any(step["product"] == reference for step in steps):
            counts[post, purpose] = counts.get((post, purpose), 0) + 1
    return tuple((post, purpose, number) for (post, purpose), number in sorted(counts.items()))

"""The peer of `bench cases`: a bare Django view that inserts the rows of a submission, in one transaction.

The rows are those that one real submission left (`recorded`), with numbers and keys of their own; their texts are as
long as the real ones. Nothing is checked, decided or derived. `application` is what the web server serves.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

ROWS = "YIWANG_BENCH_ROWS"
"""The environment variable that names the file of recorded rows."""

ORDER = (
    "cases.Party",
    "cases.Part",
    "cases.Task",
    "cases.Statement",
    "ledger.Event",
    "applications.Application",
    "applications.ApplicationMaterial",
    "applications.LookUp",
    "ledger.Answered",
)
"""After the case itself."""

OF_CASE = ("case_id", "stream_id", "application_id")
FRESH: Mapping[str, Callable[[], str]] = {
    "applications.Application.tracking": lambda: secrets.token_hex(32),
    "ledger.Answered.key": lambda: f"apply:{secrets.token_hex(16)}",
}

_recorded: dict[str, list[dict[str, Any]]] = {}


def insert(request: HttpRequest) -> HttpResponse:
    """Insert a submission's rows."""
    from django.apps import apps
    from django.db import transaction

    from yiwang.casework.cases.models import Case

    json.loads(request.body)
    with transaction.atomic():
        case = Case(**_recorded["cases.Case"][0])
        case.number = f"bare{secrets.token_hex(7)}"
        Case.objects.bulk_create([case])
        for label in ORDER:
            if label in _recorded:
                model = apps.get_model(label)
                model._default_manager.bulk_create(_copy(model, label, row, case.pk) for row in _recorded[label])
    body = json.dumps({"number": case.number}).encode()
    return HttpResponse(body, status=201, content_type="application/json", headers={"Content-Length": str(len(body))})


def _copy(model: Any, label: str, row: Mapping[str, Any], case_id: int) -> Any:
    values = {name: case_id if name in OF_CASE else value for name, value in row.items()}
    for name in values:
        if fresh := FRESH.get(f"{label}.{name}"):
            values[name] = fresh()
    return model(**values)


def learn(file: str) -> None:
    """Read the recorded rows as column values."""
    from django.core import serializers

    for each in serializers.deserialize("json", Path(file).read_text()):
        row = each.object
        values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        if row._meta.pk.get_internal_type() == "BigAutoField":
            del values[row._meta.pk.attname]
        _recorded.setdefault(row._meta.label, []).append(values)
    unknown = set(_recorded) - {"cases.Case", *ORDER}
    assert not unknown, f"a submission also writes {unknown}: the peer has to do so too"


def recorded(submit: Callable[[], None]) -> str:
    """The rows that `submit` adds to the database, in JSON."""
    from django.apps import apps
    from django.core import serializers

    models = [model for model in apps.get_models() if model._meta.managed]
    before = {model: set(model._default_manager.values_list("pk", flat=True)) for model in models}
    submit()
    added = [row for model in models for row in model._default_manager.order_by("pk") if row.pk not in before[model]]
    text: str = serializers.serialize("json", added)
    return text


def main() -> None:
    """Submit the application on standard input with the token in the arguments; print the rows of a second time.

    The first time may also publish the plan.
    """
    import django

    django.setup()
    from django.test import Client

    body = sys.stdin.buffer.read()

    def submit() -> None:
        answer = Client().post(
            "/api/v1/applications",
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {sys.argv[1]}", "Idempotency-Key": secrets.token_hex(16)},
        )
        assert answer.status_code == 201, answer.content

    submit()
    print(recorded(submit))


urlpatterns = [path("insert", insert)]

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.web.settings")
    main()

"""Public pages of open data: what there is, one product with its first rows, and the whole as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ui.language import said
from yiwang.library.centre import cells, dcat, lineage, open_data
from yiwang.library.centre.contract_words import kind_words, span_words
from yiwang.library.centre.open_data import NotOpen
from yiwang.library.gateways.gateway import Offline

SHOWN = 20
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Everything that is open."""
    names = directory.department_names()
    found = [
        (product, names.get(product.department, Words(product.department, product.department)))
        for product in open_data.products()
    ]
    return render(request, "centre/open.html", {"products": found})


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """What is open, as DCAT-AP 3 for other catalogues."""
    body = dcat.catalogue(
        open_data.products(),
        lineage.namespace(),
        departments=directory.department_names(),
        base=request.build_absolute_uri("/").rstrip("/"),
    )
    text = json.dumps(body, ensure_ascii=False, indent=1)
    return HttpResponse(text, content_type="application/ld+json; charset=utf-8")


@require_safe
def product(request: HttpRequest, code: str) -> HttpResponse:
    """One open product: what is in it, its first rows, the ways to take it along."""
    try:
        contract = open_data.product(code)
    except NotOpen:
        raise Http404 from None
    taken, rows = None, []
    try:
        taken = open_data.rows(code)
        table = open_data.table_of(taken)
        columns = [column.to_pylist() for column in table.slice(0, SHOWN).columns]
        rows = [[cells.text(value) for value in row] for row in zip(*columns, strict=True)]
    except Offline:
        table = None
    context = {
        "product": contract,
        "department": directory.post_name(f"{contract.department}/*"),
        "fields": [(field, kind_words(field.kind)) for field in contract.fields],
        "fresh": span_words(contract.fresh_within) if contract.fresh_within else None,
        "forms": [(form, form.upper() if form != "parquet" else "Parquet") for form in open_data.FORMS],
        "columns": [said(field.words) for field in contract.fields],
        "rows": rows,
        "taken": taken,
        "total": table.num_rows if table is not None else 0,
    }
    return render(request, "centre/open_product.html", context)


@require_safe
def download(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The whole product as one file."""
    if form not in open_data.FORMS:
        raise Http404
    try:
        taken = open_data.rows(code)
    except NotOpen:
        raise Http404 from None
    except Offline:
        said_so = _("The department does not answer now. Try again later.")
        return HttpResponse(said_so, status=503, content_type="text/plain; charset=utf-8")
    name = f"{taken.product.code}.{form}"
    response: HttpResponseBase
    if form == "parquet":
        response = FileResponse(taken.path.open("rb"), as_attachment=True, filename=name)
    else:
        table = open_data.table_of(taken)
        content = cells.csv_lines(table) if form == "csv" else _json_lines(table)
        response = StreamingHttpResponse(content)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Type"] = _MEDIA[form]
    response.headers["Last-Modified"] = taken.as_of.strftime("%a, %d %b %Y %H:%M:%S GMT")
    return response


def _json_lines(table: Any) -> Iterator[bytes]:
    """One JSON array, a row a line."""
    separator = b"[\n"
    for batch in table.to_batches(max_chunksize=2_000):
        for row in batch.to_pylist():
            body = {name: cells.plain(value) for name, value in row.items()}
            yield separator + json.dumps(body, ensure_ascii=False).encode()
            separator = b",\n"
    yield b"[]\n" if separator == b"[\n" else b"\n]\n"

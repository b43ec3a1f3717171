"""The border that every text crosses: sizes are bounded, and what comes in is canonical or is refused by name.

Form fields, query strings, path segments, names of files and JSON bodies pass here before any view sees them. NUL and
other control characters, lone surrogates, damaged characters and direction controls are refused with a 400 that names
the field; the rest arrives in NFC, without white space at its ends. Stands behind the access table, so that nobody
makes the platform read a body for which it has no business.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja.params.models import FileModel, FormModel

from yiwang.foundation.directory import access
from yiwang.foundation.directory.access import API_PREFIX
from yiwang.foundation.kernel.text import UnacceptableText, canonical
from yiwang.foundation.ui.language import said
from yiwang.foundation.ui.problems import problem, problem_for_programs

JSON_LIMIT = FORM_LIMIT = 256 * 1024
UPLOAD_LIMIT = 20 * 1024 * 1024
"""Bytes of a whole multipart request."""
QUERY_LIMIT = 8 * 1024
MOST_FIELDS = 100
DEEPEST = 20
MOST_VALUES = 20_000
LONGEST_NUMBER = 18
"""Digits of a whole number: what both databases hold in 64 bits."""

FORM, MULTIPART, JSON = "application/x-www-form-urlencoded", "multipart/form-data", "application/json"
_REPLACED = "\N{REPLACEMENT CHARACTER}"


class _Refused(Exception):
    """What the border tells the sender."""

    def __init__(self, code: str, text: str, *, field: str = "", status: int = 400) -> None:
        self.code, self.text, self.field, self.status = code, text, field, status
        super().__init__(code)


class CanonicalText:
    """The middleware; see the module."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, callback: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        for value in kwargs.values():
            if isinstance(value, str) and not _is_canonical(value):
                # No thing has such a name.
                raise Http404
        try:
            _check_query(request)
            _check_body(request, _takes_forms(callback, str(request.method)))
        except _Refused as refused:
            return _answer(request, refused)
        return None


def _check_query(request: HttpRequest) -> None:
    if len(request.META.get("QUERY_STRING", "")) > QUERY_LIMIT:
        raise _Refused("query_too_long", _("The address is too long. Shorten your search."), status=414)
    try:
        query = request.GET
    except SuspiciousOperation as many:
        raise _too_many_fields() from many
    cleaned = _canonical_fields(query)
    if cleaned is not None:
        request.GET = cleaned  # type: ignore[assignment]


def _takes_forms(callback: Callable[..., Any], method: str) -> bool:
    """Whether a view reads forms: every page does, of the API's operations those that declare a form or a file."""
    operations = access.operations_of(callback)
    if operations is None:
        return True
    wanted = [each for each in operations if method in each.methods]
    return any(issubclass(model, FormModel | FileModel) for each in wanted for model in each.models)


def _check_body(request: HttpRequest, takes_forms: bool) -> None:
    if request.method in ("GET", "HEAD"):
        return
    kind = (request.content_type or "").lower()
    length = _length(request)
    if kind == MULTIPART and takes_forms:
        _bound(length, UPLOAD_LIMIT)
        _check_form(request)
        _check_file_names(request)
    elif length == 0:
        return
    elif kind == FORM and takes_forms:
        _bound(length, FORM_LIMIT)
        _check_form(request)
    elif kind == JSON:
        _bound(length, JSON_LIMIT)
        _check_json(request)
    else:
        raise _Refused("unknown_content_type", _("Send a form or JSON (application/json, UTF-8)."), status=415)


def _check_file_names(request: HttpRequest) -> None:
    """Names of files come in NFC; a Mac sends them decomposed."""
    for field, files in request.FILES.lists():
        for file in files:
            if isinstance(file, UploadedFile) and file.name:
                file.name = _canonical(file.name, field, multiline=False)


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _bound(length: int, limit: int) -> None:
    if length > limit:
        size = f"{limit // 1024} KB" if limit < 2**20 else f"{limit // 2**20} MB"
        text = _("This is too much at once: send at most %(size)s.") % {"size": size}
        raise _Refused("too_large", text, status=413)


def _check_form(request: HttpRequest) -> None:
    if (request.content_params or {}).get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise _Refused("unknown_charset", _("Send the form in UTF-8."), status=415)
    if request.method != "POST":
        raise _Refused("unknown_content_type", _("Send a form or JSON (application/json, UTF-8)."), status=415)
    try:
        form = request.POST
    except RequestDataTooBig as large:
        raise _Refused("too_large", _("The form is too large. Shorten its texts."), status=413) from large
    except SuspiciousOperation as many:
        raise _too_many_fields() from many
    except (BadRequest, MultiPartParserError, OSError, ValueError) as broken:
        raise _Refused("bad_form", _("The form did not arrive whole. Send it again.")) from broken
    if len(request.FILES) > MOST_FIELDS:
        raise _too_many_fields()
    cleaned = _canonical_fields(form)
    if cleaned is not None:
        request.POST = cleaned  # type: ignore[assignment]


def _canonical_fields(form: QueryDict) -> QueryDict | None:
    """The fields in canonical form; None when they are already."""
    cleaned = QueryDict(mutable=True)
    changed = False
    for name, values in form.lists():
        if not _is_canonical(name):
            raise _Refused("bad_field_name", _("A field has a name with characters that cannot be kept."))
        kept = [_canonical(value, name) for value in values]
        changed = changed or kept != values
        cleaned.setlist(name, kept)
    if not changed:
        return None
    cleaned._mutable = False  # noqa: SLF001 (as Django's own request does)
    return cleaned


def _check_json(request: HttpRequest) -> None:
    try:
        value = json.loads(
            request.body.decode("utf-8"),
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_no_constant,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as broken:
        raise _Refused("bad_json", _("The body is not UTF-8.")) from broken
    except RecursionError as deep:
        raise _too_deep() from deep
    except ValueError as broken:
        raise _Refused("bad_json", _("The body is not valid JSON.")) from broken
    walk = _Walk()
    cleaned = walk.value(value, "", 1)
    if walk.changed:
        # Whoever reads the body after this reads the canonical one.
        request._body = json.dumps(cleaned, ensure_ascii=False).encode()  # noqa: SLF001


class _Walk:
    """Goes through a JSON value once and gives back its canonical form."""

    def __init__(self) -> None:
        self.changed = False
        self.seen = 0

    def value(self, value: Any, where: str, depth: int) -> Any:
        self.seen += 1
        if self.seen > MOST_VALUES:
            raise _Refused("too_many_values", _("The body holds too many values. Send less at once."))
        if isinstance(value, str):
            kept = _canonical(value, where)
            self.changed = self.changed or kept != value
            return kept
        if isinstance(value, dict | list) and depth > DEEPEST:
            raise _too_deep()
        if isinstance(value, list):
            return [self.value(item, f"{where}[{place}]", depth + 1) for place, item in enumerate(value)]
        if isinstance(value, dict):
            for key in value:
                if not _is_canonical(key):
                    raise _Refused("bad_field_name", _("A field has a name with characters that cannot be kept."))
            return {key: self.value(item, f"{where}.{key}" if where else key, depth + 1) for key, item in value.items()}
        return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("repeated_field", _("The body names a field twice. Send it once."))
    return found


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > LONGEST_NUMBER:
        raise _Refused("number_too_large", _("A number has more than 18 digits."))
    return int(text)


def _number(text: str) -> float:
    number = float(text) if len(text) <= 40 else math.inf
    if not math.isfinite(number) or abs(number) >= 10**LONGEST_NUMBER:
        raise _Refused("number_too_large", _("A number has more than 18 digits."))
    return number


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


def _canonical(text: str, field: str, *, multiline: bool = True) -> str:
    try:
        if _REPLACED in text:
            raise UnacceptableText("broken_character", text.index(_REPLACED))
        return canonical(text, multiline=multiline, max_length=JSON_LIMIT)
    except UnacceptableText as unacceptable:
        text = said(unacceptable.words)
        raise _Refused("unacceptable_text", text, field=field) from unacceptable


def _is_canonical(name: str) -> bool:
    """Whether a name is as it should be already: names are never changed, a view would not find them."""
    if _REPLACED in name or not unicodedata.is_normalized("NFC", name):
        return False
    try:
        canonical(name, max_length=1_000)
    except UnacceptableText:
        return False
    return True


def _too_many_fields() -> _Refused:
    return _Refused("too_many_fields", _("The form has too many fields. Send less at once."))


def _too_deep() -> _Refused:
    return _Refused("too_deep", _("The body is nested too deeply."))


def _answer(request: HttpRequest, refused: _Refused) -> HttpResponse:
    if request.path_info.startswith(API_PREFIX) or request.content_type == JSON:
        return problem_for_programs(refused.status, refused.code, refused.text, field=refused.field)
    text = refused.text
    if refused.field:
        text = _("Field “%(field)s”: %(text)s.") % {"field": refused.field, "text": text.rstrip(".。")}
    advice = _(
        "Go back with your browser's back button: what you entered is still there. Correct it and send it again."
    )
    return problem(request, refused.status, _("This cannot be taken in"), f"{text} {advice}")

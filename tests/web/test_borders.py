"""What crosses the border, and what is refused by name."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path
from hypothesis import given, settings
from hypothesis import strategies as st
from ninja import File, Form, NinjaAPI, Schema, UploadedFile

from tests.foundation.directory import people
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.web import borders
from yiwang.web.borders import CanonicalText

TOKENS = "/api/v1/tokens"


def echo(request: HttpRequest, name: str = "") -> HttpResponse:
    """What a view would see."""
    body = json.loads(request.body) if request.content_type == "application/json" and request.body else None
    return JsonResponse({"name": name, "get": request.GET.dict(), "post": request.POST.dict(), "json": body})


def cross(request: HttpRequest, view: Any = echo, **kwargs: str) -> HttpResponse:
    """Send a request through the border alone."""
    border = CanonicalText(lambda _request: HttpResponse())
    return border.process_view(request, view, (), kwargs) or view(request, **kwargs)


def send_json(body: object, **options: Any) -> HttpResponse:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    options.setdefault("content_type", "application/json")
    return cross(RequestFactory().post("/api/v1/x", text, **options))


def said(response: HttpResponse) -> Any:
    return json.loads(response.content)


REFUSED = {
    "NUL": "a\x00b",
    "control": "a\x07b",
    "delete": "a\x7fb",
    "bidi override": "a\u202eb",
    "bidi isolate": "a\u2067b",
    "direction mark": "a\u200fb",
    "noncharacter": "a\uffffb",
    "damaged": "a\ufffdb",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_a_query_a_form_and_json_refuse_the_same_characters(text: str) -> None:
    factory = RequestFactory()
    for request in (
        factory.get("/api/x", {"q": text}),
        factory.post("/api/x", {"q": text}),
        factory.post("/api/x", {"q": text}, content_type="application/json"),
    ):
        if request.content_type == "application/json":
            request._body = json.dumps({"q": text}).encode()
        response = cross(request)
        assert (response.status_code, said(response)["code"], said(response)["field"]) == (
            400,
            "unacceptable_text",
            "q",
        )


def test_a_lone_surrogate_in_json_is_refused_with_the_path_to_it() -> None:
    response = send_json('{"answers": {"shop": ["x", "\\ud800"]}}')
    assert (response.status_code, said(response)["field"]) == (400, "answers.shop[1]")


def test_what_is_no_utf8_is_refused_wherever_it_stands() -> None:
    factory = RequestFactory()
    assert cross(factory.get("/api/x?q=%ff%fe")).status_code == 400
    form = factory.post("/api/x", b"q=%ff", content_type="application/x-www-form-urlencoded")
    assert cross(form).status_code == 400
    assert send_json(b'{"q": "\xff"}').status_code == 400
    assert send_json('{"q": "x"}'.encode("utf-16")).status_code == 400
    gbk = factory.post("/api/x", {"q": "x"}, content_type="application/x-www-form-urlencoded; charset=gbk")
    assert cross(gbk).status_code == 415


def test_every_text_arrives_in_nfc_without_white_space_at_its_ends() -> None:
    decomposed = unicodedata.normalize("NFD", " Café 王\r\n李 ")
    factory = RequestFactory()
    for request, key in (
        (factory.get("/x", {"q": decomposed}), "get"),
        (factory.post("/x", {"q": decomposed}), "post"),
        (factory.post("/x", {"q": decomposed}, content_type="application/json"), "json"),
    ):
        assert said(cross(request))[key]["q"] == "Café 王\n李"


def test_a_body_that_is_canonical_arrives_byte_for_byte() -> None:
    body = '{"b": 1,   "a": "王", "c": [true, null, 1.50]}'
    request = RequestFactory().post("/api/x", body, content_type="application/json")
    cross(request)
    assert request.body == body.encode()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "bad_json"),
        ("NaN", "bad_json"),
        ('{"a": Infinity}', "bad_json"),
        ('{"a": 1, "a": 2}', "repeated_field"),
        ('{"a": 1234567890123456789}', "number_too_large"),
        ('{"a": 1e999}', "number_too_large"),
        ('{"a": 1e18}', "number_too_large"),
        ('{"a": ' + "9" * 5000 + "}", "number_too_large"),
        ('{"a": 0.' + "1" * 50 + "}", "number_too_large"),
        ("[" * 21 + "]" * 21, "too_deep"),
        ("[" * 100_000, "too_deep"),
        ('{"a":' * 30_000, "too_deep"),
        (json.dumps(list(range(20_001))), "too_many_values"),
        ('{"a\\u0000": 1}', "bad_field_name"),
        ('{"a\\u202e": 1}', "bad_field_name"),
        ('{"e\\u0301": 1}', "bad_field_name"),
    ],
)
def test_json_that_could_hurt_is_refused_by_name(body: str, code: str) -> None:
    response = send_json(body)
    assert response.status_code == 400
    assert said(response)["code"] == code
    assert said(response)["detail"]


@pytest.mark.parametrize("body", ["[" * 20 + "]" * 20, '{"a": 999999999999999999}', '{"a": -1.5}', '"text"', "null"])
def test_json_within_the_bounds_passes(body: str) -> None:
    assert send_json(body).status_code == 200


def test_a_body_too_large_is_refused_before_it_is_read() -> None:
    factory = RequestFactory()
    form = "application/x-www-form-urlencoded"
    for kind, limit in (("application/json", borders.JSON_LIMIT), (form, borders.FORM_LIMIT)):
        request = factory.post("/api/x", "{}", content_type=kind)
        request.META["CONTENT_LENGTH"] = str(limit + 1)
        request.META["wsgi.input"].read = lambda *_args: pytest.fail("the body was read")
        assert cross(request).status_code == 413
    upload = factory.post("/x", {"a": "b"})
    upload.META["CONTENT_LENGTH"] = str(borders.UPLOAD_LIMIT + 1)
    assert cross(upload).status_code == 413


@pytest.mark.parametrize("count", [101, 1000])
def test_too_many_fields_are_refused(count: int) -> None:
    fields = {f"f{number}": "x" for number in range(count)}
    factory = RequestFactory()
    for request in (
        factory.post("/api/x", fields),
        factory.get("/api/x", fields),
        factory.post(
            "/api/x", "&".join(f"{name}=x" for name in fields), content_type="application/x-www-form-urlencoded"
        ),
    ):
        response = cross(request)
        assert response.status_code in (400, 414)
        assert said(response)["code"] in ("too_many_fields", "query_too_long")


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/json-patch+json", ""])
def test_an_unknown_kind_of_body_is_refused(kind: str) -> None:
    assert send_json("{}", content_type=kind).status_code == 415


def test_a_form_comes_by_post_alone() -> None:
    request = RequestFactory().put("/api/x", "a=b", content_type="application/x-www-form-urlencoded")
    assert cross(request).status_code == 415


def test_a_multipart_form_that_breaks_off_is_refused() -> None:
    request = RequestFactory().post("/api/x", b"nonsense", content_type="multipart/form-data; boundary=x")
    assert cross(request).status_code in (200, 400)
    request = RequestFactory().post("/api/x", b"nonsense", content_type="multipart/form-data")
    assert cross(request).status_code == 400


@pytest.mark.parametrize("name", ["a\x00b", "a\u202eb", "e\u0301", "\ufffd"])
def test_an_address_that_no_thing_can_have_is_not_found(name: str) -> None:
    with pytest.raises(Http404):
        cross(RequestFactory().get("/x"), name=name)


@given(st.text(max_size=60))
@settings(max_examples=200)
def test_what_a_view_sees_is_canonical_or_was_refused(text: str) -> None:
    response = send_json(json.dumps({"a": text}))
    if response.status_code == 200:
        seen = said(response)["json"]["a"]
        assert unicodedata.is_normalized("NFC", seen)
        assert said(send_json({"a": seen}))["json"]["a"] == seen
    else:
        assert (response.status_code, said(response)["field"]) == (400, "a")


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_no_bytes_break_the_border(body: bytes) -> None:
    assert send_json(body).status_code in (200, 400)
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        assert send_json(body, content_type=kind).status_code in (200, 400)


# Through the whole platform


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", "“identifier”一栏"), ("en", "Field “identifier”: Character 3 changes the direction")],
)
def test_a_person_is_told_which_field_in_their_language(
    clock: FrozenClock, client: Client, language: str, words: str
) -> None:
    response = client.post(
        "/sign-in/", {"identifier": "wa\u202eng", "password": "x"}, headers={"Accept-Language": language}
    )
    assert response.status_code == 400
    assert words in response.content.decode()


@pytest.mark.django_db
def test_a_program_is_told_which_field_in_its_language(clock: FrozenClock, client: Client) -> None:
    response = client.post(
        TOKENS,
        {"username": "wang", "password": "x\x00"},
        content_type="application/json",
        headers={"Accept-Language": "en"},
    )
    assert response.status_code == 400
    assert response.json() == {
        "code": "unacceptable_text",
        "detail": "Character 2 is an invisible control character: delete it",
        "field": "password",
    }


@pytest.mark.django_db
def test_the_api_takes_no_form_where_it_asks_for_json(clock: FrozenClock, client: Client) -> None:
    credentials = {"username": people.resident().username, "password": people.PASSWORD}
    assert client.post(TOKENS, credentials).status_code == 415
    form = 'username={"a": 1}'
    assert client.post(TOKENS, form, content_type="application/x-www-form-urlencoded").status_code == 415


@pytest.mark.django_db
def test_nobody_without_a_right_makes_the_platform_read_a_body(clock: FrozenClock, client: Client) -> None:
    file = SimpleUploadedFile("a\u202e.txt", b"x")
    assert client.post("/account/", {"file": file}).headers["Location"].startswith("/sign-in/")


class Words(Schema):
    text: str


api = NinjaAPI(urls_namespace="border-tests", docs_url=None, openapi_url=None)


@api.post("/json")
def takes_json(request: HttpRequest, words: Words) -> dict[str, str]:
    return {"text": words.text}


@api.post("/file")
def takes_a_file(request: HttpRequest, paper: File[UploadedFile], text: Form[str] = "") -> dict[str, str]:
    return {"name": str(paper.name), "text": text}


urlpatterns = [
    path("api/", api.urls),
    path("", include("yiwang.web.urls")),
]


@override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=["yiwang.web.borders.CanonicalText"])
def test_an_operation_takes_files_only_where_it_declares_one() -> None:
    client = Client()
    paper = SimpleUploadedFile("图 1.pdf", b"x")
    assert client.post("/api/json", {"paper": paper}).status_code == 415
    paper.seek(0)
    taken = client.post("/api/file", {"paper": paper, "text": " Cafe\u0301 "})
    assert taken.json() == {"name": "图 1.pdf", "text": "Café"}
    decomposed = SimpleUploadedFile("re\u0301sume\u0301.pdf", b"x")
    assert client.post("/api/file", {"paper": decomposed}).json()["name"] == "résumé.pdf"
    damaged = SimpleUploadedFile("a\ufffdb.pdf", b"x")
    refused = client.post("/api/file", {"paper": damaged})
    assert (refused.status_code, refused.json()["field"]) == (400, "paper")

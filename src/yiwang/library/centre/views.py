"""Officers' pages of the library: the catalogue, a product, requests to share, grants."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.kernel.text import UnacceptableText, canonical
from yiwang.foundation.ui.language import said
from yiwang.library.centre import actions, asked, catalogue, forms, given, lineage, permissions, quality, queries
from yiwang.library.centre.contract_words import LEVELS, SHARING, kind_words, rule_words, span_words, statistics_words
from yiwang.library.centre.refusals import NotPermitted, NotPossible
from yiwang.library.centre.sharing import CannotAsk
from yiwang.library.gateways.contract import Sharing


@require_safe
def products(request: HttpRequest) -> HttpResponse:
    """What departments share: searched by words of titles, fields and elements, and by department."""
    try:
        text = canonical(request.GET.get("q", "")[:200], max_length=100)
    except UnacceptableText:
        text = ""
    names = directory.department_names()
    department = request.GET.get("department", "")
    department = department if department in names else ""
    context = {
        "text": text,
        "department": department,
        "departments": [("", _("All departments")), *((code, said(name)) for code, name in names.items())],
        "products": catalogue.search(text, department),
        "sharing": {str(key): words for key, words in SHARING.items()},
        "section": "products",
        **_mine(request),
    }
    return render(request, "centre/products.html", context)


@require_safe
def product(request: HttpRequest, code: str) -> HttpResponse:
    """A contract in words: what is in it, who holds it, on which conditions, who reads it."""
    page = _page(code)
    by = actor_of(request.user)
    contract = page.product
    context = {
        "page": page,
        "product": contract,
        "sharing": SHARING[contract.sharing],
        "level": LEVELS[contract.level],
        "fresh": span_words(contract.fresh_within) if contract.fresh_within else None,
        "statistics": statistics_words(contract) if contract.statistics else None,
        "fields": [(line, kind_words(line.field.kind), LEVELS[line.field.level]) for line in page.fields],
        "rules": [
            rule_words(rule, contract.by_name[rule.field].words if rule.field else None) for rule in contract.quality
        ],
        "sql_name": queries.sql_name(contract),
        "quality": quality.of(contract),
        "askers": [
            (queries.consumer_words(post), queries.purpose_words(purpose), number)
            for post, purpose, number in lineage.readers_of(contract.reference)
        ],
        "may_ask": contract.sharing is not Sharing.WITHHELD and bool(by.departments - {contract.department}),
        "section": "products",
        **_mine(request),
    }
    return render(request, "centre/product.html", context)


def ask(request: HttpRequest, code: str) -> HttpResponse:
    """The form of a request to share."""
    page = _page(code)
    by = actor_of(request.user)
    form = forms.Ask(request.POST or None, product=page.product, by=by)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                case = actions.ask_to_share(form.wanted(), by=by)
            except CannotAsk as refused:
                form.add_error(refused.field if refused.field in form.fields else None, said(refused.words))
            except NotPermitted:
                form.add_error("post", _("Choose one of your own posts."))
            else:
                return redirect("centre:request", number=case.number)
    context = {"page": page, "product": page.product, "form": form, "sharing": SHARING[page.product.sharing]}
    return render(request, "centre/ask.html", context, status=status)


@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """Requests of my departments, and those about their products."""
    number = _number(request)
    lines, more = asked.requests(actor_of(request.user), number)
    context = {"lines": lines, "number": number, "more": more, "section": "requests", **_mine(request)}
    return render(request, "centre/requests.html", context)


@require_safe
def request_page(request: HttpRequest, number: str) -> HttpResponse:
    """One request: how far it is, what was asked, what was answered."""
    view = _request(request, number)
    context = {"view": view, "form": forms.Why(), "section": "requests", **_mine(request)}
    return render(request, "centre/request.html", context)


def ruling(request: HttpRequest, number: str) -> HttpResponse:
    """Call for a ruling on a refused request."""
    view = _request(request, number)
    form = forms.Why(request.POST or None)
    problem, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                case = actions.call_for_ruling(number, form.cleaned_data["why"], by=actor_of(request.user))
            except NotPermitted:
                problem, status = _("Only who asked may call for a ruling."), 403
            except NotPossible as refused:
                problem, status = said(refused.words), 409
            else:
                return redirect("centre:request", number=case.number)
    context = {"view": view, "form": form, "problem": problem}
    return render(request, "centre/ruling.html", context, status=status)


@require_safe
def grants(request: HttpRequest) -> HttpResponse:
    """Grants that my departments hold, and those they gave."""
    by = actor_of(request.user)
    context = {
        "held": given.grants(by, held=True),
        "given": given.grants(by, held=False),
        "section": "grants",
        **_mine(request),
    }
    return render(request, "centre/grants.html", context)


def grant(request: HttpRequest, code: str) -> HttpResponse:
    """One grant in words; its owner's steward or head may take it back here."""
    by = actor_of(request.user)
    try:
        view = given.grant(code, by)
    except queries.NoSuchGrant:
        raise Http404 from None
    form = forms.Why(request.POST or None)
    problem, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.revoke(code, form.cleaned_data["why"], by=by)
            except NotPermitted:
                problem, status = _("Only the owner's data steward or head may take a grant back."), 403
            except NotPossible as refused:
                problem, status = said(refused.words), 409
            else:
                return redirect("centre:grant", code=code)
    context = {
        "view": view,
        "form": form,
        "problem": problem,
        "may_revoke": view.in_force and permissions.may_revoke(by, view.owner),
        "section": "grants",
        **_mine(request),
    }
    return render(request, "centre/grant.html", context, status=status)


def _mine(request: HttpRequest) -> dict[str, Any]:
    """What the library's own navigation shows this officer."""
    by = actor_of(request.user)
    return {"steward": bool(permissions.stewards(by))}


def _page(code: str) -> catalogue.ProductPage:
    try:
        return catalogue.product_page(code)
    except queries.NoSuchProduct:
        raise Http404 from None


def _request(request: HttpRequest, number: str) -> asked.RequestView:
    try:
        return asked.request(number, actor_of(request.user))
    except asked.NoSuchRequest:
        raise Http404 from None


def _number(request: HttpRequest) -> int:
    page = request.GET.get("page", "1")
    return max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 5 else 1

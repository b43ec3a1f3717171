"""Where a guide's one button leads. `applications` stands above the catalogue and registers its address at start-up."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

_route = ""


def register_start(route: str) -> None:
    """Name the route, with a service's code as its one argument, that begins an application."""
    global _route
    _route = route


def start_address(code: str) -> str:
    """The address that begins an application for this service; empty where nothing can be applied for."""
    if not _route:
        return ""
    try:
        return reverse(_route, args=[code])
    except NoReverseMatch:
        return ""

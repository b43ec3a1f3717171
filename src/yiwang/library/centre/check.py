"""Reading what a city publishes for the library: its products, its purposes, its standing grants."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from yiwang.foundation.directory import published as directory
from yiwang.foundation.kernel.findings import Finding
from yiwang.library.centre import purposes, standing
from yiwang.library.centre.purposes import Purposes
from yiwang.library.centre.standing import Offices, StandingGrant
from yiwang.library.gateways.contract import Product


@dataclass(frozen=True)
class Library:
    """All that the folder holds."""

    products: tuple[Product, ...]
    purposes: Purposes
    grants: tuple[StandingGrant, ...]


def read(city: Path, products: tuple[Product, ...]) -> tuple[Library, list[Finding]]:
    """What is right among purposes and standing grants over these products, and what is wrong."""
    offices = offices_of(city)
    why, findings = purposes.read(city, offices.posts)
    grants, more = standing.read(city, products, why.codes, offices)
    return Library(products, why, grants), [*findings, *more]


def offices_of(city: Path) -> Offices:
    """Posts and officers as the directory's files say; what is wrong in them the directory itself reports."""
    found, _findings = directory.read(city)
    return Offices(
        posts=tuple(f"{office.code}/{post.code}" for office in found.departments for post in office.posts),
        officers={account.username: account.posts for account in found.accounts if account.posts},
    )

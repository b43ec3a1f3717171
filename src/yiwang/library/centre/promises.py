"""A published contract is a promise to whoever reads it: within a major version nothing changes that breaks them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from yiwang.foundation.kernel.findings import Finding
from yiwang.library.centre import bodies
from yiwang.library.centre.models import ProductVersion
from yiwang.library.gateways import contracts
from yiwang.library.gateways.breaking import forbidden
from yiwang.library.gateways.contract import Product


def broken(product: Product) -> tuple[str, ...]:
    """What this contract breaks of the one that is published under the same major; empty where nothing."""
    rows = ProductVersion.objects.filter(product__code=product.code, major=product.major)
    published = rows.defer("body").order_by("-number").first()
    if published is None or published.digest == bodies.digest(bodies.product_body(product)):
        return ()
    return forbidden(bodies.product_of(published.body), product)


def check(city: Path, products: Iterable[Product]) -> list[Finding]:
    """What the city's files would break of what is published in this database, with file, line and remedy."""
    findings = []
    for product in products:
        changes = broken(product)
        if changes:
            path = _file(city, product)
            message = f"This breaks readers of {product.reference}: {'; '.join(changes)}."
            findings.append(Finding(path, _line(path), message, remedy(product)))
    return findings


def remedy(product: Product) -> str:
    return (
        f'Write version: "{product.major + 1}.0", and keep the published contract beside it as '
        f"{product.name}@{product.major}.yaml for as long as it is read."
    )


def _file(city: Path, product: Product) -> Path:
    folder = city / contracts.FOLDER / product.department
    older = folder / f"{product.name}@{product.major}.yaml"
    return older if older.exists() else folder / f"{product.name}.yaml"


def _line(path: Path) -> int:
    """Where the file says its version; 0 where there is no such file, as for contracts that are handed over."""
    if not path.is_file():
        return 0
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.startswith("version:")), 0)

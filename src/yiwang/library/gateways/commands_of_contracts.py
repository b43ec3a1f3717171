"""`yiwang library compare` says what a new contract breaks, `try` whether a department's data is as it promises."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from yiwang.foundation.kernel.findings import Finding, errors
from yiwang.foundation.standards import vocabulary
from yiwang.foundation.standards.vocabulary import Vocabulary
from yiwang.library.gateways import bindings, contracts
from yiwang.library.gateways.breaking import breaking, forbidden
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.refusals import Cancelled, Offline
from yiwang.library.gateways.sources import Sources, Stop

SECONDS = 600.0
_ANYWHERE = Path("department/product.yaml")


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    compare = verbs.add_parser("compare", help="say what a new version of a contract breaks for its readers")
    compare.add_argument("old", type=Path, metavar="OLD.yaml")
    compare.add_argument("new", type=Path, metavar="NEW.yaml")
    compare.add_argument("--city", type=Path, help="the city whose elements they name (default: $YIWANG_CITY_DIR)")
    compare.set_defaults(run=_compare, database=False)
    trial = verbs.add_parser("try", help="read a department's products where they lie and run their quality rules")
    trial.add_argument("department")
    trial.add_argument("product", nargs="?", help="only this one, such as enterprises")
    trial.add_argument("--city", type=Path, help="the city's folder (default: $YIWANG_CITY_DIR)")
    trial.add_argument("--gateways", type=Path, help="the folder of bindings (default: $YIWANG_GATEWAYS_DIR)")
    trial.set_defaults(run=_try, database=False)


def _compare(options: argparse.Namespace) -> int:
    findings: list[Finding] = []
    words = _vocabulary(_city(options))
    # Old versions lie anywhere: what the files are called does not count.
    old = contracts.read_contract(options.old, words, findings, named=_ANYWHERE)
    new = contracts.read_contract(options.new, words, findings, named=_ANYWHERE)
    if old is None or new is None:
        return _mend(findings)
    for change in breaking(old, new):
        print(f"breaks: {change}")
    if wrong := forbidden(old, new):
        count = "1 change breaks" if len(wrong) == 1 else f"{len(wrong)} changes break"
        print(f'{count} readers of version {old.major}: write version: "{old.major + 1}.0".')
        return 1
    print(f"{old.version} → {new.version}: no reader of a version is broken.")
    return 0


def _try(options: argparse.Namespace) -> int:
    from django.conf import settings

    city = _city(options)
    published, findings = contracts.read(city, _vocabulary(city))
    folder = Path(options.gateways or settings.YIWANG_GATEWAYS_DIR)
    found, more = bindings.read(folder / f"{options.department}.yaml", data=Path(settings.YIWANG_DATA_DIR))
    own = [each for each in published if each.department == options.department]
    findings = [each for each in findings if each.file.parent.name == options.department]
    findings += [*more, *bindings.check(found, own)]
    if errors(findings):
        return _mend(findings)
    if options.product:
        own = [each for each in own if options.product in (each.name, f"{each.name}@{each.major}", each.code)]
    bound = [each for each in own if found.of(each) is not None]
    if not bound:
        print(f"{options.department} has no such product with rows.", file=sys.stderr)
        return 1
    sources = Sources(found)
    try:
        return max(_tried(sources, product) for product in bound)
    finally:
        sources.close()


def _tried(sources: Sources, product: Product) -> int:
    try:
        quality = sources.quality(product, Stop(SECONDS))
    except Offline as offline:
        print(f"{product.reference}: does not answer: {offline.why}")
        return 1
    except Cancelled:
        print(f"{product.reference}: not done in {SECONDS:.0f} seconds")
        return 1
    newest = f", newest change {quality.latest:%Y-%m-%d %H:%M} UTC" if quality.latest else ""
    print(f"{product.reference}: {quality.rows} rows{newest}")
    for score in quality.scores:
        if score.bad:
            print(f"  {score.rule}: {score.bad} of {score.rows}")
    return 0


def _city(options: argparse.Namespace) -> Path:
    from django.conf import settings

    return options.city or Path(settings.YIWANG_CITY_DIR)


def _vocabulary(city: Path) -> Vocabulary:
    return vocabulary.read(city)[0]


def _mend(findings: list[Finding]) -> int:
    for finding in sorted(set(findings)):
        print(finding)
    return 1

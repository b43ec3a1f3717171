"""Quality of products (数据质量): the contract's rules are run where the data is; scores are kept over time."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import now
from yiwang.foundation.notifications.actions import tell
from yiwang.library.centre import gateways, queries
from yiwang.library.centre.contract_words import rule_words, unsaid_words
from yiwang.library.centre.models import QualityRun, QualityScore
from yiwang.library.centre.sharing import STEWARD
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.gateway import Offline

log = logging.getLogger(__name__)

GOOD_ENOUGH = 0.99
"""Below this share of good rows a rule is broken, and the department's data steward is told."""
KEPT = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Score:
    """One rule in the newest run; `before` is its share in the run before, None where there was none."""

    rule: str
    words: Words
    rows: int
    bad: int
    before: float | None

    @property
    def share(self) -> float:
        """Good rows of all, 0 to 1; a rule that saw no row is kept."""
        return 1.0 if not self.rows else 1 - self.bad / self.rows

    @property
    def percent(self) -> str:
        """One decimal, never rounded up to 100."""
        return f"{int(self.share * 1000) / 10:g} %"

    @property
    def kept(self) -> bool:
        return self.share >= GOOD_ENOUGH


@dataclass(frozen=True, slots=True)
class ProductQuality:
    """What the last check found. `fresh` is None where the contract promises nothing or the product does not tell."""

    at: datetime
    rows: int
    latest: datetime | None
    fresh: bool | None
    scores: tuple[Score, ...]


def check_all() -> tuple[int, tuple[str, ...]]:
    """Check every product of every gateway that answers; how many, and whose could not be checked."""
    done, missed = 0, []
    for product in queries.products():
        try:
            check(product)
            done += 1
        except Offline as offline:
            missed.append(product.reference)
            log.info("The quality of %s is not checked now: %s", product.reference, offline.why)
    QualityRun.objects.filter(at__lt=now() - KEPT).delete()
    return done, tuple(missed)


def check(product: Product) -> QualityRun:
    """Run a product's rules at its gateway and keep the scores; a rule that fell tells the steward. Raises Offline."""
    found = gateways.gateway(product.department).quality(product.reference)
    before = of(product)
    with transaction.atomic():
        run = QualityRun.objects.create(product=product.reference, at=now(), rows=found.rows, latest=found.latest)
        QualityScore.objects.bulk_create(
            QualityScore(run=run, rule=each.rule, rows=each.rows, bad=each.bad) for each in found.scores
        )
        after = of(product)
        assert after is not None
        _tell_what_fell(product, before, after, run)
    return run


def of(product: Product) -> ProductQuality | None:
    """The newest check of a product; None before the first."""
    runs = list(QualityRun.objects.filter(product=product.reference)[:2])
    if not runs:
        return None
    newest = runs[0]
    earlier = {score.rule: score for score in QualityScore.objects.filter(run=runs[1])} if len(runs) > 1 else {}
    rules = {rule.key: rule for rule in product.quality}

    def words(key: str) -> Words:
        rule = rules.get(key)
        if rule is None:
            return unsaid_words(key, product)
        field = product.by_name.get(rule.field) if rule.field else None
        return rule_words(rule, field.words if field else None)

    fresh = None
    if product.fresh_within is not None and newest.latest is not None:
        fresh = newest.at - newest.latest <= product.fresh_within
    return ProductQuality(
        at=newest.at,
        rows=newest.rows,
        latest=newest.latest,
        fresh=fresh,
        scores=tuple(
            Score(
                score.rule,
                words(score.rule),
                score.rows,
                score.bad,
                _share(earlier[score.rule]) if score.rule in earlier else None,
            )
            for score in QualityScore.objects.filter(run=newest)
        ),
    )


def _share(score: QualityScore) -> float:
    return 1.0 if not score.rows else 1 - score.bad / score.rows


def _tell_what_fell(product: Product, before: ProductQuality | None, after: ProductQuality, run: QualityRun) -> None:
    """Once when it falls, not again while it stays down."""
    fell = [
        score.words
        for score in after.scores
        if not score.kept and (score.before is None or score.before >= GOOD_ENOUGH)
    ]
    if after.fresh is False and (before is None or before.fresh is not False):
        fell.append(Words("没有按时更新", "It is not up to date"))
    if not fell:
        return
    subject = Words(f"数据质量下降：{product.title.zh}", f"Data quality fell: {product.title.en}")
    body = Words("\n".join(words.zh for words in fell), "\n".join(words.en for words in fell))
    link = reverse("centre:product", args=[product.code])
    for card in directory.officers_in(product.department, f"{product.department}/{STEWARD}"):
        tell(card.id, subject, body, link, f"centre:quality:{run.pk}")

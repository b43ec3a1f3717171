"""Publishing what a city's folder holds, as often as one likes."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from yiwang.foundation.standards import loading as vocabulary
from yiwang.foundation.standards.findings import Refused, errors
from yiwang.service.catalogue import actions, check, queries


def load(city: Path) -> tuple[str, ...]:
    """Publish all matters and bundles of the folder; the codes of those that were new or have changed.

    Matters and bundles that are no longer in the folder are offered no longer; imported guidance stays. Raises Refused
    with findings where the folder has errors: then nothing is published.
    """
    services, findings = check.read(city)
    if errors(findings):
        raise Refused(findings)
    with transaction.atomic():
        vocabulary.load(city)
        changed = actions.publish(services)
        kept = {service.code for service in services}
        actions.take_back(code for code in queries.offered("matter", "bundle") if code not in kept)
        actions.make_findable()
    return changed

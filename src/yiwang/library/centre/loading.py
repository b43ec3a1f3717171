"""Taking a city's products, purposes and standing grants into the database, as often as one likes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from django.db import transaction

from yiwang.foundation.directory.actor import MACHINE
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel.findings import Refused, errors
from yiwang.foundation.kernel.time import now
from yiwang.library.centre import actions, check, granting, in_force, open_data, promises, queries
from yiwang.library.centre.models import Grant as GrantRow
from yiwang.library.centre.models import GrantState, Purpose, RulingOffice
from yiwang.library.centre.purposes import Purposes
from yiwang.library.centre.standing import StandingGrant
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.grant import Grant

SUPERSEDED = "常设授权有了新的内容 / the standing grant has a new wording"
WITHDRAWN = "常设授权已不在城市的文件里 / the standing grant left the city's files"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Products that are new or changed, those offered no longer, and how many standing grants came and went."""

    products: tuple[str, ...] = ()
    taken_back: tuple[str, ...] = ()
    issued: int = 0
    revoked: int = 0


def load(city: Path, products: tuple[Product, ...]) -> Loaded:
    """Publish these products, and what the folder holds of purposes and grants.

    Raises Refused with findings where the folder has errors or breaks readers: then nothing is published. The
    directory's people and posts are loaded before. A standing grant that reads as before stays as it was signed.
    """
    library, findings = check.read(city, products)
    findings += promises.check(city, products)
    if errors(findings):
        raise Refused(findings)
    with transaction.atomic():
        _load_purposes(library.purposes)
        changed = actions.publish(library.products)
        kept = {product.code for product in library.products}
        gone = tuple(code for code in sorted({product.code for product in queries.products()}) if code not in kept)
        actions.take_back(gone)
        issued, revoked = _load_grants(library.grants)
        more, fewer = open_data.keep_grants()
    return Loaded(changed, gone, issued + more, revoked + fewer)


def _load_purposes(found: Purposes) -> None:
    for place, purpose in enumerate(found.purposes):
        Purpose.objects.update_or_create(
            code=purpose.code,
            defaults={"name_zh": purpose.words.zh, "name_en": purpose.words.en, "order": place},
        )
    RulingOffice.objects.all().delete()
    if found.ruling is not None:
        RulingOffice.objects.create(examines=found.ruling.examines, decides=found.ruling.decides)


def _load_grants(grants: tuple[StandingGrant, ...]) -> tuple[int, int]:
    names = {name for each in grants for name in each.approved_by}
    accounts = dict(User.objects.filter(username__in=names).values_list("username", "pk"))
    standing = GrantRow.objects.filter(standing=True, state=GrantState.ISSUED).exclude(post=open_data.POST)
    held = {row.code.partition("~")[0]: row for row in standing}
    issued = revoked = 0
    for each in grants:
        approved_by = tuple(f"officer:{accounts[name]}" for name in each.approved_by)
        earlier = held.pop(each.grant.id, None)
        if earlier is not None and _same(earlier, each, approved_by):
            continue
        if earlier is not None:
            revoked += granting.revoke(earlier, SUPERSEDED, by=MACHINE)
        if each.grant.expires > now():
            granting.issue(_numbered(each), each.owner, approved_by, by=MACHINE)
            issued += 1
    for row in held.values():
        revoked += granting.revoke(row, WITHDRAWN, by=MACHINE)
    return issued, revoked


def _same(row: GrantRow, each: StandingGrant, approved_by: tuple[str, ...]) -> bool:
    was = in_force.issued(row).grant
    return replace(was, id=each.grant.id, issued_at=None) == replace(each.grant, approved_by=approved_by)


def _numbered(each: StandingGrant) -> Grant:
    """The grant under a code of its own: a new wording is another grant, and logs tell them apart."""
    before = GrantRow.objects.filter(code__startswith=f"{each.grant.id}~").count()
    before += GrantRow.objects.filter(code=each.grant.id).count()
    return each.grant if before == 0 else replace(each.grant, id=f"{each.grant.id}~{before + 1}")

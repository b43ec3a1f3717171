"""Which account a provider's person has here: connected by its holder, while signed in, and never guessed."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from yiwang.foundation.directory import proving
from yiwang.foundation.directory.levels import Level, Means
from yiwang.foundation.directory.models import ExternalIdentity, User
from yiwang.foundation.directory.refusals import NotPossible
from yiwang.foundation.directory.single_sign_on.provider import Provider, Told
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.text import Words

CONNECTED_ELSEWHERE = NotPossible(
    "connected_elsewhere",
    Words("那边的账号已连到这里的另一账号", "That account is connected to another account here"),
)


def account_of(told: Told) -> User | None:
    """The account that its holder has connected; None for a stranger or an account that is off."""
    row = (
        ExternalIdentity.objects.filter(issuer=told.issuer, subject=told.subject, user__is_active=True)
        .select_related("user")
        .first()
    )
    if row is None:
        return None
    ExternalIdentity.objects.filter(pk=row.pk).update(last_used_at=time.now())
    return row.user


def connect(user: User, told: Told, provider: Provider) -> None:
    """Let the provider's person sign in to this account from now on; in the place of another of them.

    Where the provider names the holder's own name and identity number, it proves the level that the city trusts it
    for. Raises NotPossible (connected to another account).
    """
    try:
        with transaction.atomic():
            ExternalIdentity.objects.update_or_create(
                user=user, issuer=told.issuer, defaults={"subject": told.subject, "connected_at": time.now()}
            )
    except IntegrityError as taken:
        raise CONNECTED_ELSEWHERE from taken
    person = user.person
    if person is None or not person.resident_id or Level(person.level).reaches(provider.level):
        return
    if (told.name, told.resident_id) == (person.name, person.resident_id):
        proving.prove(person.pk, provider.level, Means.PROVIDER, by=f"resident:{user.pk}")


def disconnect(user: User) -> None:
    """Nobody signs in to this account through a provider any more."""
    ExternalIdentity.objects.filter(user=user).delete()

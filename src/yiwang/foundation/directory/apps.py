from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest

    from yiwang.foundation.ui.frame import Account


class DirectoryConfig(AppConfig):
    name = "yiwang.foundation.directory"
    label = "directory"
    verbose_name = _("Directory")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiwang.foundation.directory.single_sign_on.provider import provider
        from yiwang.foundation.ui import frame

        # A provider that is named by halves stops the start, where an operator looks.
        provider()

        frame.register_account(_account)
        for key, route in (
            ("sign-in", "directory:sign-in"),
            ("sign-out", "directory:sign-out"),
            ("account", "directory:account"),
            ("people", "directory:people"),
        ):
            frame.register_destination(key, route)


def _account(request: HttpRequest) -> Account | None:
    from yiwang.foundation.directory.models import User, UserKind
    from yiwang.foundation.ui.frame import Account

    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return None
    return Account(
        user.name,
        officer=user.kind == UserKind.OFFICER,
        administrator=user.kind == UserKind.ADMINISTRATOR,
    )

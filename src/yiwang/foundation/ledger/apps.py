from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "yiwang.foundation.ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiwang.foundation.ledger import jobs  # noqa: F401

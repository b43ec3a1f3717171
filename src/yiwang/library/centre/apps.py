from django.apps import AppConfig


class CentreConfig(AppConfig):
    name = "yiwang.library.centre"
    label = "centre"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiwang.foundation.ledger import replay
        from yiwang.library.centre import replaying

        replay.register(replaying.GrantProjection())

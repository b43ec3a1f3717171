from django.apps import AppConfig


class CentreConfig(AppConfig):
    name = "yiwang.library.centre"
    label = "centre"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiwang.casework.cases import kinds
        from yiwang.foundation.ledger import replay
        from yiwang.foundation.ui.frame import register_destination
        from yiwang.library.centre import corrections, jobs, panels, reactions, replaying, sharing  # noqa: F401

        replay.register(replaying.GrantProjection())
        kinds.register(sharing.REQUEST, panels.RequestPanel())
        kinds.register(sharing.RULING, panels.RulingPanel())
        kinds.register(corrections.CORRECTION, panels.CorrectionPanel())
        register_destination("library", "centre:products")

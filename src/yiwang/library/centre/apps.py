from django.apps import AppConfig


class CentreConfig(AppConfig):
    name = "yiwang.library.centre"
    label = "centre"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiwang.casework.cases import kinds
        from yiwang.foundation.directory.proving import register_register
        from yiwang.foundation.ledger import replay
        from yiwang.foundation.ui.frame import register_destination
        from yiwang.library.centre import (  # noqa: F401
            corrections,
            identity,
            jobs,
            panels,
            reactions,
            replaying,
            sharing,
            unusual_access,
        )

        replay.register(replaying.GrantProjection())
        kinds.register(sharing.REQUEST, panels.RequestPanel())
        kinds.register(sharing.RULING, panels.RulingPanel())
        kinds.register(corrections.CORRECTION, panels.CorrectionPanel())
        kinds.register(unusual_access.UNUSUAL, panels.UnusualPanel())
        register_register(identity.LibraryRegister())
        register_destination("library", "centre:products")

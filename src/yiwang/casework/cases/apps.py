from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "yiwang.casework.cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiwang.casework.cases import jobs, reactions, replaying  # noqa: F401
        from yiwang.foundation.ledger import replay
        from yiwang.foundation.ui.frame import register_destination

        replay.register(replaying.CaseProjection())
        replay.register_witness(replaying.CaseWitness())
        register_destination("desk", "cases:desk")

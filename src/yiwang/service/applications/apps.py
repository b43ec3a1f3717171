from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "yiwang.service.applications"
    label = "applications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiwang.casework.cases import kinds, speaking
        from yiwang.foundation.directory.mandate_views import register_namer, register_services
        from yiwang.foundation.documents import ports
        from yiwang.foundation.ledger import replay
        from yiwang.foundation.ui.frame import register_destination
        from yiwang.library.centre import consents, looked_at
        from yiwang.service.applications import (  # noqa: F401
            asking,
            checks_panel,
            decision_drafts,
            evidence,
            failed_attempt_panel,
            failed_attempts,
            jobs,
            naming,
            panels,
            queries,
            reactions,
            similar,
        )
        from yiwang.service.catalogue.starting import register_start

        kinds.register("application", panels.ApplicationPanel())
        kinds.register("check", panels.CheckPanel())
        kinds.register(failed_attempts.KIND, failed_attempt_panel.FailedAttemptPanel())
        kinds.register_aside("checks", checks_panel.checked, first=True)
        kinds.register_aside("similar", similar.similar_decisions)
        kinds.register_private("application", similar.private_words)
        kinds.register_drafter("application", decision_drafts.drafted)
        kinds.register_aside(failed_attempts.KIND, failed_attempt_panel.who_said_what, first=True)
        ports.register(queries.may_read)
        ports.register_withholder(queries.was_handed_in)
        replay.register_witness(evidence.SubmissionWitness())
        replay.register_witness(failed_attempts.FailedAttemptWitness())
        consents.register_agreed(asking.agreed_for)
        looked_at.register_namer(naming.case_name)
        looked_at.register_enterprises(naming.enterprises)
        register_start("applications:start")
        kinds.register_follow("applications:application")
        speaking.register_speaker(queries.speaker_in)
        register_namer(naming.service_name)
        register_services(naming.services)
        register_destination("mine", "applications:mine")
        register_destination("failed", "applications:failed-attempt")
        register_destination("track", "applications:track")

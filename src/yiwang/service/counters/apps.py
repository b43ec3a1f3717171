from django.apps import AppConfig
from django.http import HttpRequest


class CountersConfig(AppConfig):
    name = "yiwang.service.counters"
    label = "counters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiwang.foundation.directory.actor import actor_of
        from yiwang.foundation.ui.frame import register_destination
        from yiwang.service.applications.reception import register_reception
        from yiwang.service.catalogue.check import register_further
        from yiwang.service.counters import drafts, loading, queries

        def is_a_clerks(request: HttpRequest) -> bool:
            """What is refused at the border has no account yet."""
            return queries.serves(actor_of(getattr(request, "user", None)))

        register_destination("counters", "counters:desk", is_a_clerks)
        register_destination("appointments", "counters:appointments")
        register_reception(drafts.Windows())
        register_further(lambda city: loading.read(city)[1])

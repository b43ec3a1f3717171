from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "yiwang.service.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiwang.foundation.ui.frame import register_destination
        from yiwang.service.catalogue.check import register_further
        from yiwang.service.exchange import jobs, loading, reactions  # noqa: F401

        register_destination("own-systems", "exchange:systems")
        register_further(lambda city: loading.read(city)[1])

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "yiwang.service.catalogue"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiwang.foundation.ui.frame import register_destination

        register_destination("services", "catalogue:search")

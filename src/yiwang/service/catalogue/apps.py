from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "yiwang.service.catalogue"
    default_auto_field = "django.db.models.BigAutoField"

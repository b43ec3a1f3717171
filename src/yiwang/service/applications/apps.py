from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "yiwang.service.applications"
    default_auto_field = "django.db.models.BigAutoField"

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "yiwang.foundation.ui"
    default_auto_field = "django.db.models.BigAutoField"

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "yiwang.foundation.search"
    default_auto_field = "django.db.models.BigAutoField"

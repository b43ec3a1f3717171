from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "yiwang.foundation.directory"
    default_auto_field = "django.db.models.BigAutoField"

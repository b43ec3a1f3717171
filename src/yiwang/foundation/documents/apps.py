from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "yiwang.foundation.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"

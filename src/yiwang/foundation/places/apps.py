from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "yiwang.foundation.places"
    default_auto_field = "django.db.models.BigAutoField"

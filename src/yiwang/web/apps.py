from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "yiwang.web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiwang.foundation.ui.frame import register_destination

        for key in ("home", "help", "language", "elders"):
            register_destination(key, f"web:{key}")

from django.apps import AppConfig


class SubjectsConfig(AppConfig):
    name = "yiwang.library.subjects"
    label = "subjects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiwang.library.subjects import jobs  # noqa: F401

from django.apps import AppConfig


class SubjectsConfig(AppConfig):
    name = "yiwang.library.subjects"
    label = "subjects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiwang.foundation.ui.frame import register_destination
        from yiwang.library.subjects import jobs  # noqa: F401

        register_destination("library-review", "subjects:reviews")
        register_destination("library-subject", "subjects:subject")

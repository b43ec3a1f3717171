from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "yiwang.foundation.notifications"
    label = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiwang.foundation.directory.mandates import register_teller
        from yiwang.foundation.directory.phones.sending import register_texts
        from yiwang.foundation.notifications import mail, texting
        from yiwang.foundation.notifications.mandates import tell_principal
        from yiwang.foundation.notifications.texts import TextsOfTheCity
        from yiwang.foundation.notifications.views import unread_of
        from yiwang.foundation.ui.frame import register_destination, register_unread

        # A wrong address for mail or texts stops the start, where an operator looks, not a job at night.
        mail.post_office()
        texting.gateway()
        register_texts(TextsOfTheCity())
        register_teller(tell_principal)
        register_unread(unread_of)
        register_destination("inbox", "notifications:inbox")

from django.urls import path

from yiwang.foundation.notifications import text_views, views

app_name = "notifications"

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.read_all, name="read-all"),
    path("inbox/<int:number>/read/", views.read, name="read"),
    path("administration/texts/", text_views.outbox, name="texts"),
]

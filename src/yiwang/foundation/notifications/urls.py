from django.urls import path

from yiwang.foundation.notifications import views

app_name = "notifications"

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.read_all, name="read-all"),
    path("inbox/<int:number>/read/", views.read, name="read"),
]

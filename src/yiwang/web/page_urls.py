"""Addresses of the pages that belong to no package."""

from django.urls import path

from yiwang.web import administration, views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("help/", views.help_page, name="help"),
    path("language/", views.language, name="language"),
    path("elders/", views.elders, name="elders"),
    path("administration/", administration.works, name="works"),
    path("administration/jobs/<int:number>/retry/", administration.retry_job, name="retry-job"),
    path("administration/parked/<int:number>/retry/", administration.hear_again, name="hear-again"),
]

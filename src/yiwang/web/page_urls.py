"""Addresses of the pages that belong to no package."""

from django.urls import path

from yiwang.web import views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("help/", views.help_page, name="help"),
    path("language/", views.language, name="language"),
    path("elders/", views.elders, name="elders"),
]

"""Every address of the platform: each package brings its own, this file joins them."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("yiwang.foundation.directory.urls")),
]

"""Every address of the platform: each package brings its own, this file joins them."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from yiwang.web import documentation
from yiwang.web.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("yiwang.web.page_urls")),
    path("", include("yiwang.foundation.directory.urls")),
    path("", include("yiwang.foundation.notifications.urls")),
    path("", include("yiwang.foundation.documents.urls")),
    path("", include("yiwang.casework.cases.urls")),
    path("", include("yiwang.library.centre.urls")),
    path("", include("yiwang.library.subjects.urls")),
    path("", include("yiwang.service.catalogue.urls")),
    path("", include("yiwang.service.applications.urls")),
    path("", include("yiwang.service.exchange.urls")),
    path("", include("yiwang.service.counters.urls")),
    path("api/", documentation.page, name="api-documentation"),
    # Before the API's own root, which would answer 404.
    path("api/v1/", RedirectView.as_view(pattern_name="api-documentation"), name="api-first-version"),
    path("api/v1/", api.urls),
]

handler400 = "yiwang.web.failures.bad_request"
handler403 = "yiwang.web.failures.forbidden"
handler404 = "yiwang.web.failures.not_found"
handler500 = "yiwang.web.failures.server_error"

from django.urls import include, path

urlpatterns = [path("", include("yiwang.foundation.notifications.urls"))]

from django.urls import include, path

urlpatterns = [path("", include("yiwang.foundation.documents.urls"))]

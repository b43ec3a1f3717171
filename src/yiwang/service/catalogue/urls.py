from django.urls import path

from yiwang.service.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("matters/", views.search, name="search"),
    path("matters/<str:code>/", views.service, name="service"),
]

from django.urls import path

from yiwang.library.centre import views

app_name = "centre"
urlpatterns = [
    path("library/", views.products, name="products"),
    path("library/products/<str:code>/", views.product, name="product"),
    path("library/products/<str:code>/ask/", views.ask, name="ask"),
    path("library/requests/", views.requests, name="requests"),
    path("library/requests/<str:number>/", views.request_page, name="request"),
    path("library/requests/<str:number>/ruling/", views.ruling, name="ruling"),
    path("library/grants/", views.grants, name="grants"),
    path("library/grants/<str:code>/", views.grant, name="grant"),
]

from django.urls import path

from yiwang.library.centre import my_views, open_views, query_views, stewardship_views, views

app_name = "centre"
urlpatterns = [
    path("my-data/", my_views.looks, name="my-looks"),
    path("my-data/looks/<slug:department>/<int:position>/", my_views.receipt, name="my-receipt"),
    path("my-data/facts/", my_views.facts, name="my-facts"),
    path("my-data/facts/<str:product>/<slug:field>/", my_views.dispute, name="my-dispute"),
    path("library/", views.products, name="products"),
    path("library/products/<str:code>/", views.product, name="product"),
    path("library/products/<str:code>/ask/", views.ask, name="ask"),
    path("library/requests/", views.requests, name="requests"),
    path("library/requests/<str:number>/", views.request_page, name="request"),
    path("library/requests/<str:number>/ruling/", views.ruling, name="ruling"),
    path("library/grants/", views.grants, name="grants"),
    path("library/grants/<str:code>/", views.grant, name="grant"),
    path("library/query/", query_views.query, name="query"),
    path("library/query/<int:number>/", query_views.question, name="question"),
    path("library/query/<int:number>/stop/", query_views.give_up, name="give-up"),
    path("library/query/<int:number>/answer.csv", query_views.answer_csv, name="answer-csv"),
    path("library/unused/", stewardship_views.unused, name="unused"),
    path("library/elements/", stewardship_views.elements, name="elements"),
    path("library/log/", stewardship_views.log, name="log"),
    path("open/", open_views.listed, name="open"),
    path("open/catalogue.jsonld", open_views.catalogue, name="open-catalogue"),
    path("open/<str:code>/", open_views.product, name="open-product"),
    path("open/<str:code>.<slug:form>", open_views.download, name="open-download"),
]

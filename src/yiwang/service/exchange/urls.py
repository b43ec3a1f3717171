from django.urls import path

from yiwang.service.exchange import views

app_name = "exchange"
urlpatterns = [
    path("exchange/", views.systems, name="systems"),
    path("exchange/<slug:department>/", views.system, name="system"),
    path("exchange/<slug:department>/differences.csv", views.differences_csv, name="differences-csv"),
    path("exchange/<slug:department>/resend/", views.resend, name="resend"),
]

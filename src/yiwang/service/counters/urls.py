from django.urls import path

from yiwang.service.counters import appointment_views, sending_views, views

app_name = "counters"
urlpatterns = [
    path("counters/", views.desk, name="desk"),
    path("counters/close/", views.close, name="close"),
    path("counters/visits/<int:visit>/", views.visit, name="visit"),
    path("counters/visits/<int:visit>/caller/", views.caller, name="caller"),
    path("counters/visits/<int:visit>/begin/", views.begin, name="begin"),
    path("counters/visits/<int:visit>/sign-in/", views.sign_in_of_visitor, name="sign-in"),
    path("counters/visits/<int:visit>/end/", views.end, name="end"),
    path("counters/visits/<int:visit>/results/<str:number>/<slug:part>/", views.hand_out, name="hand-out"),
    path("counters/drafts/<uuid:draft>/", sending_views.sign, name="sign"),
    path("counters/received/<str:number>/", sending_views.receipt, name="receipt"),
    path("appointments/", appointment_views.mine, name="appointments"),
    path("appointments/<slug:hall>/", appointment_views.book, name="book"),
    path("appointments/<int:booking>/cancel/", appointment_views.cancel, name="cancel"),
]

from django.urls import path

from yiwang.library.subjects import views

app_name = "subjects"
urlpatterns = [
    path("library/review/", views.reviews, name="reviews"),
    path("library/review/<int:number>/", views.review, name="review"),
    path("library/subjects/", views.subject, name="subject"),
]

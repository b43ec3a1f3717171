from django.urls import path

from yiwang.casework.cases import letter_views, load_views, views

app_name = "cases"
urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("desk/load/", load_views.load, name="load"),
    path("desk/cases/<str:number>/", views.case, name="case"),
    path("desk/cases/<str:number>/plan.bpmn", views.plan, name="plan"),
    path("desk/cases/<str:number>/parts/<slug:part>/<slug:verb>/", views.part_verb, name="part-verb"),
    path("desk/cases/<str:number>/parts/<slug:part>/tasks/<slug:task>/<slug:verb>/", views.task_verb, name="task-verb"),
    path("letters/<int:letter_id>/", letter_views.letter, name="letter"),
    path("letters/<int:letter_id>/pdf/", letter_views.letter_pdf, name="letter-pdf"),
]

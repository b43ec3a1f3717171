from django.urls import path

from yiwang.service.applications import (
    application_views,
    commitment_views,
    draft_views,
    failed_attempt_views,
    hearing_views,
    library_views,
    paper_views,
    payment_views,
)

app_name = "applications"
urlpatterns = [
    path("apply/<str:code>/", draft_views.start, name="start"),
    path("drafts/<uuid:draft>/", draft_views.draft, name="draft"),
    path("drafts/<uuid:draft>/questions/<str:element>/", draft_views.question, name="question"),
    path("drafts/<uuid:draft>/materials/<slug:key>/", paper_views.material, name="material"),
    path("drafts/<uuid:draft>/consent/", library_views.consent, name="consent"),
    path("drafts/<uuid:draft>/records/<str:product>/", library_views.record, name="record"),
    path("drafts/<uuid:draft>/facts/<str:element>/", library_views.dispute, name="dispute"),
    path("drafts/<uuid:draft>/commitment/", commitment_views.commitment, name="commitment"),
    path("drafts/<uuid:draft>/review/", draft_views.review, name="review"),
    path("drafts/<uuid:draft>/discard/", draft_views.discard, name="discard"),
    path("failed-attempts/", failed_attempt_views.failed_attempt, name="failed-attempt"),
    path("failed-attempts/<str:number>/", failed_attempt_views.my_failed_attempt, name="my-failed-attempt"),
    path("mine/", application_views.mine, name="mine"),
    path("track/", application_views.track, name="track"),
    path("applications/<str:number>/", application_views.application, name="application"),
    path("applications/<str:number>/receipt/", application_views.receipt, name="receipt"),
    path("applications/<str:number>/parts/<slug:part>/pay/", payment_views.pay, name="pay"),
    path("applications/<str:number>/materials/<slug:key>/", application_views.bring, name="bring"),
    path("applications/<str:number>/parts/<slug:part>/correct/", application_views.correct, name="correct"),
    path("applications/<str:number>/parts/<slug:part>/hearing/", hearing_views.hearing, name="hearing"),
    path("applications/<str:number>/parts/<slug:part>/withdraw/", application_views.withdraw, name="withdraw"),
]

"""Addresses of break-glass, lock-down and the log, under /m/<mission>/."""

from django.urls import path

from openmara.security.watch import views

urlpatterns = [
    path("break-glass/", views.break_glass, name="break-glass"),
    path("break-glass/reviews/", views.reviews, name="break-glass-reviews"),
    path("break-glass/<uuid:key>/", views.review, name="break-glass-review"),
    path("break-glass/<uuid:key>/end/", views.end_glass, name="break-glass-end"),
    path("lock-down/", views.lock_down, name="lock-down"),
    path("audit/", views.audit, name="audit"),
    path("audit/export/", views.audit_export, name="audit-export"),
    path("audit/record/<slug:key>/", views.audit_record, name="audit-record"),
    path("audit/person/<str:code>/", views.audit_person, name="audit-person"),
]

"""Addresses of verification, under /m/<mission>/."""

from django.urls import path

from openmara.evidence.verification import views

urlpatterns = [
    path("incidents/backlog/", views.backlog, name="backlog"),
    path("incidents/by-reference/", views.by_reference, name="by-reference"),
    path("incidents/<slug:ref>/release/", views.release, name="incident-release"),
    path("incidents/<slug:ref>/retract/", views.retract, name="incident-retract"),
    path("incidents/<slug:ref>/origin/", views.origin, name="incident-origin"),
    path("reports/<slug:ref>/source/", views.source, name="report-source"),
    path("reconciliation/", views.reconciliations, name="reconciliations"),
    path("reconciliation/<uuid:key>/", views.reconciliation, name="reconciliation"),
    path("reconciliation/<uuid:key>/file/", views.reconciliation_file, name="reconciliation-file"),
]

"""Addresses of reports and incidents, under /m/<mission>/."""

from django.urls import path

from openmara.evidence import views
from openmara.evidence.naming import views as naming
from openmara.evidence.search.urls import urlpatterns as search

urlpatterns = [
    *search,
    path("incidents/", views.incidents, name="incidents"),
    path("incidents/new/", views.new, name="incident-new"),
    path("incidents/<slug:ref>/", views.incident, name="incident"),
    path("incidents/<slug:ref>/assign/", views.assign, name="incident-assign"),
    path("incidents/<slug:ref>/start/", views.start, name="incident-start"),
    path("incidents/<slug:ref>/verify/", views.verify, name="incident-verify"),
    path("incidents/<slug:ref>/coding/", views.coding, name="incident-coding"),
    path("incidents/<slug:ref>/text/", views.text, name="incident-text"),
    path("incidents/<slug:ref>/name/", naming.name, name="incident-name"),
    path("incidents/<slug:ref>/unlink/", views.unlink, name="incident-unlink"),
    path("reports/", views.reports, name="reports"),
    path("reports/<slug:ref>/", views.report, name="report"),
]

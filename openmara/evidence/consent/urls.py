"""Addresses of consent, under a report."""

from django.urls import path

from openmara.evidence.consent import views

urlpatterns = [
    path("reports/<slug:ref>/consent/", views.consent, name="report-consent"),
    path("reports/<slug:ref>/withdraw/", views.withdraw, name="report-withdraw"),
]

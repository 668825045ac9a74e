"""Addresses of custody, and of hand-overs."""

from django.urls import path

from openmara.evidence.custody import views

urlpatterns = [
    path("reports/<slug:ref>/custody/", views.custody, name="report-custody"),
    path("hand-overs/", views.hand_overs, name="hand-overs"),
    path("hand-overs/<uuid:key>/", views.hand_over, name="hand-over"),
    path("hand-overs/<uuid:key>/package/", views.hand_over_file, name="hand-over-file"),
]

"""Addresses of parties, under /m/<mission>/."""

from django.urls import path

from openmara.evidence.parties_view import views

urlpatterns = [
    path("parties/", views.parties, name="parties"),
    path("parties/<slug:code>/", views.party, name="party"),
    path("parties/<slug:code>/event/", views.event, name="party-event"),
    path("parties/<slug:code>/pattern/", views.pattern_new, name="pattern-new"),
    path("patterns/<slug:ref>/", views.pattern, name="pattern"),
    path("patterns/<slug:ref>/review/", views.review, name="pattern-review"),
]

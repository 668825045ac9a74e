"""Addresses of gathering, under /m/<mission>/."""

from django.urls import path

from openmara.evidence.gathering import views

urlpatterns = [
    path("incidents/<slug:ref>/split/", views.split, name="incident-split"),
    path("incidents/<slug:ref>/join/", views.join, name="incident-join"),
    path("incidents/<slug:ref>/undo/", views.undo, name="incident-undo"),
    path("incidents/<slug:ref>/both/", views.both, name="incident-both"),
]

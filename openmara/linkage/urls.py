"""Addresses of possible duplicates, under /m/<mission>/."""

from django.urls import path

from openmara.linkage import views

urlpatterns = [
    path("duplicates/", views.duplicates, name="duplicates"),
    path("duplicates/<uuid:key>/", views.pair, name="pair"),
    path("duplicates/<uuid:key>/judge/", views.judge, name="pair-judge"),
    path("duplicates/<uuid:key>/undo/", views.undo, name="pair-undo"),
    path("duplicates/<uuid:key>/open/", views.open_incident, name="pair-open"),
]

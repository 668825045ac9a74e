"""Addresses of figures, under /m/<mission>/."""

from django.urls import path

from openmara.indicators import views

urlpatterns = [
    path("indicators/", views.dashboard, name="dashboard"),
    path("indicators/<slug:name>/", views.indicator, name="indicator"),
]

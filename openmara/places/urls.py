"""Addresses of places, under /m/<mission>/."""

from django.urls import path

from openmara.places import views

urlpatterns = [path("coverage/", views.coverage, name="coverage")]

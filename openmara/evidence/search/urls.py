"""Addresses of the search, under /m/<mission>/."""

from django.urls import path

from openmara.evidence.search import views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("search/keep/", views.keep, name="view-keep"),
    path("search/views/<uuid:key>/drop/", views.drop, name="view-drop"),
]

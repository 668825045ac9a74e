"""Addresses of meetings, under /m/<mission>/."""

from django.urls import path

from openmara.evidence.meetings import views

urlpatterns = [
    path("meetings/", views.meetings, name="meetings"),
    path("meetings/self-assessment/", views.self_assessment, name="self-assessment"),
    path("meetings/forum/<uuid:key>/", views.forum, name="forum"),
    path("meetings/<uuid:key>/", views.meeting, name="meeting"),
    path("meetings/<uuid:key>/minutes/", views.minutes_file, name="meeting-minutes"),
]

"""Addresses of reports in preparation, under /m/<mission>/."""

from django.urls import path

from openmara.publish import views

urlpatterns = [
    path("releases/", views.releases, name="releases"),
    path("releases/ask/", views.ask, name="release-ask"),
    path("releases/text/<str:quarter>/<str:language>/", views.narratives, name="narratives"),
    path("releases/text/<str:quarter>/<str:language>/<str:section>/", views.narrative, name="narrative"),
    path("releases/<uuid:key>/", views.release, name="release"),
    path("releases/<uuid:key>/cancel/", views.cancel, name="release-cancel"),
    path("releases/<uuid:key>/files/<slug:kind>/", views.release_file, name="release-file"),
]

"""Addresses of the exchange of files, under /m/<mission>/."""

from django.urls import path

from openmara.interop import views

urlpatterns = [
    path("import/", views.import_page, name="import"),
    path("import/template/", views.template, name="import-template"),
]

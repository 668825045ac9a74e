"""Addresses of urgent products, under /m/<mission>/."""

from django.urls import path

from openmara.evidence.flash import views

urlpatterns = [
    path("alerts/", views.alerts, name="alerts"),
    path("alerts/new/", views.alert_new, name="alert-new"),
    path("alerts/<slug:ref>/end/", views.alert_end, name="alert-end"),
    path("flash/", views.flashes, name="flashes"),
    path("flash/new/", views.new, name="flash-new"),
    path("flash/<slug:ref>/", views.flash, name="flash"),
    path("flash/<slug:ref>/change/", views.change, name="flash-change"),
    path("flash/<slug:ref>/clear/", views.clear, name="flash-clear"),
    path("flash/<slug:ref>/send/", views.send, name="flash-send"),
    path("flash/<slug:ref>/file/", views.file, name="flash-file"),
]

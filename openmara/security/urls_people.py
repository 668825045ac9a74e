"""Addresses of people and their rights: pages of a mission, and the doors that open with a one-time link."""

from django.urls import path

from openmara.security.people import views
from openmara.security.people.recovery import views as recovery

# Below m/<mission>/
urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite, name="person-invite"),
    path("people/travel/", views.travel, name="travel"),
    path("people/<uuid:key>/", views.person, name="person"),
    path("people/<uuid:key>/again/", views.again, name="person-again"),
    path("people/<uuid:key>/confirm/", views.confirm, name="person-confirm"),
    path("people/<uuid:key>/refuse/", views.refuse, name="person-refuse"),
    path("people/<uuid:key>/change/", views.change, name="person-change"),
    path("people/<uuid:key>/module/", views.module, name="person-module"),
    path("people/<uuid:key>/end/", views.revoke, name="person-end"),
    path("people/<uuid:key>/away/", views.away, name="person-away"),
    path("people/<uuid:key>/back/", views.back, name="person-back"),
    path("people/<uuid:key>/way-back/", recovery.ask, name="recovery-ask"),
    path("people/ways-back/<uuid:key>/", recovery.recovery, name="recovery"),
    path("people/ways-back/<uuid:key>/approve/", recovery.approve, name="recovery-approve"),
    path("people/ways-back/<uuid:key>/link/", recovery.link, name="recovery-link"),
    path("people/ways-back/<uuid:key>/cancel/", recovery.cancel, name="recovery-cancel"),
    path("people/ways-back/<uuid:key>/review/", recovery.review, name="recovery-review"),
]
# At the root: without a mission, the last two without sign-in.
at_the_door = [
    path("way-back/", recovery.own, name="own-recovery"),
    path("invitation/<str:secret>/", recovery.door, name="invitation"),
    path("way-back/<str:secret>/", recovery.door, name="recovery-door"),
]

"""Addresses: every room brings its own; pages of a mission lie under /m/<mission>/."""

from django.urls import URLPattern, URLResolver, include, path

from openmara.security.urls_people import at_the_door
from openmara.web import views as web

urlpatterns: list[URLPattern | URLResolver] = [
    path("", web.start, name="start"),
    path("", include("openmara.security.urls_signin")),
    path("sign-out/", web.sign_out, name="sign-out"),
    path("language/", web.set_language, name="language"),
    path("health/", web.health, name="health"),
    path("blank/", web.blank, name="blank"),
    path("", include(at_the_door)),
    path(
        "m/<slug:mission_code>/",
        include(
            [
                path("", web.home, name="home"),
                path("", include("openmara.security.urls_people")),
                path("", include("openmara.security.urls_watch")),
                path("receipts/", include("openmara.security.urls_receipts")),
                path("", include("openmara.activities.urls")),
                path("", include("openmara.evidence.urls")),
                path("", include("openmara.indicators.urls")),
                path("", include("openmara.interop.urls")),
                path("", include("openmara.linkage.urls")),
                path("", include("openmara.places.urls")),
                path("", include("openmara.publish.urls")),
            ]
        ),
    ),
]

"""Addresses of reports and incidents, under /m/<mission>/."""

from django.urls import path

from openmara.evidence import views
from openmara.evidence.consent.urls import urlpatterns as consent
from openmara.evidence.custody.urls import urlpatterns as custody
from openmara.evidence.flash.urls import urlpatterns as flash
from openmara.evidence.gathering.urls import urlpatterns as gathering
from openmara.evidence.meetings.urls import urlpatterns as meetings
from openmara.evidence.naming import views as naming
from openmara.evidence.parties_view.urls import urlpatterns as parties
from openmara.evidence.sea import views as sea
from openmara.evidence.search.urls import urlpatterns as search
from openmara.evidence.triage import views as triage
from openmara.evidence.verification.urls import urlpatterns as verification

urlpatterns = [
    *consent,
    *custody,
    *verification,
    *meetings,
    *search,
    *flash,
    *parties,
    path("incidents/", views.incidents, name="incidents"),
    path("incidents/new/", views.new, name="incident-new"),
    path("incidents/short/", triage.short, name="incident-short"),
    path("incidents/<slug:ref>/", views.incident, name="incident"),
    path("incidents/<slug:ref>/assign/", views.assign, name="incident-assign"),
    path("incidents/<slug:ref>/start/", views.start, name="incident-start"),
    path("incidents/<slug:ref>/verify/", views.verify, name="incident-verify"),
    path("incidents/<slug:ref>/coding/", views.coding, name="incident-coding"),
    path("incidents/<slug:ref>/text/", views.text, name="incident-text"),
    path("incidents/<slug:ref>/name/", naming.name, name="incident-name"),
    path("incidents/<slug:ref>/unlink/", views.unlink, name="incident-unlink"),
    *gathering,
    path("reports/", views.reports, name="reports"),
    path("reports/<slug:ref>/", views.report, name="report"),
    path("reports/<slug:ref>/conduct/", sea.sea, name="report-sea"),
    path("reports/<slug:ref>/parts/", sea.split, name="report-split"),
    path("reports/<slug:ref>/services/", triage.services, name="report-services"),
    path("drafts/<uuid:key>/", sea.draft, name="sea-draft"),
]

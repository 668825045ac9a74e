"""Administrators read no cases: no row above class S1, no page of a case; Django's own administration is not installed."""

import pytest
from django.conf import settings
from django.db import connection
from django.urls import get_resolver

from openmara.security.context import acting
from openmara.security.protect import policy
from openmara.security.watch.tests.world import make_case
from tests.people import signed_in

pytestmark = pytest.mark.usefixtures("committed")


def test_django_s_own_administration_is_not_installed() -> None:
    assert not [app for app in settings.INSTALLED_APPS if app.startswith("django.contrib.admin")]
    assert "admin" not in str(get_resolver().url_patterns)


def test_the_administrator_sees_no_row_above_class_one() -> None:
    make_case()
    with acting("admin", "carana"), connection.cursor() as cursor:
        for table, entry in policy()["tables"].items():
            if entry["class"] >= "S2":
                cursor.execute(f"select count(*) from {table}")
                assert cursor.fetchone()[0] == 0, table


def test_the_administrator_opens_no_page_of_a_case() -> None:
    case = make_case()
    client = signed_in("admin")
    for page in ("incidents/", f"incidents/{case.incident.ref}/", "reports/", f"reports/{case.report.ref}/", "duplicates/", "audit/",
                 f"audit/record/{case.incident.id}/", "break-glass/", "break-glass/reviews/", "import/", "indicators/"):  # fmt: skip
        assert client.get(f"/m/carana/{page}").status_code == 403, page
    home = client.get("/m/carana/").content.decode()
    assert "/incidents/" not in home and "/reports/" not in home and "/lock-down/" in home

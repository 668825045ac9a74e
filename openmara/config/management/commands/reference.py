"""`openmara reference`: write the generated reference pages."""

from typing import Any

from django.core.management.base import BaseCommand

from openmara import ROOT
from openmara.security.reference import roles_page


class Command(BaseCommand):
    help = "Write docs/reference/roles.md and docs/reference/indicators.md."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        (ROOT / "docs" / "reference" / "roles.md").write_text(roles_page())

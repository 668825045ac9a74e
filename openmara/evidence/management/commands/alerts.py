"""`openmara alerts`: erase operational alerts that are over."""

from typing import Any

from django.core.management.base import BaseCommand

from openmara.evidence.flash.actions import forget_alerts


class Command(BaseCommand):
    help = "Erase operational alerts that are over (72 hours), in every mission. Run it from the system's timer."

    def handle(self, *args: Any, **options: Any) -> None:
        forget_alerts()
        self.stdout.write("What was over is erased.")

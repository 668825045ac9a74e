"""`openmara roles`: the script that makes the database roles on a server of your own."""

from typing import Any

from django.core.management.base import BaseCommand

from openmara.config.postgres import CLUSTER_SCRIPT, DATABASE_SCRIPT, ROLE_SCRIPT


class Command(BaseCommand):
    help = "Print the script that makes the roles on an external PostgreSQL; run it there as its superuser."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("-- In the cluster, once; then give app_web, app_worker and migrator passwords of their own.")
        self.stdout.write(ROLE_SCRIPT)
        self.stdout.write("alter role migrator login;")
        self.stdout.write("-- Where nothing else lives on the server: no role of the application enters its other databases.")
        self.stdout.write(CLUSTER_SCRIPT)
        self.stdout.write("-- In the database, as superuser:")
        self.stdout.write("grant create on database openmara to data_owner, sec_owner;")
        self.stdout.write("grant connect on database openmara to migrator, app_web, app_worker;")
        self.stdout.write(DATABASE_SCRIPT)

"""`openmara mission CODE`: found a mission with its first office and its first person."""

import argparse
import getpass
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openmara.config import serving
from openmara.config.install import owner_connection
from openmara.security import actions
from openmara.security.protect import policy


class Command(BaseCommand):
    help = "Found a mission with one office and one person. The pass phrase is asked for, or read from OPENMARA_PASSWORD."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("code")
        parser.add_argument("--name-en", required=True)
        parser.add_argument("--name-fr", required=True)
        parser.add_argument("--zone", default="UTC")
        parser.add_argument("--synthetic", action="store_true", help="training mission: all its data are generated")
        parser.add_argument("--person", required=True, help="user name of the first person")
        parser.add_argument("--roles", nargs="+", default=["swpa"], choices=sorted(policy()["roles"]))
        parser.add_argument("--clearance", type=int, default=4, choices=range(7))

    def handle(self, *args: Any, **options: Any) -> None:
        serving.prepare()
        phrase = os.environ.get("OPENMARA_PASSWORD") or getpass.getpass("Pass phrase: ")
        if len(phrase) < 12:
            raise CommandError("A pass phrase has at least twelve characters.")
        with owner_connection(), actions.installing():
            mission = actions.found_mission(
                code=options["code"], name_en=options["name_en"], name_fr=options["name_fr"], zone=options["zone"],
                synthetic=options["synthetic"],
            )  # fmt: skip
            office = actions.found_organisation(mission=mission, code="WPA-U", name_en="Women’s protection unit", name_fr="Unité de protection des femmes")
            person = actions.enrol(username=options["person"], code=options["person"], display_name=options["person"], password=phrase)
            actions.give_grant(person=person, mission=mission, roles=options["roles"], clearance=options["clearance"], organisation=office)
        self.stdout.write(f"Mission {mission.code} is founded; {person.username} may sign in. Training use only: no real data yet.")

"""`openmara mission CODE`: found a mission with its first office and its first two officers, who let in everybody else."""

import argparse
import getpass
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openmara.config import serving
from openmara.config.install import owner_connection
from openmara.errors import NotValid
from openmara.security import actions, signin
from openmara.security.models import Mission, Organisation

CLEARANCE = {"swpa": 4, "priv": 2}
FIRST_AND_SECOND = (("person", "swpa", "OPENMARA_PASSWORD"), ("second", "priv", "OPENMARA_SECOND_PASSWORD"))


class Command(BaseCommand):
    help = (
        "Found a mission with one office and two officers: the senior women's protection adviser, who proposes, and the data protection"
        " officer, who confirms. Pass phrases are asked for, or read from OPENMARA_PASSWORD and OPENMARA_SECOND_PASSWORD."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("code")
        parser.add_argument("--name-en", required=True)
        parser.add_argument("--name-fr", required=True)
        parser.add_argument("--zone", default="UTC")
        parser.add_argument("--synthetic", action="store_true", help="training mission: all its data are generated")
        parser.add_argument("--person", required=True, help="user name of the senior women's protection adviser")
        parser.add_argument("--second", required=True, help="user name of the data protection officer; another person")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["person"] == options["second"]:
            raise CommandError("Two different people: otherwise one alone could let in anybody.")
        serving.prepare()
        phrases = {option: _phrase(variable, options[option]) for option, _role, variable in FIRST_AND_SECOND}
        with owner_connection(), actions.installing():
            mission = actions.found_mission(
                code=options["code"], name_en=options["name_en"], name_fr=options["name_fr"], zone=options["zone"],
                synthetic=options["synthetic"],
            )  # fmt: skip
            office = actions.found_organisation(mission=mission, code="WPA-U", name_en="Women’s protection unit", name_fr="Unité de protection des femmes")
            for option, role, _variable in FIRST_AND_SECOND:
                _officer(mission, office, options[option], role, phrases[option])
        self.stdout.write(
            f"Mission {mission.code} is founded. {options['person']} and {options['second']} sign in, add a passkey each, and let in the others:"
            " one invites, the other confirms. Training use only: no real data yet."
        )


def _phrase(variable: str, username: str) -> str:
    phrase = os.environ.get(variable) or getpass.getpass(f"Pass phrase of {username}: ")
    try:
        signin.check_pass_phrase(phrase)
    except NotValid as refusal:
        raise CommandError(f"{username}: {refusal}") from None
    return phrase


def _officer(mission: Mission, office: Organisation, username: str, role: str, phrase: str) -> None:
    person = actions.enrol(username=username, code=username, display_name=username, password=phrase)
    actions.give_grant(person=person, mission=mission, roles=[role], clearance=CLEARANCE[role], organisation=office)

"""Given several people with their rights, when they do what they may in any order, then no promise is broken: 300 random sequences."""

import random

import pytest

from openmara.config.bench_sequences import Play, Tally
from openmara.security.context import acting
from openmara.security.models import Mission, Organisation, Person
from tests.cases import make_areas_and_parties

SEQUENCES = 300


@pytest.mark.django_db
def test_no_sequence_of_permitted_actions_breaks_a_promise() -> None:
    with acting("swpa", "carana"):
        mission, office = Mission.objects.get(code="carana"), Organisation.objects.get(code="hr_office")
        make_areas_and_parties(mission)
        people = {one.username: one for one in Person.objects.filter(username__in=["swpa", "wpa", "hr.1", "hr.2"])}
        tally = Play(mission, office, people, random.Random(20261121), Tally()).run(SEQUENCES)
    assert tally.violations == [], "\n".join(tally.violations)
    assert tally.sequences == SEQUENCES
    assert all(tally.done[verb] for verb in ("split", "join", "undo", "decide", "unlink", "release", "withdraw")), tally.done

"""Files that describe a mission rather than report on it: boundaries, lists of areas and settlements, parties."""

import csv
import tomllib
from collections.abc import Callable, Iterator
from io import StringIO

from django.utils.translation import gettext as _

from openmara.interop.delimited import decode
from openmara.interop.tables import FileRefused, check_size
from openmara.parties import actions as parties
from openmara.places import actions as places
from openmara.places.boundaries import read_boundaries
from openmara.security.models import Mission, Person

Loader = Callable[[Person, Mission, bytes], str]


def _rows(content: bytes) -> Iterator[dict[str, str]]:
    return iter(csv.DictReader(StringIO(decode(content), newline="")))


def _told(loaded: places.Loaded) -> str:
    return _("%(added)s added, %(changed)s changed, %(unchanged)s unchanged") % {
        "added": loaded.added, "changed": loaded.changed, "unchanged": loaded.unchanged,
    }  # fmt: skip


def load_boundaries(by: Person, mission: Mission, content: bytes) -> str:
    """GeoJSON with p-codes, as humanitarian boundary files come."""
    return _told(places.load_areas(by=by, mission=mission, records=read_boundaries(content)))


def load_areas(by: Person, mission: Mission, content: bytes) -> str:
    """A CSV of areas with p-codes and without shapes."""
    return _told(places.load_areas(by=by, mission=mission, records=places.read_areas(_rows(content))))


def load_settlements(by: Person, mission: Mission, content: bytes) -> str:
    return _told(places.load_settlements(by=by, mission=mission, records=places.read_settlements(_rows(content))))


def load_parties(by: Person, mission: Mission, content: bytes) -> str:
    """The register of parties as TOML."""
    try:
        register = tomllib.loads(decode(content))
    except tomllib.TOMLDecodeError as problem:
        raise FileRefused(_("The file is not TOML: %(problem)s") % {"problem": problem}) from None
    loaded = parties.load_parties(by=by, mission=mission, register=register)
    return _("%(added)s parties added, %(changed)s changed; %(names)s names added or changed") % {
        "added": loaded.added, "changed": loaded.changed, "names": loaded.names,
    }  # fmt: skip


LOADERS: dict[str, Loader] = {
    "boundaries": load_boundaries, "areas": load_areas, "settlements": load_settlements, "parties": load_parties,
}  # fmt: skip


def load(*, by: Person, mission: Mission, kind: str, content: bytes) -> str:
    """Load one file of a mission's library; says what became of it."""
    check_size(len(content))
    return LOADERS[kind](by, mission, content)

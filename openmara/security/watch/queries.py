"""What a person may read of break-glass and of lock-downs. Row security shows own rows, and all to those who review."""

from openmara.security.models import Person
from openmara.security.queries import Waiting


def waiting_for(*, for_user: Person) -> list[Waiting]:
    """Nothing yet."""
    return []

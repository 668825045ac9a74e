"""Who changes an incident holds its row until the end of the transaction, so that changes follow one another and none is lost."""

from django.db import connection

from openmara.evidence.models import Incident


def hold(*incidents: Incident) -> None:
    """Wait for whoever changes these incidents now, then look at them as they are; always in the order of keys, so that nobody waits in a circle."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from evidence_incident where mission_id = (select sec.mission()) and id = any(%s::uuid[]) order by id for update",
            [[one.id for one in incidents]],
        )
    for one in incidents:
        one.refresh_from_db()

"""Who changes an incident holds its row until the end of the transaction, so that changes follow one another and none is lost."""

from datetime import date

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from openmara.errors import NotNow
from openmara.evidence.models import Decision, Incident, Link


def hold(*incidents: Incident) -> None:
    """Wait for whoever changes these incidents now, then look at them as they are; always in the order of keys, so that nobody waits in a circle."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from evidence_incident where mission_id = (select sec.mission()) and id = any(%s::uuid[]) order by id for update",
            [[one.id for one in incidents]],
        )
    for one in incidents:
        one.refresh_from_db()


def month_of(day: date) -> date:
    return day.replace(day=1)


def check_may_lose(link: Link) -> None:
    """A verification rests on the accounts it was made on: none is taken from under it. One that came after it may go again."""
    if link.incident.verification_status != "verified":
        return
    rests = Decision.objects.filter(incident=link.incident, axis="verification", to_status="verified").aggregate(at=Max("recorded_at"))["at"]
    if rests is None or link.made_at <= rests:
        raise NotNow(_("This incident is verified. Its verifier takes it up again first; then the report can be taken out."))

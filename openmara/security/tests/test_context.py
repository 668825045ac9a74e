"""The database decides what exists for you: refusals first."""

import pytest
from django.db import connection, transaction

from openmara.security import context
from openmara.security.context import NoContext, acting
from openmara.security.models import Mission, Organisation, Person
from tests.house.tables import mission_tables

pytestmark = pytest.mark.usefixtures("committed")


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        return cursor.fetchone()[0]


def test_it_shows_no_row_of_any_table_without_context() -> None:
    for table in mission_tables():
        with transaction.atomic():
            assert count(table) == 0, table


def test_it_refuses_a_forged_context() -> None:
    with acting("swpa", "carana"):
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('app.ctx')")
            real = cursor.fetchone()[0]
        assert Organisation.objects.exists()
    forged = real.replace("swpa", "hr,swpa")
    for attempt in (forged, real):  # changed, and replayed in another transaction
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('app.ctx', %s, true)", [attempt])
            cursor.execute("select sec.person()")
            assert cursor.fetchone()[0] is None
            assert count("security_organisation") == 0


def test_it_refuses_a_person_without_grant_in_the_mission() -> None:
    with pytest.raises(NoContext), acting("stranger", "carana"):
        pass
    with pytest.raises(NoContext), acting("nobody", "carana"):
        pass


def test_it_refuses_a_context_without_the_key_of_the_process() -> None:
    with acting("swpa") as person, connection.cursor() as cursor:
        cursor.execute("select sec.enter_as(%s, null, now()::text, %s)", [person.id, b"wrong"])
        assert cursor.fetchone()[0] is False
        cursor.execute("select sec.person()")
        assert cursor.fetchone()[0] is None


def test_it_shows_nothing_of_another_mission() -> None:
    with acting("stranger", "other"):
        seen = set(Organisation.objects.values_list("mission__code", flat=True))
        assert seen == {"other"}
        assert set(Person.objects.values_list("username", flat=True)) == {"stranger"}
        assert count("security_grant") == 1


def test_it_ends_with_leave() -> None:
    with transaction.atomic():
        with acting("swpa", "carana"):
            assert Organisation.objects.count() == 2
        assert count("security_organisation") == 0


def test_the_application_role_cannot_read_sessions_or_keys() -> None:
    from django.db.utils import ProgrammingError

    for table in ("sec.session", "sec.key", "sec.job"):
        with pytest.raises(ProgrammingError), transaction.atomic():
            count(table)


def test_hmac_agrees_with_rfc_4231() -> None:
    cases = [
        (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    ]  # fmt: skip
    for key, message, expected in cases:
        with connection.cursor() as cursor:
            cursor.execute("select encode(sec.hmac(%s, %s), 'hex')", [key, message])
            assert cursor.fetchone()[0] == expected


def test_it_opens_the_mission_granted() -> None:
    with acting("hr.1", "carana"):
        assert [mission.code for mission in Mission.objects.filter(id__in=Organisation.objects.values("mission_id"))] == ["carana"]


def test_a_context_ends_with_its_transaction() -> None:
    with acting("swpa", "carana"):
        pass
    assert context._call("select sec.person()", []) is None


def test_another_connection_of_the_role_reads_no_statement() -> None:
    """Secrets stand in statements; the activity view must not show them."""
    with acting("swpa", "carana"), connection.cursor() as cursor:
        cursor.execute("select setting from pg_settings where name = 'track_activities'")
        assert cursor.fetchone()[0] == "off"
        cursor.execute("select count(*) from pg_stat_activity where usename like 'app_%%' and query <> ''")
        assert cursor.fetchone()[0] == 0


def test_no_role_of_the_application_reads_a_pass_phrase() -> None:
    from django.db.utils import ProgrammingError

    for statement in ("select password from security_person", "select * from sec.account"):
        with pytest.raises(ProgrammingError), acting("hr.1", "carana"), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_session_cannot_be_turned_into_another_persons() -> None:
    from openmara.security.sessions import SessionStore, dated_proof, hash_of

    with acting("hr.1") as one:
        mine = one.id
    with acting("hr.2") as two:
        other = two.id
    session = SessionStore()
    session["_auth_user_id"] = str(mine)
    session.create()
    hashed = hash_of(str(session.session_key))
    for whose in (other, mine):  # rightly signed for another person, and signed for another person than named
        signed = dated_proof(f"save|{hashed.hex()}|{whose}|2|")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select sec.session_save(%s, 'e30=', %s, 2, '', '', false, %s, %s)", [hashed, other, *signed])
            assert cursor.fetchone()[0] == -1

"""Flash reports and alerts: refused first; two people; gone after 72 hours; every copy in the log."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction
from docx import Document

from openmara.errors import Conflict, NotAllowed, NotFound, NotNow, NotValid
from openmara.evidence import actions as evidence
from openmara.evidence.flash import actions, queries
from openmara.evidence.flash.actions import Danger, Draft
from openmara.evidence.flash.models import Alert, Flash
from openmara.evidence.models import Incident, Report
from openmara.evidence.tests.desk import BASE, events, opened, received, signed_in
from openmara.places.models import Settlement
from openmara.security import clock
from openmara.security.context import acting
from openmara.security.models import Mission
from tests.cases import make_areas_and_parties

pytestmark = pytest.mark.django_db
DANGER = Danger(adm2="CR0801", threat="attack_feared", timing="within_24h", party="ICSC")


@pytest.fixture
def mission(db: None) -> Iterator[Mission]:
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
        Settlement.objects.create(mission=mission, code="S01", name="Sureen", adm1="CR08", adm2="CR0801", adm3="")
    yield mission


def written(**changes: object) -> Draft:
    plain = Draft(received_at=datetime(2026, 11, 20, 17, 40, tzinfo=UTC), adm2="CR0801", forms=("rape",), party_category="armed_group", women=3, girls=1)
    return replace(plain, **changes)  # type: ignore[arg-type]  # varied by name


def drafted(mission: Mission, by: str = "hr.1", incident: Incident | None = None, **changes: object) -> Flash:
    with acting(by, "carana") as person:
        return actions.draft(by=person, mission=mission, written=written(**changes), incident=incident)


def gone_out(mission: Mission) -> Flash:
    flash = drafted(mission)
    with acting("swpa", "carana") as adviser:
        actions.clear(by=adviser, flash=queries.find_flash(for_user=adviser, ref=flash.ref))
        actions.send(by=adviser, flash=queries.find_flash(for_user=adviser, ref=flash.ref))
    return flash


@pytest.mark.parametrize("username", ["gender", "unpol.1", "auditor", "ssr.1"])
def test_it_refuses_who_does_not_draft(mission: Mission, username: str) -> None:
    with acting(username, "carana") as person, pytest.raises(NotAllowed):
        actions.draft(by=person, mission=mission, written=written())


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("adm2", {"adm2": "CR9999"}), ("forms", {"forms": ()}), ("forms", {"forms": ("nothing",)}), ("women", {"women": None, "girls": None}),
        ("party_category", {"party_category": "x"}), ("addressees", {"addressees": ("pio",)}), ("risk", {"risk": "They wait near Sureen"}),
        ("action_taken", {"action_taken": "A girl of 14 years was taken to care"}), ("action_requested", {"action_requested": "“Come at once”"}),
        ("received", {"received_at": datetime(2099, 1, 1, tzinfo=UTC)}), ("update_hours", {"update_hours": 5}), ("risk", {"risk": "x" * 501}),
    ],
)  # fmt: skip
def test_it_refuses_what_a_flash_report_never_holds(mission: Mission, field: str, changes: dict[str, object]) -> None:
    with pytest.raises(NotValid) as refusal:
        drafted(mission, **changes)
    assert field in refusal.value.problems
    with acting("swpa", "carana"):
        assert not Flash.objects.exists()


def test_its_author_does_not_clear_it_nor_does_a_wpa(mission: Mission) -> None:
    flash = drafted(mission, by="swpa")
    for username in ("swpa", "hr.1"):
        with acting(username, "carana") as person, pytest.raises(NotAllowed):
            actions.clear(by=person, flash=queries.find_flash(for_user=person, ref=flash.ref))


def test_the_database_refuses_a_clearance_in_another_name_or_by_the_author(mission: Mission) -> None:
    flash = drafted(mission)
    with acting("swpa", "carana") as adviser:
        other = str(adviser.id)
    for username in ("hr.1", "hr.2"):
        with acting(username, "carana") as person, pytest.raises(DatabaseError), transaction.atomic():
            Flash.objects.filter(id=flash.id).update(cleared_by=other if username == "hr.2" else person.id)


def test_nothing_leaves_before_it_is_cleared(mission: Mission) -> None:
    flash = drafted(mission)
    with acting("swpa", "carana") as adviser, pytest.raises(NotNow):
        actions.send(by=adviser, flash=queries.find_flash(for_user=adviser, ref=flash.ref))
    assert signed_in("hr.1").get(f"{BASE}flash/{flash.ref}/file/").status_code == 409


def test_addressees_read_it_once_it_is_sent_and_not_before(mission: Mission) -> None:
    flash = drafted(mission, addressees=("hom", "cp"))
    with acting("unpol.1", "carana") as person, pytest.raises((NotAllowed, NotFound)):
        queries.find_flash(for_user=person, ref=flash.ref)
    with acting("stranger", "other") as person, pytest.raises(NotFound):
        queries.find_flash(for_user=person, ref=flash.ref)


def test_an_adviser_of_another_province_does_not_see_it(mission: Mission) -> None:
    flash = drafted(mission)
    with acting("wpa.cr01", "carana") as person, pytest.raises(NotFound):
        queries.find_flash(for_user=person, ref=flash.ref)


def test_against_state_forces_it_is_closed_to_staff_whom_they_could_reach(mission: Mission) -> None:
    flash = drafted(mission, party_category="armed_force")
    with acting("hr.nat", "carana") as person, pytest.raises(NotFound):
        queries.find_flash(for_user=person, ref=flash.ref)


def test_a_draft_is_cleared_by_another_sent_and_taken_as_a_marked_file(mission: Mission) -> None:
    flash = gone_out(mission)
    with acting("swpa", "carana") as adviser:
        found = queries.flash(for_user=adviser, ref=flash.ref)
        assert found.state == "sent" and found.cleared_by_id == adviser.id and found.sent_at
    answer = signed_in("hr.1").get(f"{BASE}flash/{flash.ref}/file/")
    assert answer.status_code == 200
    made = Document(BytesIO(answer.content))
    head, foot = made.sections[0].header.paragraphs[0].text, made.sections[0].footer.paragraphs[0].text
    cells = " ".join(cell.text for row in made.tables[0].rows for cell in row.cells)
    assert "Copy for hr.1" in head and "CONFIDENTIAL" in head and "Synthetic" in foot
    assert "women 3" in cells and "girls 1" in cells and "Armed group" in cells and "Sureen" not in cells
    assert {"evidence:flash:clear", "evidence:flash:send", "evidence:flash:file"} <= set(events())


def test_a_colleagues_change_is_not_lost(mission: Mission) -> None:
    flash = drafted(mission)
    with acting("hr.2", "carana") as person:
        actions.change(by=person, flash=queries.find_flash(for_user=person, ref=flash.ref), written=written(women=4), version=1)
    with acting("hr.1", "carana") as person, pytest.raises(Conflict):
        actions.change(by=person, flash=queries.find_flash(for_user=person, ref=flash.ref), written=written(women=2), version=1)
    with acting("swpa", "carana"):
        assert Flash.objects.get(id=flash.id).women == 4


def test_an_update_takes_the_place_of_what_went_out_once_it_is_sent(mission: Mission) -> None:
    first = gone_out(mission)
    with acting("hr.1", "carana") as person:
        again = actions.draft(by=person, mission=mission, written=written(women=4), replaces=queries.find_flash(for_user=person, ref=first.ref))
    with acting("swpa", "carana") as adviser:
        assert Flash.objects.get(id=first.id).state == "sent"
        actions.clear(by=adviser, flash=queries.find_flash(for_user=adviser, ref=again.ref))
        actions.send(by=adviser, flash=queries.find_flash(for_user=adviser, ref=again.ref))
        assert Flash.objects.get(id=first.id).state == "superseded"
        with pytest.raises(NotNow):
            actions.draft(by=adviser, mission=mission, written=written(), replaces=queries.find_flash(for_user=adviser, ref=first.ref))


def test_a_second_account_of_the_event_is_linked_and_makes_no_second_flash(mission: Mission) -> None:
    ref, second = opened(mission), received(mission, "A-2", by="hr.1")
    with acting("swpa", "carana") as adviser:
        incident = Incident.objects.get(ref=ref)
        flash = actions.draft(by=adviser, mission=mission, written=written(), incident=incident)
        evidence.link_report(by=adviser, report=Report.objects.get(ref=second), incident=incident)
        assert queries.accounts_behind(for_user=adviser, flash=flash) == 2 and Flash.objects.get().women == 3
        with pytest.raises(NotValid) as refusal:
            actions.draft(by=adviser, mission=mission, written=written(other_event=True), incident=incident)
        assert flash.ref in refusal.value.problems["other_event"]
    with pytest.raises(NotValid):
        drafted(mission, by="hr.2")
    assert drafted(mission, by="hr.2", other_event=True).ref != flash.ref


@pytest.mark.parametrize("username", ["gender", "hom", "auditor", "ssr.1"])
def test_it_refuses_who_raises_no_alerts(mission: Mission, username: str) -> None:
    with acting(username, "carana") as person, pytest.raises(NotAllowed):
        actions.raise_alert(by=person, mission=mission, danger=DANGER)


@pytest.mark.parametrize(
    ("field", "changes"),
    [("note", {"note": "Two women were taken"}), ("note", {"note": "near Sureen"}), ("route", {"route": "where the victims live"}), ("adm2", {"adm2": ""}),
     ("threat", {"threat": "rape"}), ("timing", {"timing": ""}), ("party", {"party": "NONE"}), ("care", {"care": ("x",)})],
)  # fmt: skip
def test_it_refuses_survivor_detail_in_an_alert(mission: Mission, field: str, changes: dict[str, object]) -> None:
    with acting("wpa", "carana") as person, pytest.raises(NotValid) as refusal:
        actions.raise_alert(by=person, mission=mission, danger=replace(DANGER, **changes))  # type: ignore[arg-type]  # varied by name
    assert field in refusal.value.problems


def test_an_alert_has_no_column_for_people_or_forms() -> None:
    names = {field.name for field in Alert._meta.get_fields()}
    assert not names & {"forms", "women", "girls", "men", "boys", "total", "incident", "report", "settlement", "flash"}


def test_an_alert_reaches_those_who_protect_and_nobody_else(mission: Mission) -> None:
    with acting("wpa", "carana") as person:
        alert = actions.raise_alert(by=person, mission=mission, danger=DANGER)
        assert {"no_questions", "no_source"} <= set(alert.care) and alert.expires_at - alert.made_at == timedelta(hours=72)
    with acting("unpol.1", "carana") as person:
        assert [one.ref for one in queries.alerts(for_user=person)] == [alert.ref]
        with pytest.raises(NotAllowed):
            actions.end_alert(by=person, alert=queries.find_alert(for_user=person, ref=alert.ref))
    for username in ("gender", "auditor"):
        with acting(username, "carana") as person, pytest.raises(NotAllowed):
            queries.alerts(for_user=person)
        assert signed_in(username).get(f"{BASE}alerts/").status_code == 403
    with acting("stranger", "other") as person:
        assert not queries.alerts(for_user=person)


def test_after_72_hours_nobody_reads_it_and_the_next_run_takes_it_out(mission: Mission) -> None:
    with acting("wpa", "carana") as person, clock.set_to(datetime.now(UTC) - timedelta(hours=73), mission):
        old = actions.raise_alert(by=person, mission=mission, danger=DANGER)
    for username in ("swpa", "wpa", "unpol.1"):
        with acting(username, "carana") as person:
            assert not queries.alerts(for_user=person)
            with connection.cursor() as cursor:
                cursor.execute("select count(*) from evidence_alert")
                assert cursor.fetchone()[0] == 0
            with pytest.raises(NotFound):
                queries.find_alert(for_user=person, ref=old.ref)
    with acting("wpa", "carana") as person:
        actions.forget_alerts()
        again = Alert(id=old.id, ref=old.ref, mission=mission, adm1="CR08", threat="movement", timing="now", made_by_id=person.id, made_at=datetime.now(UTC))
        again.expires_at = again.made_at + timedelta(hours=1)
        again.save(force_insert=True)  # its key is free: the row is gone, not hidden


def test_the_database_refuses_an_alert_that_lasts_longer(mission: Mission) -> None:
    with acting("wpa", "carana") as person, pytest.raises(DatabaseError), transaction.atomic():
        now = datetime.now(UTC)
        Alert.objects.bulk_create([Alert(mission=mission, adm1="CR08", threat="movement", timing="now", made_by_id=person.id, made_at=now, expires_at=now + timedelta(hours=73))])


def test_whoever_raised_it_takes_it_back(mission: Mission) -> None:
    with acting("wpa", "carana") as person:
        alert = actions.raise_alert(by=person, mission=mission, danger=DANGER)
        actions.end_alert(by=person, alert=queries.find_alert(for_user=person, ref=alert.ref))
        assert not queries.alerts(for_user=person)
    assert {"evidence:alert:raise", "evidence:alert:end"} <= set(events())


def test_home_says_what_is_to_clear_what_is_due_and_what_holds(mission: Mission) -> None:
    drafted(mission)
    with acting("wpa", "carana") as person:
        actions.raise_alert(by=person, mission=mission, danger=DANGER)
    with acting("swpa", "carana") as adviser:
        adviser.active_mission = mission
        assert {line.label for line in queries.waiting_for(for_user=adviser)} == {"flash report to clear", "operational alert that holds"}


def test_the_pages_are_drawn_for_those_who_may(mission: Mission) -> None:
    flash = drafted(mission)
    with acting("wpa", "carana") as person:
        actions.raise_alert(by=person, mission=mission, danger=DANGER)
    client = signed_in("hr.1")
    for page in ("alerts/", "alerts/new/", "flash/", "flash/new/", f"flash/{flash.ref}/", f"flash/{flash.ref}/change/"):
        assert client.get(BASE + page).status_code == 200, page
    assert client.post(f"{BASE}flash/new/", {"adm2": "CR0801"}).status_code == 422
    assert client.post(f"{BASE}alerts/new/", {}).status_code == 422
    assert client.post(f"{BASE}flash/{flash.ref}/clear/").status_code == 403
    police = signed_in("unpol.1")
    assert police.get(f"{BASE}alerts/").status_code == 200 and police.get(f"{BASE}flash/{flash.ref}/").status_code in (403, 404)

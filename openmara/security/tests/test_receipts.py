"""Receipts: for whoever sent the record and their office, for nobody else; proof when the report is gone."""

import uuid
from pathlib import Path

import pytest
from django.db import ProgrammingError, connection, transaction

from openmara.errors import NotFound
from openmara.evidence.actions import take_in
from openmara.evidence.models import Report
from openmara.ledger import receipt as receipts
from openmara.ledger import verify
from openmara.ledger.policy import read_policy
from openmara.security import sequencer
from openmara.security.actions import insert_rows, record
from openmara.security.context import acting
from openmara.security.models import Mission, Organisation
from openmara.security.receipts import receipt
from tests.cases import account, make_areas_and_parties
from tests.people import signed_in

pytestmark = pytest.mark.usefixtures("committed")
SENT = [(uuid.uuid4(), bytes([number]) * 32) for number in range(3)]  # filled anew for each test


def page_of(place: int = 1) -> str:
    return f"/m/carana/receipts/{SENT[place][0]}/"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: object) -> Path:
    settings.DATA_FOLDER = tmp_path  # type: ignore[attr-defined]
    with acting("swpa", "carana"):
        make_areas_and_parties(Mission.objects.get(code="carana"))
    with acting("unpol.1", "carana") as by:
        sent = [account(f"A-{number}") for number in range(3)]
        police = Organisation.objects.get(code="police")
        done = take_in(by=by, mission=Mission.objects.get(code="carana"), organisation=police, accounts=sent)
    SENT[:] = [(one, each.sha256()) for one, each in zip(done.added, sent, strict=True)]
    return tmp_path


@pytest.mark.parametrize("what", ["another event", "another person", "another content", "no such record", "one of two", "no context"])
def test_a_receipt_is_prepared_for_own_reports_of_a_take_in_alone(what: str) -> None:
    with acting("unpol.1", "carana"):
        report = Report.objects.get(id=SENT[0][0])
        report.pk, report.their_reference, report.ref = uuid.uuid4(), "B-1", Report._meta.get_field("ref").get_default()
        insert_rows([report])
    good = (report.pk, SENT[0][1])
    who = "hr.1" if what == "another person" else "unpol.1"
    sent = {"another content": [(report.pk, b"x" * 32)], "no such record": [(uuid.uuid4(), good[1])], "one of two": [good, (uuid.uuid4(), good[1])]}.get(what, [good])
    event = "evidence:report:route" if what == "another event" else "evidence:report:take_in"
    with pytest.raises(ProgrammingError, match="no such records"), (transaction.atomic() if what == "no context" else acting(who, "carana")):
        record(event, sensitivity="S4", submitted=sent)
    with acting("unpol.1", "carana"):
        record("evidence:report:take_in", sensitivity="S4", submitted=[good])  # so the refusal above is not by accident


def test_it_gives_none_to_another_office_nor_for_another_number() -> None:
    sequencer.once()
    for who, number in (("hr.1", SENT[1][0]), ("gender", SENT[1][0]), ("unpol.1", uuid.uuid4())):
        with pytest.raises(NotFound), acting(who, "carana") as person:
            receipt(number, for_user=person)
    with pytest.raises(NotFound), acting("stranger", "other") as stranger:
        receipt(SENT[1][0], for_user=stranger)


def test_foreign_and_absent_look_the_same() -> None:
    client = signed_in("hr.1")
    foreign = client.get(page_of())
    absent = client.get(f"/m/carana/receipts/{uuid.uuid4()}/")
    assert foreign.status_code == absent.status_code == 404
    assert client.post(page_of()).status_code == 405


def test_before_the_log_is_signed_the_page_waits() -> None:
    client = signed_in("unpol.1")
    page = client.get(page_of())
    assert page.status_code == 200 and SENT[1][1].hex() in page.content.decode()
    assert "file/" not in page.content.decode()
    assert client.get(page_of() + "file/").status_code == 409


def test_the_sender_takes_home_a_receipt_that_can_be_checked_anywhere(data: Path) -> None:
    sequencer.once()
    client = signed_in("unpol.1")
    assert "file/" in client.get(page_of()).content.decode()
    answer = client.get(page_of() + "file/")
    assert answer["Content-Disposition"] == f'attachment; filename="{SENT[1][0]}.tlog-proof"'
    found = verify.receipt(answer.content.decode(), read_policy(sequencer.policy_text()), data / "log")
    assert (found.record, found.content_sha256, found.place, found.count) == (*SENT[1], 1, 3)
    assert client.get(page_of(), headers={"accept-language": "fr"}).status_code == 200


def test_the_auditor_may_ask_and_asking_is_recorded() -> None:
    sequencer.once()
    with acting("auditor", "carana") as auditor, connection.cursor() as cursor:
        assert receipt(SENT[2][0], for_user=auditor).text
        cursor.execute("select event, object_ids from audit.entry order by id desc limit 1")
        assert cursor.fetchone() == ("security:receipt:read", [SENT[2][0]])


def test_the_entry_holds_the_root_over_what_was_sent() -> None:
    with acting("auditor", "carana"), connection.cursor() as cursor:
        cursor.execute("select result_hash, count_bucket from audit.entry where event = 'evidence:report:take_in'")
        root, bucket = cursor.fetchone()
    assert bytes(root) == receipts.batch_root(SENT) and bucket == "2-10"


def test_files_behind_the_database_make_the_page_wait(data: Path) -> None:
    sequencer.once()
    for path in (data / "log/tile/entries").rglob("*"):
        if path.is_file():
            path.unlink()
    with acting("unpol.1", "carana") as person:
        assert receipt(SENT[0][0], for_user=person).text == ""

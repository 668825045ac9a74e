"""Receipts: for whoever sent the record and their office, for nobody else; proof when the report is gone."""

import uuid
from pathlib import Path

import pytest
from django.db import connection

from openmara.errors import NotFound
from openmara.ledger import receipt as receipts
from openmara.ledger import verify
from openmara.ledger.policy import read_policy
from openmara.security import sequencer
from openmara.security.actions import record
from openmara.security.context import acting
from openmara.security.receipts import receipt
from tests.people import signed_in

pytestmark = pytest.mark.usefixtures("committed")
SENT = [(uuid.uuid4(), bytes([number]) * 32) for number in range(3)]
PAGE = f"/m/carana/receipts/{SENT[1][0]}/"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: object) -> Path:
    settings.DATA_FOLDER = tmp_path  # type: ignore[attr-defined]
    with acting("unpol.1", "carana"):
        record("evidence:report:take_in", objects=[SENT[0][0]], sensitivity="S4", submitted=SENT)
    return tmp_path


def test_it_gives_none_to_another_office_nor_for_another_number() -> None:
    sequencer.once()
    for who, number in (("hr.1", SENT[1][0]), ("gender", SENT[1][0]), ("unpol.1", uuid.uuid4())):
        with pytest.raises(NotFound), acting(who, "carana") as person:
            receipt(number, for_user=person)
    with pytest.raises(NotFound), acting("stranger", "other") as stranger:
        receipt(SENT[1][0], for_user=stranger)


def test_foreign_and_absent_look_the_same() -> None:
    client = signed_in("hr.1")
    foreign = client.get(PAGE)
    absent = client.get(f"/m/carana/receipts/{uuid.uuid4()}/")
    assert foreign.status_code == absent.status_code == 404
    assert client.post(PAGE).status_code == 405


def test_before_the_log_is_signed_the_page_waits() -> None:
    client = signed_in("unpol.1")
    page = client.get(PAGE)
    assert page.status_code == 200 and SENT[1][1].hex() in page.content.decode()
    assert "file/" not in page.content.decode()
    assert client.get(PAGE + "file/").status_code == 409


def test_the_sender_takes_home_a_receipt_that_can_be_checked_anywhere(data: Path) -> None:
    sequencer.once()
    client = signed_in("unpol.1")
    assert "file/" in client.get(PAGE).content.decode()
    answer = client.get(PAGE + "file/")
    assert answer["Content-Disposition"] == f'attachment; filename="{SENT[1][0]}.tlog-proof"'
    found = verify.receipt(answer.content.decode(), read_policy(sequencer.policy_text()), data / "log")
    assert (found.record, found.content_sha256, found.place, found.count) == (*SENT[1], 1, 3)
    assert client.get(PAGE, headers={"accept-language": "fr"}).status_code == 200


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

"""Submissions of ODK: refused whole where anything is strange or encrypted; taken as JavaRosa really wrote them."""

import zipfile

import pytest

from openmara.evidence.models import Report, ReportPlace
from openmara.interop import intake, mapping, odk_instances
from openmara.interop.odk_csv import read_odk_zip
from openmara.interop.tables import Table, Unreadable
from openmara.interop.tests.conftest import FILES
from openmara.interop.tests.test_bad_spreadsheets import packed, refusal
from openmara.security.context import acting
from openmara.security.models import Mission

pytestmark = pytest.mark.django_db
KIND = "partner_odk_export"
REAL = FILES / "odk_javarosa_instances.zip"
SOUND = (
    '<?xml version="1.0" encoding="UTF-8"?><data id="carana_incident"><intro><kind>conflict</kind></intro><end>2026-08-01T10:00:00Z</end>'
    "<meta><instanceID>uuid:1</instanceID></meta></data>"
)


def one(text: str | bytes) -> bytes:
    """An archive of a sound submission and, second by name, this one."""
    second = text.encode() if isinstance(text, str) else text
    return packed(
        {"instances/a/submission.xml": SOUND.encode(), "instances/b/submission.xml": second},
        zipfile.ZIP_STORED,
    )


def table_of(*texts: str) -> Table:
    content = packed(
        {f"instances/{number:03}/submission.xml": text.encode() for number, text in enumerate(texts)}
    )
    return read_odk_zip(
        content, member="carana_incident.csv", columns=["meta-instanceID", "SubmissionDate", "intro-kind"]
    )


def real_parts() -> dict[str, bytes]:
    with zipfile.ZipFile(REAL) as opened:
        return {name: opened.read(name) for name in opened.namelist() if not name.endswith("/")}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SOUND.replace("<data", '<!DOCTYPE data [<!ENTITY a "b">]><data', 1), "declares a document type"),
        (SOUND.replace("<data", '<!DOCTYPE data SYSTEM "file:///etc/passwd"><data', 1), "declares a document type"),
        (SOUND.replace("uuid:1", ""), "without instanceID"),
        (SOUND.replace("<meta><instanceID>uuid:1</instanceID></meta>", ""), "without instanceID"),
        (SOUND.replace("</meta>", "<instanceID>uuid:2</instanceID></meta>"), "without instanceID"),
        (SOUND.replace("conflict", "<a>" * 20 + "</a>" * 20), "nested too deeply"),
        ("<a>" * 100_000, "nested too deeply"),
        (SOUND.replace("conflict", "é").encode("latin-1"), "cannot be read as UTF-8"),
        (SOUND.replace("UTF-8", "ISO-8859-1"), "not in UTF-8"),
        (SOUND.encode("utf-16"), "cannot be read as UTF-8"),
        (SOUND.replace("conflict", "\x00"), "NUL"),
        (SOUND.replace("</intro>", ""), "not XML: line 1, column"),
        ("", "not XML: line 1"), (SOUND[:38], "not XML: line 1"),
        (SOUND.replace('id="carana_incident"', 'id="other"'), "not of the form `carana_incident`"),
        (SOUND.replace(' id="carana_incident"', ""), "not of the form `carana_incident`"),
        (SOUND.replace("conflict", " " * 1_000_001), "larger than 1 MB"),
    ],
)  # fmt: skip
def test_it_refuses_a_submission_that_is_not_sound_and_says_which(
    mission: Mission, text: str | bytes, words: str
) -> None:
    message = refusal(mission, one(text), kind=KIND)
    assert message.startswith("Submission 2 of the archive: ")
    assert words in message


@pytest.mark.parametrize(
    "text",
    [
        SOUND.replace("<data", '<data encrypted="yes"'),
        SOUND.replace("</data>", "<base64EncryptedKey>AAAA</base64EncryptedKey></data>"),
        SOUND.replace("<data", '<data xmlns="http://opendatakit.org/submissions"')
        .replace("</data>", "<encryptedXmlFile>submission.xml.enc</encryptedXmlFile></data>"),
        '<data xmlns="http://opendatakit.org/submissions" id="carana_incident" encrypted="yes"><n:base64EncryptedKey xmlns:n="x">AAAA'
        "</n:base64EncryptedKey><n:meta xmlns:n='http://openrosa.org/xforms'><n:instanceID>uuid:1</n:instanceID></n:meta></data>",
    ],
)  # fmt: skip
def test_it_refuses_encrypted_submissions_and_never_takes_them_as_plain(mission: Mission, text: str) -> None:
    assert "encrypted and were not read" in refusal(mission, one(text), kind=KIND)


def test_it_refuses_an_archive_with_an_encrypted_part(mission: Mission) -> None:
    content = packed(
        {"instances/a/submission.xml": SOUND.encode(), "instances/a/submission.xml.enc": b"\x01"}
    )
    assert "encrypted and were not read" in refusal(mission, content, kind=KIND)


@pytest.mark.parametrize("status", ["not decrypted", "missing encrypted form data"])
def test_it_refuses_an_export_of_central_with_rows_that_were_not_decrypted(
    mission: Mission, status: str
) -> None:
    columns = [*dict.fromkeys([*mapping.load(KIND).columns.values(), "KEY", "Status"])]
    row = {"SubmissionDate": "2026-08-01T10:00:00.000Z", "KEY": "uuid:1", "Status": status}
    text = ",".join(columns) + "\n" + ",".join(row.get(name, "") for name in columns) + "\n"
    assert "encrypted and were not read" in refusal(
        mission, packed({"carana_incident.csv": text.encode()}), kind=KIND
    )


def test_it_refuses_a_form_that_was_changed_before_answers_are_lost(mission: Mission) -> None:
    changed = {
        name: content.replace(b"women>", b"females>").replace(b"<women", b"<females")
        for name, content in real_parts().items()
    }
    message = refusal(mission, packed(changed), kind=KIND)
    assert "`people-females`" in message and "`people-women`" in message


def test_it_refuses_one_wrong_answer_and_names_the_record_and_question(mission: Mission) -> None:
    names = sorted(parts := real_parts())
    parts[names[1]] = parts[names[1]].replace(b"<acts><types>", b"<acts><types>unheard_of ")
    message = refusal(mission, packed(parts), kind=KIND)
    assert "record 2, acts-types (acts-types): A word that the mapping" in message
    assert "unheard_of" not in message


def test_it_refuses_a_submission_that_is_there_twice(mission: Mission) -> None:
    parts = real_parts()
    first = sorted(parts)[0]
    assert "same reference" in refusal(
        mission, packed(parts | {"instances/zzz/submission.xml": parts[first]}), kind=KIND
    )


def test_repeats_are_unreadable_and_pictures_are_never_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = table_of(SOUND.replace("</intro>", "<kind>conflict</kind></intro>")).rows
    assert isinstance(rows[0].cells["intro-kind"], Unreadable)
    opened: list[str] = []
    read = odk_instances.read_entry
    monkeypatch.setattr(
        odk_instances, "read_entry", lambda archive, name: opened.append(name) or read(archive, name)
    )
    beside = {"instances/a/photo.jpg": b"\xff\xd8", "__MACOSX/instances/a/._submission.xml": b"\xff"}
    read_odk_zip(
        packed({"instances/a/submission.xml": SOUND.encode()} | beside), member="carana_incident.csv"
    )
    assert opened == ["instances/a/submission.xml"]


def test_the_date_of_submission_is_the_servers_and_else_that_of_finishing() -> None:
    served = SOUND.replace("<data", '<data submissionDate="2026-08-03T08:00:00Z"')
    cells = [
        row.cells
        for row in table_of(SOUND, served, SOUND.replace("<end>2026-08-01T10:00:00Z</end>", "")).rows
    ]
    assert [one["SubmissionDate"] for one in cells] == ["2026-08-01T10:00:00Z", "2026-08-03T08:00:00Z", None]
    assert cells[0]["KEY"] == cells[0]["meta-instanceID"] == "uuid:1"


def test_names_lose_their_namespace_and_comments_are_stepped_over() -> None:
    text = SOUND.replace("<meta>", '<!-- x --><o:meta xmlns:o="http://openrosa.org/xforms">').replace(
        "</meta>", "</o:meta>"
    )
    text = text.replace("<instanceID>", "<o:instanceID>").replace("</instanceID>", "</o:instanceID>")
    assert table_of(text).rows[0].cells["meta-instanceID"] == "uuid:1"


def test_it_takes_in_what_javarosa_wrote_and_the_same_again_changes_nothing(mission: Mission) -> None:
    content = REAL.read_bytes()
    with acting("swpa", "carana") as by:
        found = intake.check(by=by, kind=KIND, content=content)
        done = intake.take(by=by, mission=mission, kind=KIND, content=content)
        again = intake.take(by=by, mission=mission, kind=KIND, content=content)
    assert (found.fresh, done.rows, done.added, again.added) == (4, 4, 4, 0)
    texts = [account.narrative_confidential for account in found.accounts]
    assert "Reçu d’une personne du « quartier nord » <à vérifier> & noté. Synthetic." in texts
    with acting("hr.1", "carana"):
        first = Report.objects.get(their_reference="uuid:617bc122-9a10-436e-a8fe-05f81acbc350")
        place = ReportPlace.objects.get(report=first)
        assert (first.organisation.code, first.record_class, first.forms, first.adm1) == (
            "NGO-LUMA",
            "crsv",
            ["rape"],
            "CR08",
        )
        assert (str(place.date_from), str(place.date_reported)) == ("2026-07-03", "2026-11-21")
        ranged = Report.objects.get(their_reference="uuid:3d230d99-3752-4a4a-bb1a-2cccb8d2bffd")
        assert sorted(ranged.forms) == ["gang_rape", "sexual_slavery"]
        assert (ranged.women, ranged.girls, ranged.total_min, ranged.total_max) == (3, 1, 3, 6)


def test_a_csv_wins_where_both_are_there(mission: Mission) -> None:
    content = packed({"carana_incident.csv": b"a,b\n1,2\n", "media/x.xml": b"<x/>"})
    assert "lacks these headings" in refusal(mission, content, kind=KIND)

"""A working group with fourteen incidents, three of them also in the MRM, two verified after their quarter's end. Refusals first."""

import time
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from playwright.sync_api import Page, expect

from openmara.evidence import actions as evidence
from openmara.evidence.meetings.models import AgendaItem, Meeting
from openmara.evidence.meetings.tests import table
from openmara.evidence.models import Incident
from openmara.evidence.verification.reconciliation import actions as reconciliation
from openmara.evidence.verification.reconciliation import queries as sheets
from openmara.security import clock
from openmara.security.context import acting
from openmara.security.models import Mission
from tests.acceptance.browser import check_accessible, check_narrow, keep, shot, sign_in
from tests.cases import make_areas_and_parties

pytestmark = pytest.mark.browser
CHILD = {"tally": {"girls": 1}, "total": 1, "child_protection_routed": True}
NONE_OF_IT = ("Fighters present", "Account held by the source", "Accounts agree")


class Clicks:
    """Counts what a hand does: a click, or setting the cursor into a field to type."""

    def __init__(self) -> None:
        self.count = 0

    def on(self, target: Any) -> None:
        self.count += 1
        target.click()

    def into(self, target: Any, text: str) -> None:
        self.count += 1
        target.fill(text)


def days(first: date) -> dict[str, date]:
    return {"date_from": first, "date_to": first, "date_reported": first}


def last_quarter(today: date) -> date:
    """A day in the middle of the quarter before this one."""
    year, quarter = divmod(today.year * 4 + (today.month - 1) // 3 - 1, 4)
    return date(year, quarter * 3 + 2, 10)


@pytest.fixture
def group(live: str) -> Iterator[str]:
    """Fourteen incidents under verification: two of last quarter, three of children told by two offices; and a second quarter counted by hand."""
    today = clock.today()
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
    for number in range(2):
        table.incident(f"LATE-{number}", **days(last_quarter(today)))
    for number in range(3):
        found = table.incident(f"MRM-{number}", verifier="cp.1" if number == 0 else "hr.1", **CHILD, **days(first))
        with acting("hr.2", "carana") as by:
            told = table.report(by, f"CP-{number}", **CHILD, **days(first))
            evidence.link_report(by=by, report=told, incident=Incident.objects.get(id=found.id))
    for number in range(9):
        table.incident(f"NEW-{number}", **days(first))
    _second_quarter(mission)
    yield live


def _second_quarter(mission: Mission) -> None:
    """By hand, 2026Q2, CR08: six women in three incidents, one girl in one, verified in time; of 31 March, two women, verified on 1 April: late."""
    told = [("MARCH", date(2026, 3, 31), {}, date(2026, 4, 1)), ("GIRL", date(2026, 5, 4), CHILD, date(2026, 6, 30))]
    told += [(f"MAY-{number}", date(2026, 5, 2), {}, date(2026, 6, 1)) for number in range(3)]
    told += [("AFTER", date(2026, 6, 30), {}, date(2026, 7, 1))]  # of the quarter, but verified after its end: open in it
    for reference, day, coding, verified in told:
        with clock.set_to(table.moment(day), mission):
            found = table.incident(reference, **coding, **days(day))
        with clock.set_to(table.moment(verified), mission):
            table.verify(found, verified)


def called(*present: str) -> Meeting:
    return table.meeting(*present)


def test_without_quorum_nothing_is_decided_and_the_page_says_who_lacks(group: str, browser_page: Page) -> None:
    """Given two members present, when the verifier opens the meeting, then no form is there and the reason is."""
    meeting = called("hr.1", "hr.2")
    sign_in(browser_page, group, "hr.1")
    browser_page.goto(f"{group}/m/carana/meetings/{meeting.id}/")
    expect(browser_page.get_by_text("No quorum, so nothing is decided").first).to_be_visible()
    expect(browser_page.get_by_role("button", name="Record", exact=True)).to_have_count(0)
    expect(browser_page.get_by_text("Agenda: 14 incidents")).to_be_visible()


def test_whoever_steps_back_sees_nothing_more_of_the_item(group: str, browser_page: Page) -> None:
    """Given an item open before a member, when they declare a conflict of interest, then its reference and content are gone from their page."""
    meeting = called("swpa", "hr.1", "hr.2", "cp.1")
    sign_in(browser_page, group, "hr.2")
    browser_page.goto(f"{group}/m/carana/meetings/{meeting.id}/")
    ref = browser_page.locator("#item code").inner_text()
    browser_page.get_by_role("button", name="I have a conflict of interest here").click()
    expect(browser_page.get_by_text("You have stepped back from this item.")).to_be_visible()
    assert ref not in browser_page.content()
    assert browser_page.locator("#item code").inner_text() != ref


def test_a_working_group_of_fourteen_incidents(group: str, browser_page: Page) -> None:
    """Given the agenda built from what is due, when each item is decided from the page, then no decision takes more than four clicks,
    the minutes are there within a minute, a recommendation needs one click more, children are counted once, and figures are those of a hand."""
    meeting = called("swpa", "hr.1", "hr.2", "cp.1")
    page = browser_page
    sign_in(page, group, "hr.1")
    page.goto(f"{group}/m/carana/meetings/{meeting.id}/")
    check_accessible(page)
    check_narrow(page)
    shot(page, "meeting-open")
    most = 0
    for number in range(14):
        clicks = Clicks()
        clicks.on(page.get_by_role("radio", name="Verified", exact=True))
        if number == 3:
            clicks.on(page.get_by_role("radio", name="Clear and convincing", exact=False))
        clicks.into(page.get_by_label("Reasons, in short"), "Accounts agree. Synthetic.")
        clicks.on(page.get_by_role("button", name="Record", exact=True))
        expect(page.get_by_role("status")).to_contain_text("recommended" if "recommended" in page.content() else "recorded")
        most = max(most, clicks.count)
    assert most <= 4
    expect(page.get_by_text("Agenda: 14 incidents, 0 still to be taken up")).to_be_visible()
    shot(page, "meeting-done")
    _confirmed_with_one_click(page, group)
    _counted_once(meeting)
    _minutes(page, group, meeting)
    _second_quarter_by_hand(page, group)


def _confirmed_with_one_click(page: Page, live: str) -> None:
    """The case whose verifier is child protection was recommended; its verifier confirms from the incident's own page."""
    with acting("cp.1", "carana") as by:
        found = Incident.objects.get(assigned_to=by)
        assert found.verification_status == "under_verification"
    sign_in(page, live, "cp.1")
    page.goto(f"{live}/m/carana/incidents/{found.ref}/")
    shot(page, "meeting-confirm")
    clicks = Clicks()
    clicks.on(page.get_by_role("button", name="Confirm as the decision"))
    expect(page.get_by_role("status")).to_contain_text("the decision is recorded")
    assert clicks.count == 1


def _counted_once(meeting: Meeting) -> None:
    with acting("hr.1", "carana"):
        decided = [item.incident for item in AgendaItem.objects.filter(meeting=meeting).select_related("incident")]
        assert [one.verification_status for one in decided] == ["verified"] * 14
        assert sum(one.girls or 0 for one in decided) == 3  # five accounts would have made six
        late = [one for one in decided if one.month_to < date(clock.today().year, (clock.today().month - 1) // 3 * 3 + 1, 1)]
        assert len(late) == 2


def _minutes(page: Page, live: str, meeting: Meeting) -> None:
    sign_in(page, live, "swpa")
    page.goto(f"{live}/m/carana/meetings/{meeting.id}/")
    began = time.monotonic()
    with page.expect_download() as download:
        page.get_by_role("link", name="Minutes (Word)").click()
    content = download.value.path().read_bytes()
    assert time.monotonic() - began < 60
    document = Document(BytesIO(content))
    text = "\n".join(cell.text for one in document.tables for row in one.rows for cell in row.cells)
    with acting("swpa", "carana"):
        refs = list(AgendaItem.objects.filter(meeting=meeting).values_list("incident__ref", flat=True))
    assert len(refs) == 14 and all(ref in text for ref in refs)
    assert not any(words in text for words in NONE_OF_IT)
    shot(page, "meeting-swpa")
    keep("minutes.docx", content)


def _second_quarter_by_hand(page: Page, live: str) -> None:
    """The sheet of 2026Q2 and the forum's pack say what the hand counted: the incident of March is late, the girl stands there once."""
    with acting("swpa", "carana") as by:
        mission = Mission.objects.get(code="carana")
        sheet = reconciliation.open_sheet(by=by, mission=mission, quarter="2026Q2")
        cells = {cell.key: cell for cell in map(sheets.as_cell, sheets.cells(for_user=by, sheet=sheet))}
        area = {key[0]: (cell.incidents, cell.mara, cell.late) for key, cell in cells.items() if key[1:] == ("adm1", "CR08")}
    assert area["children"] == (1, 1, 0)
    others = [figures for group, figures in area.items() if group != "children"]
    assert [sum(part) for part in zip(*others, strict=True)] == [4, 7, 2]
    page.goto(f"{live}/m/carana/meetings/")
    page.get_by_label("Consultation forum").check()
    page.get_by_label("Day", exact=True).fill("2026-07-15")
    page.get_by_role("button", name="Call the meeting").click()
    page.get_by_role("button", name="Make the figures").click()
    shown = page.get_by_role("table").first
    expect(shown).to_contain_text("–")  # four incidents are fewer than five
    with acting("swpa", "carana"):
        assert not any(ref in page.content() for ref in Incident.objects.values_list("ref", flat=True))
    check_accessible(page)
    check_narrow(page)
    shot(page, "forum")
    page.goto(f"{live}/m/carana/meetings/self-assessment/")
    check_accessible(page)
    check_narrow(page)
    shot(page, "self-assessment")
    page.goto(f"{live}/m/carana/meetings/")
    check_accessible(page)
    check_narrow(page)
    shot(page, "meetings")

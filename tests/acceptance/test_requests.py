"""Every page there is, in a real browser: no request leaves our origin, nothing is inline, the content policy has no complaint."""

from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Error, Page, Request

from openmara.config.bench_requests import arena
from openmara.security.matrix.http import Arena, Cell, cells, expected
from openmara.security.protect import policy

pytestmark = pytest.mark.browser
INLINE = "document.querySelectorAll('style, [style], script:not([src]):not([type=\"application/json\"])').length"
HANDLERS = "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length"


def who_may(ring: Arena, cell: Cell) -> str:
    """Somebody to whom the page opens; nobody at all where it is public."""
    first = ("anonymous", "role.swpa", "role.hr", "role.audit", "role.priv", "role.admin", "role.hom")
    for name in (*first, *(one for one in ring.askers if one.startswith("role."))):
        if expected(ring.objects, ring.askers[name], Cell(cell.name, "GET", name, "own", cell.path), policy()) & {200, 404, 409}:
            return name
    raise AssertionError(f"nobody may open {cell.name}")


def become(page: Page, live: str, ring: Arena, name: str) -> None:
    page.context.clear_cookies()
    if name in ring.sessions:
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": ring.sessions[name], "url": live}])


def test_no_page_asks_anybody_else_for_anything(browser_page: Page, live: str) -> None:
    asked: list[Request] = []
    browser_page.context.on("request", lambda one: asked.append(one))
    opened, faults = 0, []
    with arena(connection.settings_dict["NAME"]) as (ring, _owner):
        for cell in cells(ring.objects, "anonymous", ("GET",)):
            if cell.situation not in ("own", "absent") or 405 in expected(ring.objects, ring.askers["anonymous"], cell, policy()):
                continue
            become(browser_page, live, ring, who_may(ring, cell))
            try:
                answer = browser_page.goto(live + cell.path)
            except Error as problem:
                assert "Download is starting" in str(problem) or "ERR_ABORTED" in str(problem), problem  # a file, not a page
                continue
            opened += 1
            if answer is None or answer.status >= 500:
                faults.append(f"{cell.path}: {answer and answer.status}")
            if answer and "html" not in answer.headers["content-type"]:
                continue  # the browser itself draws plain text
            if browser_page.evaluate(INLINE) or browser_page.evaluate(HANDLERS):
                faults.append(f"{cell.path}: something inline")
    elsewhere = {one.url for one in asked if not one.url.startswith("data:") and urlsplit(one.url)[:2] != urlsplit(live)[:2]}
    assert not elsewhere and not faults, (elsewhere, faults)
    assert opened > 40 and len(asked) > 2 * opened

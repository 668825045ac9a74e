"""A real Chromium against the real application. Where there is none the journeys are *not run*, and a failure in CI."""

import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from openmara.config.scratch import session_of

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
SERIOUS = ("serious", "critical")
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


def find_chromium() -> str | None:
    """The browser to drive: OPENMARA_CHROMIUM, else one installed by the package manager."""
    chosen = os.environ.get("OPENMARA_CHROMIUM")
    if chosen:
        return chosen if Path(chosen).exists() else None
    return next((found for found in map(shutil.which, NAMES) if found), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all journeys."""
    where = find_chromium()
    if where is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium: journeys must run in CI; install it or set OPENMARA_CHROMIUM")
        warnings.warn("not run: no Chromium, so no journey was tried", stacklevel=1)
        pytest.skip("not run: no Chromium")
    # Playwright keeps an event loop in this thread; Django would refuse to read its database beside one.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=where, args=FLAGS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def live(committed: None, french: None, plain_static: None) -> Iterator[str]:
    """The application as it is served, WhiteNoise included, on a free port and on this test's own database."""
    from django.core.servers.basehttp import ThreadedWSGIServer
    from django.core.wsgi import get_wsgi_application
    from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler

    class Server(LiveServerThread):
        def _create_server(self, connections_override: object = None) -> ThreadedWSGIServer:
            return ThreadedWSGIServer((self.host, self.port), QuietWSGIRequestHandler, allow_reuse_address=False)

    application = get_wsgi_application()
    server = Server("127.0.0.1", lambda _inner: application)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://localhost:{server.port}"
    server.terminate()


@pytest.fixture
def browser_page(chromium: Browser) -> Iterator[Page]:
    """A page of a fresh desk-sized context in English; anything the page complains of fails the journey."""
    context = chromium.new_context(viewport=DESK, locale="en-GB")
    yield from _watched(context)


@pytest.fixture
def without_script(chromium: Browser) -> Iterator[Page]:
    """The same where scripts are switched off."""
    context = chromium.new_context(viewport=DESK, locale="en-GB", java_script_enabled=False)
    yield from _watched(context)


def _watched(context: BrowserContext) -> Iterator[Page]:
    context.set_default_timeout(15_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    context.close()
    assert not complaints, complaints


def sign_in(page: Page, live: str, username: str, strength: int = 2) -> None:
    """A live session of this person in the browser's cookie, and their first page; the way in itself is tried in test_sign_in.py."""
    from django.conf import settings

    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(username, strength), "url": live, "httpOnly": True, "sameSite": settings.SESSION_COOKIE_SAMESITE}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto(f"{live}/")
    page.wait_for_load_state()


def check_accessible(page: Page) -> None:
    """No serious or critical finding of axe for WCAG 2.2 A and AA."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    serious = [
        f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes']][:3]}"
        for one in found
        if one["impact"] in SERIOUS
    ]
    assert not serious, "\n".join([page.url, *serious])


def check_narrow(page: Page) -> None:
    """At 360 pixels the page's body never scrolls sideways; tables scroll in their own frame."""
    before = page.viewport_size
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    wide = page.evaluate(
        "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1"
        " && !e.closest('.table-frame')).slice(0, 5).map(e => e.outerHTML.slice(0, 120))"
    )
    over = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    page.set_viewport_size(before or DESK)  # type: ignore[arg-type]
    assert not over, f"{page.url} is wider than 360 pixels: {wide}"


def shot(page: Page, name: str) -> None:
    """A picture of the whole page in the folder OPENMARA_SHOTS, where one is named."""
    if os.environ.get("OPENMARA_SHOTS"):
        keep(f"{name}.png", page.screenshot(full_page=True))


def keep(name: str, content: bytes) -> None:
    """What a person would look at afterwards: a picture, a document; in the folder OPENMARA_SHOTS, where one is named."""
    if folder := os.environ.get("OPENMARA_SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / name).write_bytes(content)

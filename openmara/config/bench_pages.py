"""`openmara bench pages`: the incident list and page over a real server with many incidents loaded.

Keys: incidents (loaded), list_p95_ms and page_p95_ms (wall time at the client), list_cpu_ms (CPU of web server and database per
list), page_kb (first load of the list on the wire: page, style sheets, scripts, compressed).
"""

import gzip
import http.client
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.core.management import call_command

from openmara import ROOT
from openmara.config.scratch import scratch_mission, session_of

SIZES = {"ci": 20_000, "full": 100_000}
REQUESTS = 120
PASSWORD = "bench only, synthetic, loopback"
FILTERS = ("", "?status=verified", "?adm1=CR03", "?status=under_verification&adm1=CR08", "?form=rape", "?month_from=2024-01&month_to=2024-06")


class Browser:
    """One kept connection with its cookies, as a browser would have."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}

    def fetch(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, bytes, http.client.HTTPMessage]:
        """Status, body as sent, headers."""
        headers = {"Host": "localhost", "Accept-Encoding": "gzip", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = urlencode(fields) if fields else None
        if body:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _equals, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, content, answer.headers

    def sign_in(self, username: str) -> None:
        self.cookies[settings.SESSION_COOKIE_NAME] = session_of(username)


def _plain(content: bytes, headers: http.client.HTTPMessage) -> str:
    return (gzip.decompress(content) if headers.get("Content-Encoding") == "gzip" else content).decode()


def _cpu(pids: list[int]) -> float:
    """Seconds of CPU these processes and their children have used (Linux)."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0.0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(folder.name) in pids or int(fields[1]) in pids:
            total += (int(fields[11]) + int(fields[12])) / ticks
    return total


def _p95(milliseconds: list[float]) -> float:
    return round(sorted(milliseconds)[int(len(milliseconds) * 0.95)], 1)


def measure(size: str) -> dict[str, float | int]:
    """Load, serve, measure, clean up."""
    from openmara.config import serving

    count = SIZES[size]
    call_command("collectstatic", verbosity=0, interactive=False)
    with scratch_mission(PASSWORD, Path(__file__).with_name("bench_pages.sql").read_text(), {"count": count}) as database:
        port = serving.free_port(8700)
        server = subprocess.Popen(
            [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
             "--blocking-threads", "4", "--log-level", "error", "openmara.config.wsgi:application"],
            cwd=ROOT, env=os.environ | {"OPENMARA_DATABASE": database, "OPENMARA_HOSTS": "localhost,127.0.0.1"},
        )  # fmt: skip
        try:
            serving.wait_until_it_answers(port, server)
            return {"incidents": count} | _measure(Browser(port), server.pid)
        finally:
            server.terminate()
            server.wait(15)


def _measure(browser: Browser, pid: int) -> dict[str, float | int]:
    from openmara.config import postgres

    browser.sign_in("swpa")
    address = "/m/carana/incidents/"
    pids = [pid, postgres.process_id()]
    _status, first, headers = browser.fetch("GET", address)
    text = _plain(first, headers)
    references = re.findall(r'href="(/m/carana/incidents/[0-9a-z]{8}/)"', text)
    following = re.findall(r'href="(\?[^"]*after=[^"]+)"', text)
    addresses = [address + one for one in FILTERS] + [address + one.replace("&amp;", "&") for one in following[:1]]
    for one in addresses:
        browser.fetch("GET", one)
    before = _cpu(pids)
    lists = [_timed(browser, addresses[number % len(addresses)]) for number in range(REQUESTS)]
    cpu = (_cpu(pids) - before) / REQUESTS * 1000
    pages = [_timed(browser, references[number % len(references)]) for number in range(REQUESTS)]
    files = set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', text))
    weight = len(first) + sum(len(browser.fetch("GET", name)[1]) for name in files)
    return {"list_p95_ms": _p95(lists), "list_cpu_ms": round(cpu, 1), "page_p95_ms": _p95(pages), "page_kb": round(weight / 1024, 1)}


def _timed(browser: Browser, path: str) -> float:
    started = time.perf_counter()
    status, _body, _headers = browser.fetch("GET", path)
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    return (time.perf_counter() - started) * 1000

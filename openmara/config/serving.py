"""Serving: schema, translations and static files brought up to date, then web server, worker and sequencer as children."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command

from openmara import ROOT
from openmara.config import install, translations
from openmara.config.env import SettingError


def prepare() -> None:
    """Everything a start needs; quick when nothing changed."""
    from openmara.interop import demo

    translations.compile_all()
    with install.owner_connection():
        install.migrate()
        if demo.known_sign_ins() and not demo.only_synthetic():
            raise SettingError("Demonstration sign-ins exist beside a real mission: remove demo-sign-ins.json and those accounts first.")
    call_command("collectstatic", verbosity=0, interactive=False)


def free_port(wanted: int) -> int:
    """The wanted port, else the next free one."""
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise SettingError(f"No free port between {wanted} and {wanted + 49}.")


def _child(*command: str, role: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"OPENMARA_RUN_AS": role, "DJANGO_SETTINGS_MODULE": "openmara.config.settings"}
    return subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environment)


def serve(port: int, say: Callable[[str], object]) -> None:
    """Serve on loopback until a signal or until a child ends."""
    web = _child(
        "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--blocking-threads", "4",
        "--log-level", "warning", "openmara.config.wsgi:application", role="app_web",
    )  # fmt: skip
    worker = _child("openmara", "work", role="app_worker")
    sequencer = _child("openmara", "sequence", role="app_worker")  # if it stops, content of S4 and above closes after two minutes
    children = (web, worker, sequencer)
    stopping = False

    def stop(*_signal: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        wait_until_it_answers(port, web)
        say(f"OpenMARA is running at http://localhost:{port} (stop with Ctrl-C)")
        while not stopping and web.poll() is None and worker.poll() is None:
            time.sleep(0.2)
    finally:
        for child in children:
            if child.poll() is None:
                child.terminate()
        for child in children:
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
        if not settings.EXTERNAL_DATABASE:
            from openmara.config import postgres

            postgres.stop()


def wait_until_it_answers(port: int, web: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and web.poll() is None:
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.1)
    raise SettingError("The web server did not start.")

"""The parts http and layers of `openmara bench security`: every cell, and what each of the two layers refuses alone.

Keys: http_cells, http_cells_ok, http_pairs (what is closed compared with what is absent); layer_db_only_foreign, layer_db_only_foreign_refused
(application checks off), layer_app_only_foreign, layer_app_only_foreign_refused (row security off), csrf_posts, csrf_refused,
hosts_tried, hosts_refused, redirects_tried, redirects_outside.
"""

import contextlib
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
from django.conf import settings
from django.db import connections
from django.test import override_settings

from openmara.config import postgres
from openmara.config.scratch import scratch_database, session_of
from openmara.security.matrix import layers, objects
from openmara.security.matrix.http import Arena, Tally
from openmara.security.protect import policy

PLAIN_STATIC = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
RING: list[Arena] = []  # what the processes of a full run inherit
SAMPLE = ["anonymous", "role.hr", "not.fresh", "role.gender", "role.audit", "role.admin", "expired", "elsewhere", "by.passphrase", "by.code", "area.hr", "national.hr", "contingent.force"]


@contextlib.contextmanager
def arena(database: str) -> Iterator[tuple[Arena, psycopg.Connection]]:
    """The seeded world in this database, with a session for each asker; and its superuser."""
    with postgres.superuser(database) as owner, override_settings(STORAGES=PLAIN_STATIC, WHITENOISE_USE_FINDERS=True):
        found = objects.seed(owner, policy(), Path(settings.DATA_FOLDER) / "builds")
        made = Arena(found, _session)
        layers.settle(owner, found.people)
        yield made, owner


def _session(name: str, strength: int) -> str:
    """A session; that of somebody whose proof has aged was proved an hour ago."""
    aged = time.time() - (3600 if name == "not.fresh" else 0)
    with mock.patch("openmara.config.scratch.time.time", lambda: aged):
        return session_of(name, strength)


@contextlib.contextmanager
def scratch_arena() -> Iterator[tuple[Arena, psycopg.Connection]]:
    with scratch_database() as name, arena(name) as made:
        yield made


def asked(ring: Arena, size: str) -> dict[str, Any]:
    """All cells at `full`; at `ci` every method for three askers, reading and sending for a sample."""
    tallies = [_at_once(ring)] if size == "full" else [ring.run(SAMPLE[:3]), ring.run(SAMPLE[3:], ("GET", "POST"))]
    return {
        "http_cells": sum(tally.cells for tally in tallies), "http_cells_ok": sum(tally.right for tally in tallies),
        "http_pairs": sum(tally.pairs for tally in tallies), "http_differences": [line for tally in tallies for line in tally.wrong][:20],
    }  # fmt: skip


def _at_once(ring: Arena) -> Tally:
    """Every asker, shared between as many processes as there are processors: each cell is undone, so they do not meet."""
    connections.close_all()
    names = list(ring.askers)
    many = min(os.cpu_count() or 1, 4)
    RING[:] = [ring]
    with multiprocessing.get_context("fork").Pool(many) as workers:
        whole = Tally()
        for done, tally in enumerate(workers.imap_unordered(_all_of, names), 1):
            whole.cells, whole.pairs, whole.wrong = whole.cells + tally.cells, whole.pairs + tally.pairs, whole.wrong + tally.wrong
            sys.stderr.write(f"\rhttp {done}/{len(names)} askers, {whole.cells} cells, {len(whole.wrong)} differences … ")
            sys.stderr.flush()
    return whole


def _all_of(name: str) -> Tally:
    """All cells of one asker, in a process of its own."""
    return RING[0].run([name])


def apart(ring: Arena, owner: psycopg.Connection, size: str) -> dict[str, Any]:
    """Either layer alone (at `ci` for a sample), and what no form, host or redirect may do."""
    everybody = ring.askers
    if size != "full":
        ring.askers = {name: one for name, one in everybody.items() if name in ("role.hr", "role.swpa", "national.hr", "area.hr")}
    with layers.application_off():
        database = layers.foreign(ring)
    with layers.rows_open(owner):
        application = layers.foreign(ring)
    ring.askers = everybody
    return {
        "layer_db_only_foreign": database.cells, "layer_db_only_foreign_refused": database.right,
        "layer_app_only_foreign": application.cells, "layer_app_only_foreign_refused": application.right,
        "layer_differences": [*database.wrong[:10], *application.wrong[:10]],
    } | layers.requests(ring)  # fmt: skip

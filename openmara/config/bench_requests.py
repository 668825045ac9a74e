"""The HTTP part of `openmara bench security`: every cell, and what each of the two layers refuses alone.

Keys: http_cells, http_cells_ok, http_pairs (foreign compared with absent); layer_db_only_foreign, layer_db_only_foreign_refused
(application checks off), layer_app_only_foreign, layer_app_only_foreign_refused (row security off), csrf_posts, csrf_refused,
hosts_tried, hosts_refused, redirects_tried, redirects_outside.
"""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import psycopg
from django.conf import settings
from django.test import override_settings

from openmara.config import postgres
from openmara.config.scratch import scratch_database, session_of
from openmara.security.matrix import layers, objects
from openmara.security.matrix.http import Arena
from openmara.security.protect import policy

PLAIN_STATIC = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
SAMPLE = ["anonymous", "role.hr", "not.fresh", "role.gender", "role.audit", "role.admin", "expired", "elsewhere", "by.passphrase", "by.code"]


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


def measure(size: str) -> dict[str, int]:
    """All cells at `full`; at `ci` every method for three askers, reading and sending for a sample, and the layers for two roles."""
    with scratch_database() as name, arena(name) as (ring, owner):
        return figures(ring, owner, size)


def figures(ring: Arena, owner: psycopg.Connection, size: str) -> dict[str, int]:
    """The numbers, from a seeded world."""
    tallies = [ring.run()] if size == "full" else [ring.run(SAMPLE[:3]), ring.run(SAMPLE[3:], ("GET", "POST"))]
    wrong = [line for tally in tallies for line in tally.wrong]
    cells = sum(tally.cells for tally in tallies)
    found = {"http_cells": cells, "http_cells_ok": cells - len(wrong), "http_pairs": sum(tally.pairs for tally in tallies)}
    if size != "full":
        ring.askers = {name: one for name, one in ring.askers.items() if name in ("role.hr", "role.swpa")}
    with layers.application_off():
        tried, refused = layers.foreign(ring)
    found |= {"layer_db_only_foreign": tried, "layer_db_only_foreign_refused": refused}
    with layers.rows_open(owner):
        tried, refused = layers.foreign(ring)
    return found | {"layer_app_only_foreign": tried, "layer_app_only_foreign_refused": refused} | layers.requests(ring)



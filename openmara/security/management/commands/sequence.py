"""`openmara sequence`: keep the log's tree up to date; publish checkpoints; carry cosignatures by file."""

import argparse
import signal
import threading
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection

from openmara.errors import NotNow
from openmara.ledger.tiles import Directory
from openmara.security import sequencer, witnesses


class Command(BaseCommand):
    help = "Give entries of the log their places in the tree, every second until stopped (started by `openmara run`)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one pass, then stop")
        parser.add_argument("--policy", action="store_true", help="print the policy file an auditor needs")
        parser.add_argument("--export-checkpoint", type=Path, metavar="FILE", help="write the newest published checkpoint for a witness")
        parser.add_argument("--seen", type=int, default=0, metavar="SIZE", help="with --export-checkpoint: how far that witness has seen")
        parser.add_argument("--import-cosignature", type=Path, metavar="FILE", help="take in a witness's signature lines")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["policy"]:
            self.stdout.write(sequencer.policy_text(), ending="")
        elif options["export_checkpoint"]:
            self._export(options["export_checkpoint"], options["seen"])
        elif options["import_cosignature"]:
            self._import(options["import_cosignature"])
        else:
            self._run(options["once"])

    def _published(self) -> Any:
        found = sequencer.newest_checkpoint(published=True)
        if found is None:
            raise NotNow("No checkpoint was published yet: run `openmara sequence --once`.")
        return found[2]

    def _export(self, target: Path, seen: int) -> None:
        note = self._published()
        target.write_text(witnesses.request_for(note, seen, Directory(sequencer.folder())))
        self.stdout.write(f"Checkpoint of {note.checkpoint().size} leaves written to {target}.")

    def _import(self, source: Path) -> None:
        directory = Directory(sequencer.folder())
        names = sequencer.add_cosignatures(directory, sequencer.witness_policy(), self._published(), source.read_text())
        self.stdout.write(f"Cosigned by {', '.join(names)}.")

    def _run(self, once: bool) -> None:
        stop = threading.Event()
        if not once:
            signal.signal(signal.SIGTERM, lambda *_signal: stop.set())
            signal.signal(signal.SIGINT, lambda *_signal: stop.set())
        if once:
            if not sequencer.take_lock():
                raise NotNow("Another sequencer is running on this database.")
            sequencer.once()
        while not once and not stop.is_set():
            try:
                self._follow(stop)
            except (OperationalError, InterfaceError):  # the database is away: begin anew when it is back
                stop.wait(5)
            finally:
                connection.close()

    def _follow(self, stop: threading.Event) -> None:
        """Wait for the lock, then one pass a second. What does not fit (a Finding) ends the command: nothing is signed over it."""
        while not sequencer.take_lock():
            if stop.wait(1):
                return
        running = sequencer.Sequencer(say=self.stderr.write)
        while not stop.is_set():
            running.step()
            stop.wait(1)

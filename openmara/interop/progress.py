"""A progress bar of one line for commands: `Checking  ############--------  45 %  4,500 of 10,000 rows`."""

import time
from typing import TextIO

WIDTH = 24
EVERY = 0.1  # seconds; a screen reader or a log is not flooded


class Bar:
    """Call it with (what is being done, done, total). On a terminal it redraws; elsewhere it writes one line per step done."""

    def __init__(self, stream: TextIO, noun: str = "rows") -> None:
        self.stream, self.noun = stream, noun
        self.last = 0.0
        self.finished: set[str] = set()

    def __call__(self, label: str, done: int, total: int) -> None:
        complete = done >= total
        now = time.monotonic()
        if label in self.finished or (not complete and (now - self.last < EVERY or not self.stream.isatty())):
            return
        self.last = now
        self.stream.write(("\r" if self.stream.isatty() else "") + self.line(label, done, total) + ("\n" if complete else ""))
        self.stream.flush()
        if complete:
            self.finished.add(label)

    def line(self, label: str, done: int, total: int) -> str:
        """One line; nothing to do is all done."""
        share = min(1.0, done / total) if total else 1.0
        full = int(share * WIDTH)
        return f"{label:<10} {'#' * full}{'-' * (WIDTH - full)} {share:>5.0%}  {done:,} of {total:,} {self.noun}".replace("%", " %")

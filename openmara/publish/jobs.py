"""Work that the queue runs for this room. A job carries its id only; what it may do is looked up when it runs."""

import uuid

from procrastinate.contrib.django import app

from openmara.publish import actions


@app.task(name=actions.TASK)
def build_report(job: str) -> None:
    """Build one report in the name of whoever asked for it, with the grants they have now."""
    actions.build(job=uuid.UUID(job))

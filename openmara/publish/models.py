"""Builds of the quarterly report and the narrative people write for it."""

from django.db import models

from openmara.indicators.models import Snapshot
from openmara.security.models import MissionModel, Person


class Narrative(MissionModel):
    """A section's text in one language, one row per edit; the newest counts. Figures are references, never typed."""

    quarter = models.CharField(max_length=6)
    section = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    text = models.TextField()
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    written_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["mission", "quarter", "language", "section", "-written_at"], name="narrative_newest"
            )
        ]

    def __str__(self) -> str:
        return f"{self.quarter} {self.section}"


class ReportBuild(MissionModel):
    """One build of one quarter's report: progress while it runs, then measures and files. Always a draft until cleared."""

    quarter = models.CharField(max_length=6)
    language = models.CharField(max_length=8)
    audience = models.CharField(max_length=20, default="forum")
    state = models.CharField(max_length=12, default="waiting")
    step = models.CharField(max_length=40, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    measures = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    protection = models.JSONField(default=dict)
    files = models.JSONField(default=dict)
    problem = models.CharField(max_length=200, blank=True)
    job = models.UUIDField(null=True)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["mission", "-asked_at", "-id"], name="build_page")]

    def __str__(self) -> str:
        return f"{self.quarter} {self.state}"

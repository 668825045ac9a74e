"""Judgements of triage, what was said about services, and drafts that only their owner reads."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models

from openmara.security.models import MissionModel, Person

ASKED_AFTER = timedelta(hours=24)


class TriageDecision(MissionModel):
    """Where a report was sent, by whom, under which wording of the definition. A change is a further row; none is rewritten (S3)."""

    report = models.ForeignKey("evidence.Report", on_delete=models.CASCADE, related_name="routes", db_constraint=False)
    from_route = models.CharField(max_length=20)
    to_route = models.CharField(max_length=20)
    definition = models.CharField(max_length=20)
    nexus_types = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["mission", "report", "made_at"], name="triage_report")]

    def __str__(self) -> str:
        return f"{self.from_route}->{self.to_route}"


class ServiceInfo(MissionModel):
    """What was said to a source about services, without any provider. The last row counts (S3)."""

    report = models.ForeignKey("evidence.Report", on_delete=models.CASCADE, related_name="service_infos", db_constraint=False)
    information = models.CharField(max_length=10)
    referral = models.CharField(max_length=12)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["mission", "report", "made_at"], name="service_info_report")]

    def __str__(self) -> str:
        return self.referral


class SeaDraft(MissionModel):
    """What is handed to the channel for conduct, sealed, until the channel has said that it came in. Its owner's alone (S4)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    routing = models.ForeignKey("evidence.SeaRouting", on_delete=models.PROTECT, related_name="+", db_constraint=False)
    sealed = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["mission", "person"], name="sea_draft_person")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def asked_after_at(self) -> datetime:
        return self.made_at + ASKED_AFTER

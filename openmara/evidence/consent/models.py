"""Answers about consent, one row each and never changed; and what remains of an account that was erased."""

from django.db import models

from openmara.evidence.consent.rules import GIVEN, REFUSED, WITHDRAWN
from openmara.evidence.models import Incident, Report
from openmara.security.models import MissionModel, Person


class ConsentAnswer(MissionModel):
    """One answer about one use and, where it has one, its recipient. The newest answer is the one that holds."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="consent_answers", db_constraint=False)
    scope = models.CharField(max_length=30)
    recipient = models.CharField(max_length=40, blank=True)
    answer = models.CharField(max_length=10)
    answered_on = models.DateField(null=True)
    limits = models.TextField(blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(answer__in=[GIVEN, REFUSED, WITHDRAWN]), name="consent_answer"),
        ]
        indexes = [models.Index(fields=["mission", "report"], name="consent_answer_report")]

    def __str__(self) -> str:
        return f"{self.scope} {self.answer}"


class Tombstone(MissionModel):
    """That an account was here and is erased: its key, province, quarter and status. `incident` is the case that rested on it alone.

    `mark` is a keyed hash of who sent it under which reference, so that the same account does not come in again. The days are
    what the figures of quarters already reported are made of.
    """

    adm1 = models.CharField(max_length=20)
    quarter = models.CharField(max_length=6)
    status = models.CharField(max_length=24)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="tombstones", null=True, db_constraint=False)
    alone = models.BooleanField(default=False)
    delay_days = models.IntegerField(null=True)
    verify_days = models.IntegerField(null=True)
    mark = models.CharField(max_length=24)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    asked_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["mission", "mark"], name="tombstone_mark"),
            models.Index(fields=["mission", "incident"], name="tombstone_incident"),
        ]

    def __str__(self) -> str:
        return f"{self.quarter} {self.adm1}"

"""The flash report (S2: codes, small exact counts, short checked texts) and the operational alert (S1: no survivor detail)."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from openmara.evidence.models import codes, new_reference
from openmara.security.models import MissionModel, Person


class Flash(MissionModel):
    """One urgent report: district at the finest, the kind of party, approximate numbers. Cleared by another than its author."""

    ref = models.CharField(max_length=8, default=new_reference)
    incident = models.ForeignKey("evidence.Incident", on_delete=models.PROTECT, null=True, db_constraint=False, related_name="flashes")
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_constraint=False, related_name="+")
    state = models.CharField(max_length=12, default="draft")
    received_at = models.DateTimeField()
    adm1 = models.CharField(max_length=20)
    adm2 = models.CharField(max_length=20, blank=True)
    forms = codes()
    women = models.PositiveIntegerField(null=True)
    girls = models.PositiveIntegerField(null=True)
    men = models.PositiveIntegerField(null=True)
    boys = models.PositiveIntegerField(null=True)
    unknown = models.PositiveIntegerField(null=True)
    number_estimated = models.BooleanField(default=True)
    party_category = models.CharField(max_length=30)
    triggers = codes()
    risk = models.CharField(max_length=500, blank=True)
    care_72h = models.CharField(max_length=10, default="unknown")
    action_taken = models.CharField(max_length=500, blank=True)
    action_requested = models.CharField(max_length=500, blank=True)
    addressees = codes(20)
    classification = models.CharField(max_length=24, default="confidential")
    next_update_due = models.DateTimeField()
    compartment = codes(60)
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()
    cleared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    cleared_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mission", "ref"], name="flash_ref"),
            models.CheckConstraint(condition=Q(cleared_by=None) | ~Q(cleared_by=F("made_by")), name="flash_cleared_by_another"),
            models.CheckConstraint(condition=Q(sent_at=None) | Q(cleared_by__isnull=False), name="flash_sent_after_clearance"),
        ]
        indexes = [models.Index(fields=["mission", "-made_at", "-id"], name="flash_page")]

    def __str__(self) -> str:
        return self.ref


class Alert(MissionModel):
    """Where, when and from whom danger comes, for those who protect. Names no survivor, counts none, and is over after 72 hours."""

    ref = models.CharField(max_length=8, default=new_reference)
    adm1 = models.CharField(max_length=20)
    adm2 = models.CharField(max_length=20, blank=True)
    route = models.CharField(max_length=120, blank=True)
    threat = models.CharField(max_length=30)
    timing = models.CharField(max_length=20)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    care = codes()
    note = models.CharField(max_length=280, blank=True)
    compartment = codes(60)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mission", "ref"], name="alert_ref"),
            models.CheckConstraint(condition=Q(expires_at__lte=F("made_at") + models.Value(timedelta(hours=72))), name="alert_72_hours"),
        ]
        indexes = [models.Index(fields=["mission", "-expires_at", "-id"], name="alert_page")]

    def __str__(self) -> str:
        return self.ref

"""The timeline of accounts and exhibits, and hand-overs to another body. What lies in a timeline is never changed or taken out."""

from django.db import models

from openmara.evidence.models import Incident, Report, new_reference
from openmara.security.models import MissionModel, Person


class Exhibit(MissionModel):
    """A thing handed in with an account: what kind, its hash, where it is kept, all as codes. The thing itself is not stored here."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="exhibits", db_constraint=False)
    ref = models.CharField(max_length=8, default=new_reference)
    kind = models.CharField(max_length=40)
    description_code = models.CharField(max_length=40)
    kept_at = models.CharField(max_length=40)
    content_sha256 = models.BinaryField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "ref"], name="exhibit_ref")]
        indexes = [models.Index(fields=["mission", "report"], name="exhibit_report")]

    def __str__(self) -> str:
        return self.ref


class Custody(MissionModel):
    """One event in the life of an account or of one of its exhibits; only added to."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="custody", db_constraint=False)
    exhibit = models.ForeignKey(Exhibit, on_delete=models.CASCADE, related_name="custody", null=True, db_constraint=False)
    event = models.CharField(max_length=20)
    content_sha256 = models.BinaryField(null=True)
    purpose = models.CharField(max_length=40, blank=True)
    counterpart = models.CharField(max_length=40, blank=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["mission", "report", "made_at"], name="custody_report")]

    def __str__(self) -> str:
        return self.event


class HandOver(MissionModel):
    """Asked for, decided by the head of mission, agreed by headquarters' legal office, carried out: each once, each by another."""

    ref = models.CharField(max_length=8, default=new_reference)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="hand_overs", db_constraint=False)
    body = models.CharField(max_length=40)
    purpose = models.CharField(max_length=40)
    items = models.PositiveIntegerField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    asked_at = models.DateTimeField()
    decision = models.CharField(max_length=10, blank=True)
    decision_reference = models.CharField(max_length=40, blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    decided_at = models.DateTimeField(null=True)
    legal = models.CharField(max_length=10, blank=True)
    legal_reference = models.CharField(max_length=40, blank=True)
    legal_on = models.DateField(null=True)
    legal_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    legal_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    done_at = models.DateTimeField(null=True)
    manifest_sha256 = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "ref"], name="handover_ref")]
        indexes = [models.Index(fields=["mission", "-asked_at", "-id"], name="handover_page")]

    def __str__(self) -> str:
        return self.ref


class HandOverManifest(MissionModel):
    """What was handed over, item by item with hashes, as it was signed. References and codes only."""

    hand_over = models.OneToOneField(HandOver, on_delete=models.PROTECT, related_name="manifest", db_constraint=False)
    note = models.TextField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)

    def __str__(self) -> str:
        return str(self.hand_over_id)

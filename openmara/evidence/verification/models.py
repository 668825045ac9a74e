"""What stands beside a decision: its release, the record of the body that verified, judgements on origin, the quarterly reconciliation."""

from django.db import models

from openmara.evidence.models import Decision, Incident, Report
from openmara.security.models import MissionModel, Person


class Release(MissionModel):
    """A verified incident is released for use at person level by another than its verifier. No figure depends on it."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="releases", db_constraint=False)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="releases", db_constraint=False)
    verified_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mission", "incident"], condition=models.Q(undone_at=None), name="one_live_release"),
            models.CheckConstraint(condition=~models.Q(verified_by=models.F("made_by")), name="released_by_another"),
        ]

    def __str__(self) -> str:
        return str(self.incident_id)


class BodyRecord(MissionModel):
    """Verification by reference: what human rights or child protection verified in their own system. No case content (S3)."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="body_record", db_constraint=False)
    body = models.CharField(max_length=20)
    external_reference = models.CharField(max_length=80)
    verified_on = models.DateField()
    standard_of_proof = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=24)

    class Meta:
        indexes = [models.Index(fields=["mission", "body", "external_reference"], name="body_record_of")]

    def __str__(self) -> str:
        return f"{self.body} {self.external_reference}"


class SameOrigin(MissionModel):
    """A person's judgement that two accounts of one incident go back to one source. Undone, never deleted."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="origins", db_constraint=False)
    report_a = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    report_b = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["mission", "incident"], name="origin_incident")]

    def __str__(self) -> str:
        return f"{self.report_a_id}={self.report_b_id}"


class QuarterChange(MissionModel):
    """Figures of this quarter are not what they were: a verification that counted in it was taken back. Names no incident (S1)."""

    quarter = models.CharField(max_length=6)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["mission", "-changed_at"], name="quarter_changed")]

    def __str__(self) -> str:
        return self.quarter


class Reconciliation(MissionModel):
    """One quarter's sheet: the figures of MARA, human rights and MRM for the same cells. Frozen once three have signed."""

    quarter = models.CharField(max_length=6)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "quarter"], name="one_sheet_a_quarter")]

    def __str__(self) -> str:
        return self.quarter


class ReconciliationCell(MissionModel):
    """One cell in survivors: MARA's by the counting rule, the other two typed, the difference explained."""

    sheet = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="cells", db_constraint=False)
    form_group = models.CharField(max_length=40)
    breakdown = models.CharField(max_length=20)
    code = models.CharField(max_length=60)
    incidents = models.PositiveIntegerField()
    mara = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    human_rights = models.PositiveIntegerField(null=True)
    mrm = models.PositiveIntegerField(null=True)
    reason_code = models.CharField(max_length=40, blank=True)
    words = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "sheet", "form_group", "breakdown", "code"], name="one_reconciled_cell")]

    def __str__(self) -> str:
        return f"{self.form_group} {self.code}"


class ReconciliationSignature(MissionModel):
    """One of three people, one for each body, stands for the sheet as its hash says it was. Taken back, never deleted."""

    sheet = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="signatures", db_constraint=False)
    body = models.CharField(max_length=20)
    content_sha256 = models.BinaryField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mission", "sheet", "body"], condition=models.Q(undone_at=None), name="one_signature_a_body"),
            models.UniqueConstraint(fields=["mission", "sheet", "made_by"], condition=models.Q(undone_at=None), name="one_signature_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.sheet_id}"

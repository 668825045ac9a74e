"""Pattern assessments (codes S2, narrative S4) and the steps of listing with their source (S1)."""

from django.db import models
from django.db.models import F, Q

from openmara.evidence.models import codes, new_reference
from openmara.parties.models import Party
from openmara.security.models import MissionModel, Person


class PatternAssessment(MissionModel):
    """Whether verified incidents of one party form a pattern: criteria, the incidents, and two different people."""

    ref = models.CharField(max_length=8, default=new_reference)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    state = models.CharField(max_length=12, default="draft")
    criteria = codes(30)
    finding = models.CharField(max_length=20)
    month_from = models.DateField()
    month_to = models.DateField()
    compartment = codes(60)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mission", "ref"], name="pattern_ref"),
            models.CheckConstraint(condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("made_by")), name="pattern_reviewed_by_another"),
        ]
        indexes = [models.Index(fields=["mission", "party", "-made_at"], name="pattern_party")]

    def __str__(self) -> str:
        return self.ref


class PatternText(MissionModel):
    assessment = models.OneToOneField(PatternAssessment, on_delete=models.PROTECT, related_name="text", db_constraint=False)
    rationale = models.TextField()

    def __str__(self) -> str:
        return str(self.assessment_id)


class PatternIncident(MissionModel):
    """One verified incident that an assessment rests on."""

    assessment = models.ForeignKey(PatternAssessment, on_delete=models.PROTECT, related_name="chosen", db_constraint=False)
    incident = models.ForeignKey("evidence.Incident", on_delete=models.PROTECT, related_name="+", db_constraint=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "assessment", "incident"], name="pattern_incident_once")]

    def __str__(self) -> str:
        return str(self.incident_id)


class PartyEvent(MissionModel):
    """A party was put on notice, listed or de-listed, by which document. The decision rests with the Secretary-General."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    event = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    decided_on = models.DateField()
    forms = codes()
    source_document = models.CharField(max_length=80)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "party", "event", "year"], name="party_event_once")]

    def __str__(self) -> str:
        return f"{self.event} {self.year}"

"""Candidate pairs and people's judgements. Scores never overwrite a judgement; a judgement never deletes a report."""

from django.db import models

from openmara.evidence.models import Report
from openmara.security.models import MissionModel, Person


class CandidatePair(MissionModel):
    """Two reports that may speak of one event: match weight (log2), probability, features as codes."""

    report_a = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    report_b = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    weight = models.FloatField()
    probability = models.FloatField()
    features = models.JSONField()
    found_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "report_a", "report_b"], name="pair_once")]
        indexes = [models.Index(fields=["mission", "-probability", "-id"], name="pair_page")]

    def __str__(self) -> str:
        return f"{self.report_a_id}~{self.report_b_id}"


class PairJudgement(MissionModel):
    """A person's word on a pair: same event or different events. Undone, never deleted."""

    pair = models.ForeignKey(CandidatePair, on_delete=models.CASCADE, related_name="judgements", db_constraint=False)
    verdict = models.CharField(max_length=12)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mission", "pair"], condition=models.Q(undone_at=None), name="one_live_verdict"),
        ]

    def __str__(self) -> str:
        return self.verdict

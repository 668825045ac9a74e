"""Judgements on which reports belong together, and what a stale form had in it. Rows are added, never changed."""

from django.db import models

from openmara.evidence.models import Incident, Link, Report
from openmara.security.models import MissionModel, Person


class Gathering(MissionModel):
    """One judgement: a split (`other` is the new incident), a join (`other` is the one that stays), or the undoing of one.

    `state` keeps what the step changed besides the links: standing of both incidents before, and the decisions it wrote.
    """

    kind = models.CharField(max_length=8)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    other = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_constraint=False, related_name="+")
    reason = models.CharField(max_length=40)
    state = models.JSONField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "undoes"], name="gathering_undone_once")]
        indexes = [
            models.Index(fields=["mission", "incident", "made_at"], name="gathering_incident"),
            models.Index(fields=["mission", "other", "made_at"], name="gathering_other"),
        ]

    def __str__(self) -> str:
        return self.kind


class GatheringMove(MissionModel):
    """One report that a judgement moved: the link it ended, the link it made. A report that is erased takes this with it."""

    gathering = models.ForeignKey(Gathering, on_delete=models.PROTECT, related_name="moves", db_constraint=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    ended = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    made = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="+", db_constraint=False)

    class Meta:
        indexes = [models.Index(fields=["mission", "gathering"], name="move_gathering")]

    def __str__(self) -> str:
        return str(self.report_id)


class GatheringText(MissionModel):
    """Why, in words (S4)."""

    gathering = models.OneToOneField(Gathering, on_delete=models.PROTECT, related_name="text", db_constraint=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    rationale = models.TextField()

    def __str__(self) -> str:
        return str(self.gathering_id)


class EditConflict(MissionModel):
    """What a person had typed over a version that a colleague had replaced meanwhile: kept until it is settled, and after."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    base_version = models.PositiveIntegerField()
    met_version = models.PositiveIntegerField()
    typed = models.JSONField()
    kept_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["mission", "incident", "person"], name="conflict_incident")]

    def __str__(self) -> str:
        return f"{self.base_version}/{self.met_version}"

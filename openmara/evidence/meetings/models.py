"""Meetings: who was there, what was due, what was decided, who does what until when.

A decision on an incident is a row of `Decision` written by verification; here stands only that the meeting took it. The
forum's tables name no incident. Sources: MARA working group and Joint Consultation Forum as in docs/reference/meetings.md.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from openmara.evidence.models import Decision, Incident
from openmara.security.models import MissionModel, Person


def codes(size: int = 40) -> ArrayField:
    return ArrayField(models.CharField(max_length=size), default=list, blank=True)


class Meeting(MissionModel):
    """One meeting of the working group (S1). `person` takes the chair; the rule of quorum is the one it was called under."""

    held_on = models.DateField()
    starts_at = models.TimeField(null=True)
    place = models.CharField(max_length=80, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    state = models.CharField(max_length=12, default="planned")
    quorum_least = models.PositiveSmallIntegerField()
    quorum_functions = codes(80)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["mission", "-held_on", "-id"], name="meeting_page")]

    def __str__(self) -> str:
        return self.held_on.isoformat()


class Participant(MissionModel):
    """Who belongs to a meeting, in which function, and whether present."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="participants", db_constraint=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    function = models.CharField(max_length=40)
    present = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "meeting", "person"], name="participant_once")]

    def __str__(self) -> str:
        return self.function


class AgendaItem(MissionModel):
    """An incident on the agenda and why it is due there; added by hand where no reason stands."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items", db_constraint=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    reasons = codes()
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "meeting", "incident"], name="item_once")]

    def __str__(self) -> str:
        return str(self.incident_id)


class ConflictOfInterest(MissionModel):
    """A participant neither sees this item on the meeting's page nor takes part in its decision."""

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="conflicts", db_constraint=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "item", "person"], name="conflict_once")]

    def __str__(self) -> str:
        return str(self.item_id)


class Outcome(MissionModel):
    """What the meeting took of an item: a decision made by who may, a recommendation to its verifier, or none today."""

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="outcomes", db_constraint=False)
    kind = models.CharField(max_length=16)
    to_status = models.CharField(max_length=24, blank=True)
    standard_of_proof = models.CharField(max_length=40, blank=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)
    confirms = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="confirmed_by", db_constraint=False)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["mission", "item", "made_at"], name="outcome_item")]

    def __str__(self) -> str:
        return self.kind


class OutcomeText(MissionModel):
    """Why the meeting recommends (S4); read by the senior adviser and by the verifier who confirms."""

    outcome = models.OneToOneField(Outcome, on_delete=models.PROTECT, related_name="text", db_constraint=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    rationale = models.TextField()

    def __str__(self) -> str:
        return str(self.outcome_id)


class ActionPoint(MissionModel):
    """Something one colleague (`person`) does until a day (S2)."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="points", db_constraint=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    what = models.CharField(max_length=200)
    due_on = models.DateField()
    done_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["mission", "person", "due_on"], name="actionpoint_owner")]

    def __str__(self) -> str:
        return self.due_on.isoformat()


class Forum(MissionModel):
    """One meeting of the consultation forum (S1): the functions present, and the quarter whose aggregates it saw."""

    held_on = models.DateField()
    place = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=12, default="planned")
    quarter = models.CharField(max_length=6)
    functions = codes()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.quarter


class ForumPack(MissionModel):
    """The protected figures of a quarter (S1), made once: a second version could be set against the first."""

    quarter = models.CharField(max_length=6)
    figures = models.JSONField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "quarter"], name="pack_once")]

    def __str__(self) -> str:
        return self.quarter


class Measure(MissionModel):
    """A recommendation of the forum, or a measure of the action plan (S1): who, until when, how far."""

    origin = models.CharField(max_length=12)
    quarter = models.CharField(max_length=6)
    what = models.CharField(max_length=200)
    function = models.CharField(max_length=40)
    due_on = models.DateField()
    state = models.CharField(max_length=12, default="open")

    class Meta:
        indexes = [models.Index(fields=["mission", "origin", "quarter"], name="measure_quarter")]

    def __str__(self) -> str:
        return self.state


class SelfAssessment(MissionModel):
    """One version of a quarter's assessment (S1): answers by item, and what was measured then. Never changed; the latest counts."""

    quarter = models.CharField(max_length=6)
    answers = models.JSONField()
    measured = models.JSONField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["mission", "quarter", "made_at"], name="assessment_quarter")]

    def __str__(self) -> str:
        return self.quarter

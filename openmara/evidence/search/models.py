"""Saved views of the search: codes only."""

from django.db import models

from openmara.evidence.models import codes
from openmara.security.models import MissionModel, Person


class View(MissionModel):
    """A person's own question, kept under a name; others of the named roles may use it too."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    name = models.CharField(max_length=60)
    filters = models.JSONField()
    shared_with = codes(20)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "evidence_view"
        constraints = [models.UniqueConstraint(fields=["mission", "person", "name"], name="view_name")]

    def __str__(self) -> str:
        return self.name

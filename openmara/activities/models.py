"""One table for the entries of every register, and one for the inventory of activities."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from openmara.security.models import MissionModel, Person


class RegisterEntry(MissionModel):
    """An entry of a register: its answers without free text, checked against the register's form."""

    register = models.CharField(max_length=40)
    entry_key = models.CharField(max_length=80)
    form_version = models.CharField(max_length=20)
    occurred_on = models.DateField()
    adm1 = models.CharField(max_length=20, blank=True)
    adm2 = models.CharField(max_length=20, blank=True)
    data = models.JSONField()
    content_mac = models.CharField(max_length=24, blank=True, default="")
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "register", "entry_key"], name="register_entry_key")]
        indexes = [models.Index(fields=["mission", "register", "-occurred_on", "-id"], name="register_page")]

    def __str__(self) -> str:
        return self.entry_key


class RegisterText(MissionModel):
    """Free text of an entry (S4): apart from the rest, in no frame and no export.

    Added and never changed: who writes it may not read it back, so a correction is a new row and the newest counts.
    """

    entry = models.ForeignKey(RegisterEntry, on_delete=models.PROTECT, related_name="texts", db_constraint=False)
    texts = models.JSONField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.entry_id)


class InventoryActivity(MissionModel):
    """A published activity of a UN entity, traceable to page and line; nothing in it is ours."""

    activity_id = models.CharField(max_length=64)
    part_of = models.CharField(max_length=64, blank=True)
    entities = models.JSONField()
    unit_prefix = models.CharField(max_length=40, blank=True)
    period_label = models.CharField(max_length=60, blank=True)
    period_start = models.DateField(null=True)
    period_end = models.DateField(null=True)
    period_precision = models.CharField(max_length=12)
    measures = ArrayField(models.CharField(max_length=40), default=list)
    themes = ArrayField(models.CharField(max_length=40), default=list)
    missions = ArrayField(models.CharField(max_length=40), default=list)
    countries = ArrayField(models.CharField(max_length=80), default=list)
    output_type = models.CharField(max_length=40, blank=True)
    text = models.TextField()
    details = models.JSONField()
    occurrences = models.JSONField()
    review_status = models.CharField(max_length=20, default="unreviewed")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "activity_id"], name="activity_once")]
        indexes = [models.Index(fields=["mission", "-period_end", "-id"], name="activity_page")]

    def __str__(self) -> str:
        return self.activity_id

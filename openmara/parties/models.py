"""The register of parties to conflict (domain: MRM definitions of armed force, armed group, other party, unknown)."""

from django.db import models

from openmara.security.models import MissionModel


class Party(MissionModel):
    code = models.CharField(max_length=40)
    category = models.CharField(max_length=30)
    subtype = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=20, default="active")
    country = models.CharField(max_length=3, blank=True)
    parent_code = models.CharField(max_length=40, blank=True)
    parent_event = models.CharField(max_length=20, blank=True)
    parent_since = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "code"], name="party_code")]

    def __str__(self) -> str:
        return self.code


class PartyName(MissionModel):
    """A name or alias with the time in which it was used; `is_main` marks the one printed."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="names", db_constraint=False)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=8, blank=True)
    is_main = models.BooleanField(default=False)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name

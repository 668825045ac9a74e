"""Areas of a mission, per mission (copied from a library), so that every key carries the mission."""

from django.db import models

from openmara.security.models import MissionModel, Person


class Area(MissionModel):
    """An administrative area with its p-code. Boundaries are GeoJSON geometries, WGS 84."""

    pcode = models.CharField(max_length=20)
    level = models.PositiveSmallIntegerField()
    parent_pcode = models.CharField(max_length=20, blank=True)
    name_en = models.CharField(max_length=120)
    name_fr = models.CharField(max_length=120)
    boundary = models.JSONField(null=True)
    provisional = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mission", "pcode"], name="area_pcode"),
            models.CheckConstraint(condition=models.Q(level__lte=3), name="area_level"),
        ]

    def __str__(self) -> str:
        return self.pcode


class Settlement(MissionModel):
    """A settlement's code inside its areas. Coordinates are of the settlement, never of an incident."""

    code = models.CharField(max_length=24)
    name = models.CharField(max_length=120)
    adm1 = models.CharField(max_length=20)
    adm2 = models.CharField(max_length=20)
    adm3 = models.CharField(max_length=20, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "code"], name="settlement_code")]

    def __str__(self) -> str:
        return self.code


class AreaCoverage(MissionModel):
    """Whether somebody can be referred in a district, as stated on a day. A change is a further row; the last one counts."""

    adm2 = models.CharField(max_length=20)
    health = models.CharField(max_length=10)
    psychosocial = models.CharField(max_length=10)
    as_of = models.DateField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["mission", "adm2", "-recorded_at"], name="coverage_area")]

    def __str__(self) -> str:
        return self.adm2

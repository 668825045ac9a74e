"""Computed values. A value carries its quarter, basis and the fingerprint of what it was computed from."""

from django.db import models

from openmara.security.models import MissionModel


class Snapshot(MissionModel):
    """Frames written at one point in time; every value and every report names the one it was computed from."""

    as_of = models.DateTimeField()
    taken_at = models.DateTimeField()
    fingerprint = models.CharField(max_length=64)
    rows = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["mission", "-as_of"], name="snapshot_latest")]

    def __str__(self) -> str:
        return self.fingerprint[:12]


class IndicatorValue(MissionModel):
    """One cell of one indicator: quarter, breakdown and code ('' = all), exact. Leaves only through `publish`."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="values", db_constraint=False)
    indicator = models.CharField(max_length=20)
    quarter = models.CharField(max_length=6)
    basis = models.CharField(max_length=12)
    breakdown = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=60, blank=True)
    numerator = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    denominator = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    excluded = models.PositiveIntegerField(default=0)
    fingerprint = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mission", "snapshot", "indicator", "quarter", "basis", "breakdown", "code"], name="value_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.quarter}"

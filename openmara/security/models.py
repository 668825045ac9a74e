"""Missions, people, organisations and grants. No case content."""

import uuid
from collections.abc import Iterator

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models


class Mission(models.Model):
    """A compartment of its own: every key of mission data carries it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    name_en = models.CharField(max_length=200)
    name_fr = models.CharField(max_length=200)
    zone = models.CharField(max_length=60, default="UTC")
    synthetic = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.code


class MissionModel(models.Model):
    """A row of one mission. The database key is (mission, id); composite references are made by `protect`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mission = models.ForeignKey(Mission, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class Organisation(MissionModel):
    """An office or partner that sends reports; a compartment inside the mission."""

    code = models.CharField(max_length=40)
    name_en = models.CharField(max_length=200)
    name_fr = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "code"], name="organisation_code")]

    def __str__(self) -> str:
        return self.code


class Person(AbstractBaseUser):
    """Somebody who signs in. `code` stands for the person where a name is not needed.

    The hash of the pass phrase lies in a table of the context's keeper; no role of the application can read it.
    """

    password = None  # type: ignore[assignment]  # takes the inherited field away

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=60, unique=True)
    code = models.CharField(max_length=60)
    display_name = models.CharField(max_length=120)
    language = models.CharField(max_length=8, default="en")
    is_active = models.BooleanField(default=True)
    last_login = None

    USERNAME_FIELD = "username"
    objects = BaseUserManager()

    def get_session_auth_hash(self) -> str:
        """A mark that changes with the pass phrase, so that a change ends the sessions opened before."""
        with connection.cursor() as cursor:
            cursor.execute("select sec.password_mark(%s)", [self.id])
            return str(cursor.fetchone()[0])

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return iter(())

    def __str__(self) -> str:
        return self.code


class Grant(MissionModel):
    """What one person may do in one mission, until when, given by whom."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    roles = ArrayField(models.CharField(max_length=20))
    clearance = models.PositiveSmallIntegerField()
    areas = ArrayField(models.CharField(max_length=20), null=True)
    status = models.CharField(max_length=12, default="confirmed")
    valid_from = models.DateField()
    valid_to = models.DateField()
    revoked_at = models.DateTimeField(null=True)
    granted_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mission", "person"], condition=models.Q(revoked_at=None), name="one_live_grant"),
            models.CheckConstraint(condition=models.Q(clearance__lte=6), name="clearance_class"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}@{self.mission_id}"


class AuditEntry(models.Model):
    """Reading side of the log; it is written by `security.actions.record` alone."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    mission_id = models.UUIDField(null=True)
    event = models.CharField(max_length=80)
    principal = models.CharField(max_length=24)
    role = models.CharField(max_length=200)
    object_ids = ArrayField(models.UUIDField())
    count_bucket = models.CharField(max_length=12, null=True)
    sensitivity = models.CharField(max_length=2, db_column="class")
    purpose = models.CharField(max_length=80)
    outcome = models.CharField(max_length=10)
    request_id = models.UUIDField(null=True)

    class Meta:
        managed = False
        db_table = '"audit"."entry"'

    def __str__(self) -> str:
        return self.event

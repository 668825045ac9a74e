"""Missions, people, organisations and grants. No case content."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from openmara.security.scope import ScopedManager
from openmara.security.sessions import dated_proof


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
    objects = ScopedManager()

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
    language = models.CharField(max_length=8, default="en")
    is_active = models.BooleanField(default=True)
    last_login = None

    USERNAME_FIELD = "username"
    objects = BaseUserManager()

    def get_session_auth_hash(self) -> str:
        """A mark that changes with the pass phrase, so that a change ends the sessions opened before."""
        with connection.cursor() as cursor:
            cursor.execute("select sec.password_mark(%s, %s, %s)", [self.id, *dated_proof(f"mark|{self.id}")])
            return str(cursor.fetchone()[0])

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return iter(())

    @property
    def shown_name(self) -> str:
        """The name where the reader may see it (the person, user administration, the same case team), else the code."""
        try:
            return self.name.display_name  # type: ignore[attr-defined,no-any-return]  # the other side of PersonName.person
        except PersonName.DoesNotExist:
            return self.code

    def __str__(self) -> str:
        return self.code


class PersonName(models.Model):
    """The name apart from the account: whoever reads a row that somebody recorded sees a code (security model, A3)."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="name")
    display_name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return str(self.person_id)


class Grant(MissionModel):
    """What one person may do in one mission, until when. Proposed by one, confirmed by another; neither is the person.

    `staff` and `contingent` decide which compartments are closed. Which steps `status` may take, the database checks
    (sql/rights.sql). Only a confirmed grant within its dates opens a context.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    roles = ArrayField(models.CharField(max_length=20))
    clearance = models.PositiveSmallIntegerField()
    areas = ArrayField(models.CharField(max_length=20), null=True)
    staff = models.CharField(max_length=20, default="international")
    contingent = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=12, default="confirmed")
    valid_from = models.DateField()
    valid_to = models.DateField()
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False, null=True)
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False, null=True)
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False, null=True)
    revoked_at = models.DateTimeField(null=True)
    granted_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mission", "person"],
                condition=models.Q(revoked_at=None, status__in=["confirmed", "travelling", "locked"]),
                name="one_live_grant",
            ),
            models.CheckConstraint(condition=models.Q(clearance__lte=6), name="clearance_class"),
            models.CheckConstraint(condition=models.Q(valid_to__lte=models.F("valid_from") + timedelta(days=366)), name="grant_year"),
            models.CheckConstraint(
                condition=~models.Q(roles__contains=["admin"]) | models.Q(roles=["admin"], clearance__lte=1), name="admin_reads_no_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}@{self.mission_id}"


class Named(MissionModel):
    """Names one person for one compartmented incident or report."""

    object_id = models.UUIDField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    named_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    named_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "object_id", "person"], name="named_once")]

    def __str__(self) -> str:
        return str(self.object_id)


class BreakGlass(MissionModel):
    """Somebody opened one reference that need-to-know closes to them: why, until when, and what the review found."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    ref = models.CharField(max_length=8)
    reason_code = models.CharField(max_length=30)
    reason = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False, null=True)
    reviewed_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=20, blank=True)
    review_note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(until__lte=models.F("asked_at") + timedelta(hours=4)), name="glass_four_hours"),
            models.CheckConstraint(condition=~models.Q(reviewed_by=models.F("person")), name="glass_other_reviewer"),
        ]
        indexes = [models.Index(fields=["mission", "ref", "person"], name="glass_ref")]

    def __str__(self) -> str:
        return self.ref


class LockDown(MissionModel):
    """A mission closed at once by two people, and opened again by two. Active from confirmation until lifted."""

    reason_code = models.CharField(max_length=30)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False, null=True)
    confirmed_at = models.DateTimeField(null=True)
    lift_asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False, null=True)
    lift_confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False, null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(confirmed_by=models.F("asked_by")), name="lock_two_people"),
            models.CheckConstraint(condition=~models.Q(lift_confirmed_by=models.F("lift_asked_by")), name="lift_two_people"),
        ]

    def __str__(self) -> str:
        return self.reason_code


class Recovery(MissionModel):
    """A way back for somebody locked out: asked by one officer, approved by another; the person sees it and may cancel."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    kind = models.CharField(max_length=10)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    asked_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False, null=True)
    approved_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False, null=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(approved_by=models.F("asked_by")), name="recovery_two_people"),
            models.CheckConstraint(
                condition=~models.Q(person=models.F("asked_by")) & ~models.Q(person=models.F("approved_by")), name="recovery_other_person"
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class Module(MissionModel):
    """A module that somebody completed, and until when it holds. A repetition is a further row; the longest one counts."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="modules", db_constraint=False)
    code = models.CharField(max_length=20)
    completed_on = models.DateField()
    valid_until = models.DateField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["mission", "person"], name="module_person")]

    def __str__(self) -> str:
        return self.code


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

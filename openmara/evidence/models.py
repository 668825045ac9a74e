"""Reports and incidents. One abstract coding serves both (ADR 0004): a report keeps its own for ever, an
incident's is the verifier's judgement. Tables are split by class: what needs another right lies in another table.
"""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models

from openmara.parties.models import Party
from openmara.security.models import MissionModel, Organisation, Person

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread


def new_reference() -> str:
    """Eight random characters; says nothing of place, date or order."""
    return "".join(secrets.choice(ALPHABET) for _ in range(8))


def codes(size: int = 40) -> ArrayField:
    return ArrayField(models.CharField(max_length=size), default=list, blank=True)


class Coding(models.Model):
    """What is stated of an event, coded (S2): month and admin 2 at the finest. Blank, `unknown` and 0 are three things."""

    record_class = models.CharField(max_length=20, default="crsv")
    month_from = models.DateField()
    month_to = models.DateField()
    date_precision = models.CharField(max_length=12)
    reported_month = models.DateField()
    adm1 = models.CharField(max_length=20)
    adm2 = models.CharField(max_length=20, blank=True)
    location_precision = models.CharField(max_length=12)
    place_type = models.CharField(max_length=40, blank=True)
    time_of_day = models.CharField(max_length=20, blank=True)
    displacement_context = models.CharField(max_length=30, blank=True)
    activity_context = models.CharField(max_length=30, blank=True)
    during_military_operation = models.CharField(max_length=10, blank=True)
    forms = codes()
    principal_form = models.CharField(max_length=30)
    nexus_types = codes()
    nexus_evidence = codes()
    tactic_use = codes()
    associated_violations = codes()
    women = models.PositiveIntegerField(null=True)
    girls = models.PositiveIntegerField(null=True)
    men = models.PositiveIntegerField(null=True)
    boys = models.PositiveIntegerField(null=True)
    adult_unknown = models.PositiveIntegerField(null=True)
    child_unknown = models.PositiveIntegerField(null=True)
    unknown = models.PositiveIntegerField(null=True)
    total = models.PositiveIntegerField()
    total_min = models.PositiveIntegerField(null=True)
    total_max = models.PositiveIntegerField(null=True)
    number_estimated = models.BooleanField()
    perpetrator_count = models.CharField(max_length=12, blank=True)
    child_protection_routed = models.BooleanField(null=True)
    classification = models.CharField(max_length=24, default="confidential")

    class Meta:
        abstract = True


class ExactPlaceAndTime(models.Model):
    """Exact day, admin 3 and settlement code (S3)."""

    date_from = models.DateField()
    date_to = models.DateField()
    date_reported = models.DateField()
    adm3 = models.CharField(max_length=20, blank=True)
    settlement = models.CharField(max_length=24, blank=True)

    class Meta:
        abstract = True


class Incident(MissionModel, Coding):
    """One event or continuous course of conduct by the same actors in the same place and time window."""

    ref = models.CharField(max_length=8, default=new_reference)
    verification_status = models.CharField(max_length=24, default="received")
    attribution_status = models.CharField(max_length=12, default="alleged")
    standard_of_proof = models.CharField(max_length=40, blank=True)
    verified_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    compartment = codes(60)
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_constraint=False, related_name="+")
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    assigned_to = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    recorded_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mission", "ref"], name="incident_ref"),
            models.CheckConstraint(condition=models.Q(month_to__gte=models.F("month_from")), name="incident_months"),
            models.CheckConstraint(condition=models.Q(total__gte=1), name="incident_total"),
        ]
        indexes = [
            models.Index(fields=["mission", "-month_to", "-id"], name="incident_page"),
            models.Index(fields=["mission", "verification_status", "-month_to", "-id"], name="incident_status_page"),
            models.Index(fields=["mission", "adm1", "-month_to", "-id"], name="incident_area_page"),
            models.Index(fields=["mission", "assigned_to"], name="incident_assigned"),
            models.Index(fields=["mission", "opened_by"], name="incident_opened"),
            models.Index(
                fields=["mission", "recorded_at", "id"], name="incident_backlog", condition=models.Q(verification_status__in=["received", "under_verification"])
            ),
            models.Index(fields=["mission", "verified_on"], name="incident_verified", condition=models.Q(verification_status="verified")),
        ]

    def __str__(self) -> str:
        return self.ref


class IncidentPlace(MissionModel, ExactPlaceAndTime):
    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="exact", db_constraint=False)

    def __str__(self) -> str:
        return str(self.incident_id)


class IncidentText(MissionModel):
    """Working summaries (S4). `narrative_shareable` is required before release."""

    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="text", db_constraint=False)
    nexus_note = models.TextField(blank=True)
    narrative_confidential = models.TextField(blank=True)
    narrative_shareable = models.TextField(blank=True)

    def __str__(self) -> str:
        return str(self.incident_id)


class AllegedPerpetrator(MissionModel):
    """A party alleged or found responsible for one incident; its own axis, apart from verification (V7)."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="perpetrators", db_constraint=False)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    category = models.CharField(max_length=30)
    attribution_status = models.CharField(max_length=12, default="alleged")
    perpetrator_sex = models.CharField(max_length=10, blank=True)
    responsibility_mode = models.CharField(max_length=40, blank=True)
    arrested = models.CharField(max_length=10, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["mission", "incident"], name="perpetrator_incident"),
            models.Index(fields=["mission", "party", "incident"], name="perpetrator_party"),
        ]

    def __str__(self) -> str:
        return str(self.party_id or self.category)


class Report(MissionModel, Coding):
    """One account from one source, kept exactly as received beside its coded form. Never merged away."""

    ref = models.CharField(max_length=8, default=new_reference)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    their_reference = models.CharField(max_length=80)
    source_org_type = models.CharField(max_length=40)
    route = models.CharField(max_length=20, default="untriaged")
    context_only = models.BooleanField(default=False)
    short_form = models.BooleanField(default=False)
    party_codes = codes()
    compartment = codes(60)
    content_sha256 = models.BinaryField()
    batch = models.ForeignKey("Batch", on_delete=models.PROTECT, null=True, db_constraint=False, related_name="+")
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mission", "organisation", "their_reference"], name="report_key"),
            models.UniqueConstraint(fields=["mission", "ref"], name="report_ref"),
        ]
        indexes = [
            models.Index(fields=["mission", "-recorded_at", "-id"], name="report_page"),
            models.Index(fields=["mission", "route", "-recorded_at", "-id"], name="report_route_page"),
        ]

    def __str__(self) -> str:
        return self.ref


class ReportPlace(MissionModel, ExactPlaceAndTime):
    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="exact", db_constraint=False)

    def __str__(self) -> str:
        return str(self.report_id)


class ReportText(MissionModel):
    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="text", db_constraint=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    nexus_note = models.TextField(blank=True)
    narrative_confidential = models.TextField(blank=True)
    narrative_shareable = models.TextField(blank=True)

    def __str__(self) -> str:
        return str(self.report_id)


class Source(MissionModel):
    """What kind of source stands behind a report (S3 codes); who it is, is never kept here (V6, MRM source fields)."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="sources", db_constraint=False)
    source_category = models.CharField(max_length=40)
    source_type = models.CharField(max_length=40, blank=True)
    source_reliability = models.CharField(max_length=10, blank=True)
    source_credibility = models.CharField(max_length=10, blank=True)

    class Meta:
        indexes = [models.Index(fields=["mission", "report"], name="source_report")]

    def __str__(self) -> str:
        return self.source_category


class Consent(MissionModel):
    """Recorded consent for one report; missing means no (docs/reference/rules.md, V9)."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="consent", db_constraint=False)
    basis = models.CharField(max_length=60)
    scope = codes(60)
    given_on = models.DateField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_scope = codes(60)
    recontact = models.CharField(max_length=20, blank=True)
    mandatory_reporting_explained = models.BooleanField(null=True)

    def __str__(self) -> str:
        return self.basis


class Link(MissionModel):
    """The judgement that a report speaks of an incident. Undone, never deleted."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="links", db_constraint=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="links", db_constraint=False)
    opened_incident = models.BooleanField(default=False)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mission", "report"], condition=models.Q(undone_at=None), name="one_live_link"),
        ]
        indexes = [models.Index(fields=["mission", "incident"], name="link_incident")]

    def __str__(self) -> str:
        return f"{self.report_id}->{self.incident_id}"


class Decision(MissionModel):
    """A step of verification or attribution: from, to, by whom, stated on which day. Rationale lies apart (S4)."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="decisions", db_constraint=False)
    axis = models.CharField(max_length=12)
    from_status = models.CharField(max_length=24)
    to_status = models.CharField(max_length=24)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    standard_of_proof = models.CharField(max_length=40, blank=True)
    primary_sources = models.PositiveSmallIntegerField(null=True)
    secondary_sources = models.PositiveSmallIntegerField(null=True)
    un_among_sources = models.BooleanField(null=True)
    basis = models.CharField(max_length=20, default="own")
    reason_code = models.CharField(max_length=40, blank=True)
    stated_on = models.DateField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["mission", "incident", "recorded_at"], name="decision_incident")]

    def __str__(self) -> str:
        return f"{self.from_status}->{self.to_status}"


class DecisionText(MissionModel):
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="text", db_constraint=False)
    rationale = models.TextField()

    def __str__(self) -> str:
        return str(self.decision_id)


class Batch(MissionModel):
    """One file taken in as a whole, by its hash; the same file twice changes nothing."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    kind = models.CharField(max_length=40)
    file_sha256 = models.BinaryField()
    rows = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mission", "kind", "file_sha256"], name="batch_once")]

    def __str__(self) -> str:
        return self.kind


class SeaRouting(MissionModel):
    """All that is kept where conduct by UN or related personnel is alleged: that it was routed, when, with which receipt."""

    channel = models.CharField(max_length=40)
    routed_on = models.DateField()
    receipt_reference = models.CharField(max_length=80, blank=True)
    receipt_at = models.DateTimeField(null=True)
    routed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.channel


# One app, one list of tables: those of the room's parts, which build on the ones above.
import openmara.evidence.consent.models  # noqa: E402  # after the tables above
import openmara.evidence.custody.models  # noqa: E402  # after the tables above
import openmara.evidence.flash.models  # noqa: E402  # after the tables above
import openmara.evidence.gathering.models  # noqa: E402  # after the tables above
import openmara.evidence.meetings.models  # noqa: E402  # after the tables above
import openmara.evidence.parties_view.models  # noqa: E402  # after the tables above
import openmara.evidence.search.models  # noqa: E402  # after the tables above
import openmara.evidence.triage.models  # noqa: E402  # after the tables above
import openmara.evidence.verification.models  # noqa: E402, F401  # after the tables above

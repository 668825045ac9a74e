"""Verification by reference, release by another, same origin, changed quarters, reconciliation signed by three."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from openmara.security.protect import Protect

# Who released, judged or signed stays who it was; a sheet that three have signed does not change any more.
SIGNED = ("release", "sameorigin", "reconciliation", "reconciliationcell", "reconciliationsignature")
CLOSED = """
create function public.evidence_sheet_frozen() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if current_user not in ('app_web', 'app_worker') then return new; end if;
  if tg_table_name = 'evidence_reconciliation' then
    if old.frozen_at is not null then raise insufficient_privilege using message = 'three have signed: this does not change'; end if;
    return new;
  end if;
  if exists (select 1 from public.evidence_reconciliation r
      where r.mission_id = new.mission_id and r.id in (new.sheet_id, old.sheet_id) and r.frozen_at is not null) then
    raise insufficient_privilege using message = 'three have signed: this does not change';
  end if;
  return new;
end $$;
create trigger frozen before update on public.evidence_reconciliation for each row execute function public.evidence_sheet_frozen();
create trigger frozen before insert or update on public.evidence_reconciliationcell for each row execute function public.evidence_sheet_frozen();
create trigger frozen before insert or update on public.evidence_reconciliationsignature for each row execute function public.evidence_sheet_frozen();
"""
OPENED = """
drop trigger if exists frozen on public.evidence_reconciliation;
drop trigger if exists frozen on public.evidence_reconciliationcell;
drop trigger if exists frozen on public.evidence_reconciliationsignature;
drop function if exists public.evidence_sheet_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0005_gathering"), ("security", "0008_need")]

    operations = [
        migrations.CreateModel(
            name="BodyRecord",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("body", models.CharField(max_length=20)),
                ("external_reference", models.CharField(max_length=80)),
                ("verified_on", models.DateField()),
                ("standard_of_proof", models.CharField(blank=True, max_length=40)),
                ("outcome", models.CharField(max_length=24)),
            ],
        ),
        migrations.CreateModel(
            name="QuarterChange",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("quarter", models.CharField(max_length=6)),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("quarter", models.CharField(max_length=6)),
                ("made_at", models.DateTimeField()),
                ("frozen_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ReconciliationCell",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("form_group", models.CharField(max_length=40)),
                ("breakdown", models.CharField(max_length=20)),
                ("code", models.CharField(max_length=60)),
                ("incidents", models.PositiveIntegerField()),
                ("mara", models.PositiveIntegerField()),
                ("late", models.PositiveIntegerField()),
                ("human_rights", models.PositiveIntegerField(null=True)),
                ("mrm", models.PositiveIntegerField(null=True)),
                ("reason_code", models.CharField(blank=True, max_length=40)),
                ("words", models.CharField(blank=True, max_length=300)),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ReconciliationSignature",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("body", models.CharField(max_length=20)),
                ("content_sha256", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SameOrigin",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="decision",
            name="basis",
            field=models.CharField(default="own", max_length=20),
        ),
        migrations.AddField(
            model_name="decision",
            name="reason_code",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                condition=models.Q(("verification_status__in", ["received", "under_verification"])),
                fields=["mission", "recorded_at", "id"],
                name="incident_backlog",
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(condition=models.Q(("verification_status", "verified")), fields=["mission", "verified_on"], name="incident_verified"),
        ),
        migrations.AddField(
            model_name="bodyrecord",
            name="decision",
            field=models.OneToOneField(
                db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="body_record", to="evidence.decision"
            ),
        ),
        migrations.AddField(
            model_name="bodyrecord",
            name="mission",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"),
        ),
        migrations.AddField(
            model_name="quarterchange",
            name="mission",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"),
        ),
        migrations.AddField(
            model_name="reconciliation",
            name="made_by",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="reconciliation",
            name="mission",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"),
        ),
        migrations.AddField(
            model_name="reconciliationcell",
            name="mission",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"),
        ),
        migrations.AddField(
            model_name="reconciliationcell",
            name="recorded_by",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="reconciliationcell",
            name="sheet",
            field=models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="cells", to="evidence.reconciliation"
            ),
        ),
        migrations.AddField(
            model_name="reconciliationsignature",
            name="made_by",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="reconciliationsignature",
            name="mission",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"),
        ),
        migrations.AddField(
            model_name="reconciliationsignature",
            name="sheet",
            field=models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="evidence.reconciliation"
            ),
        ),
        migrations.AddField(
            model_name="reconciliationsignature",
            name="undone_by",
            field=models.ForeignKey(
                db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="decision",
            field=models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="evidence.decision"
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="incident",
            field=models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="evidence.incident"
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="made_by",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="release",
            name="mission",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"),
        ),
        migrations.AddField(
            model_name="release",
            name="undone_by",
            field=models.ForeignKey(
                db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="verified_by",
            field=models.ForeignKey(
                db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="sameorigin",
            name="incident",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="origins", to="evidence.incident"),
        ),
        migrations.AddField(
            model_name="sameorigin",
            name="made_by",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="sameorigin",
            name="mission",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"),
        ),
        migrations.AddField(
            model_name="sameorigin",
            name="report_a",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="evidence.report"),
        ),
        migrations.AddField(
            model_name="sameorigin",
            name="report_b",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="evidence.report"),
        ),
        migrations.AddField(
            model_name="sameorigin",
            name="undone_by",
            field=models.ForeignKey(
                db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="bodyrecord",
            index=models.Index(fields=["mission", "body", "external_reference"], name="body_record_of"),
        ),
        migrations.AddIndex(
            model_name="quarterchange",
            index=models.Index(fields=["mission", "-changed_at"], name="quarter_changed"),
        ),
        migrations.AddConstraint(
            model_name="reconciliation",
            constraint=models.UniqueConstraint(fields=("mission", "quarter"), name="one_sheet_a_quarter"),
        ),
        migrations.AddConstraint(
            model_name="reconciliationcell",
            constraint=models.UniqueConstraint(fields=("mission", "sheet", "form_group", "breakdown", "code"), name="one_reconciled_cell"),
        ),
        migrations.AddConstraint(
            model_name="reconciliationsignature",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)), fields=("mission", "sheet", "body"), name="one_signature_a_body"
            ),
        ),
        migrations.AddConstraint(
            model_name="reconciliationsignature",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)), fields=("mission", "sheet", "made_by"), name="one_signature_a_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(condition=models.Q(("undone_at", None)), fields=("mission", "incident"), name="one_live_release"),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(condition=models.Q(("verified_by", models.F("made_by")), _negated=True), name="released_by_another"),
        ),
        migrations.AddIndex(
            model_name="sameorigin",
            index=models.Index(fields=["mission", "incident"], name="origin_incident"),
        ),
        migrations.RunSQL(CLOSED, OPENED),
        *(
            migrations.RunSQL(
                f"create trigger signed before update on public.evidence_{name} for each row execute function sec.signed()",
                f"drop trigger if exists signed on public.evidence_{name}",
            )
            for name in SIGNED
        ),
        Protect("Release", "BodyRecord", "SameOrigin", "QuarterChange", "Reconciliation", "ReconciliationCell", "ReconciliationSignature"),
    ]

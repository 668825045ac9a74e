"""Flash reports, operational alerts, pattern assessments, steps of listing."""

import datetime
import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import openmara.evidence.models
from openmara.security.protect import Protect

# Whoever clears or reviews does so in their own name, and holds a role that clears. Installations pass.
CLEARED = """
create function public.evidence_cleared() returns trigger language plpgsql set search_path = pg_catalog as $$
declare was jsonb; will jsonb; step text;
begin
  if current_user not in ('app_web', 'app_worker') then return new; end if;
  was := to_jsonb(old); will := to_jsonb(new);
  foreach step in array array['cleared_by_id', 'reviewed_by_id'] loop
    if will ->> step is not null and will -> step is distinct from was -> step
       and (will ->> step is distinct from sec.person()::text or not coalesce(sec.roles(), '{}') && array['hom', 'swpa', 'hr']) then
      raise insufficient_privilege using message = 'cleared by whoever clears it';
    end if;
  end loop;
  return new;
end $$;
create trigger signed before update on public.evidence_flash for each row execute function sec.signed();
create trigger cleared before insert or update on public.evidence_flash for each row execute function public.evidence_cleared();
create trigger signed before update on public.evidence_patternassessment for each row execute function sec.signed();
create trigger cleared before insert or update on public.evidence_patternassessment for each row execute function public.evidence_cleared();
"""
CLEARED_BACK = """
drop trigger if exists signed on public.evidence_flash;
drop trigger if exists cleared on public.evidence_flash;
drop trigger if exists signed on public.evidence_patternassessment;
drop trigger if exists cleared on public.evidence_patternassessment;
drop function public.evidence_cleared();
"""
# An alert that is over is closed to everybody; this takes it out of the table too, in every mission.
OVER = """
set local role sec_owner;
create function sec.forget_alerts() returns int language sql security definer set search_path = pg_catalog as $$
  with gone as (delete from public.evidence_alert where expires_at <= clock_timestamp() returning 1) select count(*)::int from gone $$;
revoke all on function sec.forget_alerts() from public;
grant execute on function sec.forget_alerts() to app_web, app_worker;
set local role data_owner;
"""
OVER_BACK = "set local role sec_owner; drop function if exists sec.forget_alerts(); set local role data_owner;"


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0008_consent"),
        ("parties", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PatternAssessment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('ref', models.CharField(default=openmara.evidence.models.new_reference, max_length=8)),
                ('state', models.CharField(default='draft', max_length=12)),
                ('criteria', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=list, size=None)),
                ('finding', models.CharField(max_length=20)),
                ('month_from', models.DateField()),
                ('month_to', models.DateField()),
                ('compartment', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                ('made_at', models.DateTimeField()),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mission', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='security.mission')),
                ('party', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                ('reviewed_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='PatternIncident',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('assessment', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='chosen', to='evidence.patternassessment')),
                ('incident', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.incident')),
                ('mission', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='security.mission')),
            ],
        ),
        migrations.CreateModel(
            name='PatternText',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('rationale', models.TextField()),
                ('assessment', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='text', to='evidence.patternassessment')),
                ('mission', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='security.mission')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('ref', models.CharField(default=openmara.evidence.models.new_reference, max_length=8)),
                ('adm1', models.CharField(max_length=20)),
                ('adm2', models.CharField(blank=True, max_length=20)),
                ('route', models.CharField(blank=True, max_length=120)),
                ('threat', models.CharField(max_length=30)),
                ('timing', models.CharField(max_length=20)),
                ('care', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('note', models.CharField(blank=True, max_length=280)),
                ('compartment', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mission', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='security.mission')),
                ('party', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
            ],
            options={
                'indexes': [models.Index(fields=['mission', '-expires_at', '-id'], name='alert_page')],
                'constraints': [models.UniqueConstraint(fields=('mission', 'ref'), name='alert_ref'), models.CheckConstraint(condition=models.Q(('expires_at__lte', django.db.models.expressions.CombinedExpression(models.F('made_at'), '+', models.Value(datetime.timedelta(days=3))))), name='alert_72_hours')],
            },
        ),
        migrations.CreateModel(
            name='Flash',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('ref', models.CharField(default=openmara.evidence.models.new_reference, max_length=8)),
                ('state', models.CharField(default='draft', max_length=12)),
                ('received_at', models.DateTimeField()),
                ('adm1', models.CharField(max_length=20)),
                ('adm2', models.CharField(blank=True, max_length=20)),
                ('forms', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('women', models.PositiveIntegerField(null=True)),
                ('girls', models.PositiveIntegerField(null=True)),
                ('men', models.PositiveIntegerField(null=True)),
                ('boys', models.PositiveIntegerField(null=True)),
                ('unknown', models.PositiveIntegerField(null=True)),
                ('number_estimated', models.BooleanField(default=True)),
                ('party_category', models.CharField(max_length=30)),
                ('triggers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('risk', models.CharField(blank=True, max_length=500)),
                ('care_72h', models.CharField(default='unknown', max_length=10)),
                ('action_taken', models.CharField(blank=True, max_length=500)),
                ('action_requested', models.CharField(blank=True, max_length=500)),
                ('addressees', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                ('classification', models.CharField(default='confidential', max_length=24)),
                ('next_update_due', models.DateTimeField()),
                ('compartment', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                ('version', models.PositiveIntegerField(default=1)),
                ('made_at', models.DateTimeField()),
                ('cleared_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('cleared_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('incident', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='flashes', to='evidence.incident')),
                ('made_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mission', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='security.mission')),
                ('replaces', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.flash')),
            ],
            options={
                'indexes': [models.Index(fields=['mission', '-made_at', '-id'], name='flash_page')],
                'constraints': [models.UniqueConstraint(fields=('mission', 'ref'), name='flash_ref'), models.CheckConstraint(condition=models.Q(('cleared_by', None), models.Q(('cleared_by', models.F('made_by')), _negated=True), _connector='OR'), name='flash_cleared_by_another'), models.CheckConstraint(condition=models.Q(('sent_at', None), ('cleared_by__isnull', False), _connector='OR'), name='flash_sent_after_clearance')],
            },
        ),
        migrations.CreateModel(
            name='PartyEvent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('event', models.CharField(max_length=20)),
                ('year', models.PositiveSmallIntegerField()),
                ('decided_on', models.DateField()),
                ('forms', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('source_document', models.CharField(max_length=80)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mission', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='security.mission')),
                ('party', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('mission', 'party', 'event', 'year'), name='party_event_once')],
            },
        ),
        migrations.AddIndex(
            model_name='patternassessment',
            index=models.Index(fields=['mission', 'party', '-made_at'], name='pattern_party'),
        ),
        migrations.AddConstraint(
            model_name='patternassessment',
            constraint=models.UniqueConstraint(fields=('mission', 'ref'), name='pattern_ref'),
        ),
        migrations.AddConstraint(
            model_name='patternassessment',
            constraint=models.CheckConstraint(condition=models.Q(('reviewed_by', None), models.Q(('reviewed_by', models.F('made_by')), _negated=True), _connector='OR'), name='pattern_reviewed_by_another'),
        ),
        migrations.AddConstraint(
            model_name='patternincident',
            constraint=models.UniqueConstraint(fields=('mission', 'assessment', 'incident'), name='pattern_incident_once'),
        ),
        Protect("PatternAssessment", "PatternIncident", "PatternText", "Alert", "Flash", "PartyEvent"),
        migrations.RunSQL(CLEARED, CLEARED_BACK),
        migrations.RunSQL(OVER, OVER_BACK),
    ]

"""Triage: routes with the wording they were decided under, what was said about services, drafts only their owner reads."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from openmara.security.protect import Protect

# An incident left without any report is emptied by the application; what it said before goes here, and only then (domain rules of SEA).
# The keeper looks whether it is empty, the owner of the histories deletes.
# An incident without reports is closed by triage too: nobody else is there to decide on it.
MAY = """
set local role sec_owner;
create function sec.without_reports(p_incident uuid) returns boolean language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  return sec.mission() is not null and not exists (select 1 from public.evidence_link l where l.mission_id = sec.mission() and l.incident_id = p_incident and l.undone_at is null);
end $$;
create or replace function sec.case_kept() returns trigger language plpgsql set search_path = pg_catalog as $$
declare was jsonb; will jsonb; mine text[];
begin
  if current_user not in ('app_web', 'app_worker') then return new; end if;
  was := to_jsonb(old); will := to_jsonb(new); mine := coalesce(sec.roles(), '{}');
  if will ->> 'ref' is distinct from was ->> 'ref' or will ->> 'opened_by_id' is distinct from was ->> 'opened_by_id'
     or will ->> 'recorded_by_id' is distinct from was ->> 'recorded_by_id' or will ->> 'recorded_at' is distinct from was ->> 'recorded_at'
     or will ->> 'content_sha256' is distinct from was ->> 'content_sha256'
     or will ->> 'their_reference' is distinct from was ->> 'their_reference'
     or not (will -> 'compartment') @> (was -> 'compartment')
     or (will ->> 'assigned_to_id' is distinct from was ->> 'assigned_to_id' and not mine && array['swpa', 'hr', 'cp'])
     or ((will ->> 'verification_status' is distinct from was ->> 'verification_status'
          or will ->> 'verified_on' is distinct from was ->> 'verified_on')
         and not coalesce(mine && array['hr', 'cp'] and was ->> 'assigned_to_id' = sec.person()::text, false)
         and not coalesce(will ->> 'verification_status' = 'out_of_scope' and will ->> 'record_class' = '' and will ->> 'verified_on' is null
           and mine && array['swpa', 'wpa', 'hr', 'cp'] and tg_table_name = 'evidence_incident' and sec.without_reports(old.id), false)) then
    raise insufficient_privilege using message = 'this does not change';
  end if;
  return new;
end $$;
create function sec.may_forget(p_incident uuid) returns boolean language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  return sec.roles() && array['swpa', 'wpa'] and sec.fresh() and exists (select 1 from public.evidence_incident i
      where i.mission_id = sec.mission() and i.id = p_incident and i.verification_status = 'out_of_scope' and i.forms = '{}')
    and sec.without_reports(p_incident);
end $$;
revoke all on function sec.may_forget(uuid), sec.without_reports(uuid) from public;
grant execute on function sec.may_forget(uuid) to data_owner;
grant execute on function sec.without_reports(uuid) to app_web, app_worker, data_owner;
set local role data_owner;
create function public.evidence_forget(p_incident uuid) returns boolean language plpgsql security definer set search_path = pg_catalog as $$
declare here uuid := sec.mission();
begin
  if sec.may_forget(p_incident) is not true then return false; end if;
  delete from public.evidence_incident_history where mission_id = here and id = p_incident;
  delete from public.evidence_incidentplace_history where mission_id = here and earlier ->> 'incident_id' = p_incident::text;
  delete from public.evidence_incidenttext_history where mission_id = here and earlier ->> 'incident_id' = p_incident::text;
  delete from public.evidence_allegedperpetrator_history where mission_id = here and earlier ->> 'incident_id' = p_incident::text;
  return true;
end $$;
revoke all on function public.evidence_forget(uuid) from public;
grant execute on function public.evidence_forget(uuid) to app_web, app_worker;
create trigger signed before update on public.evidence_searouting for each row execute function sec.signed();
"""
BACK = """
drop trigger signed on public.evidence_searouting;
drop function public.evidence_forget(uuid);
set local role sec_owner;
drop function sec.may_forget(uuid), sec.without_reports(uuid);
create or replace function sec.case_kept() returns trigger language plpgsql set search_path = pg_catalog as $$
declare was jsonb; will jsonb; mine text[];
begin
  if current_user not in ('app_web', 'app_worker') then return new; end if;
  was := to_jsonb(old); will := to_jsonb(new); mine := coalesce(sec.roles(), '{}');
  if will ->> 'ref' is distinct from was ->> 'ref' or will ->> 'opened_by_id' is distinct from was ->> 'opened_by_id'
     or will ->> 'recorded_by_id' is distinct from was ->> 'recorded_by_id' or will ->> 'recorded_at' is distinct from was ->> 'recorded_at'
     or will ->> 'content_sha256' is distinct from was ->> 'content_sha256'
     or will ->> 'their_reference' is distinct from was ->> 'their_reference'
     or not (will -> 'compartment') @> (was -> 'compartment')
     or (will ->> 'assigned_to_id' is distinct from was ->> 'assigned_to_id' and not mine && array['swpa', 'hr', 'cp'])
     or ((will ->> 'verification_status' is distinct from was ->> 'verification_status'
          or will ->> 'verified_on' is distinct from was ->> 'verified_on')
         and not coalesce(mine && array['hr', 'cp'] and was ->> 'assigned_to_id' = sec.person()::text, false)) then
    raise insufficient_privilege using message = 'this does not change';
  end if;
  return new;
end $$;
set local role data_owner;
"""


def key() -> tuple[str, models.Field]:
    return ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False))


def mission() -> tuple[str, models.Field]:
    return ("mission", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"))


def person() -> models.Field:
    return models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)


def report(name: str) -> tuple[str, models.Field]:
    return ("report", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name=name, to="evidence.report"))


class Migration(migrations.Migration):
    dependencies = [("evidence", "0003_signed")]
    operations = [
        migrations.AddField("report", "short_form", models.BooleanField(default=False)),
        migrations.AddField("searouting", "receipt_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            "TriageDecision",
            [
                key(),
                ("from_route", models.CharField(max_length=20)),
                ("to_route", models.CharField(max_length=20)),
                ("definition", models.CharField(max_length=20)),
                ("nexus_types", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("made_at", models.DateTimeField()),
                ("made_by", person()),
                mission(),
                report("routes"),
            ],
            {"indexes": [models.Index(fields=["mission", "report", "made_at"], name="triage_report")]},
        ),
        migrations.CreateModel(
            "ServiceInfo",
            [
                key(),
                ("information", models.CharField(max_length=10)),
                ("referral", models.CharField(max_length=12)),
                ("made_at", models.DateTimeField()),
                ("made_by", person()),
                mission(),
                report("service_infos"),
            ],
            {"indexes": [models.Index(fields=["mission", "report", "made_at"], name="service_info_report")]},
        ),
        migrations.CreateModel(
            "SeaDraft",
            [
                key(),
                ("sealed", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                mission(),
                ("person", person()),
                (
                    "routing",
                    models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="evidence.searouting"),
                ),
            ],
            {"indexes": [models.Index(fields=["mission", "person"], name="sea_draft_person")]},
        ),
        migrations.RunSQL(MAY, BACK),
        Protect("TriageDecision", "ServiceInfo", "SeaDraft"),
    ]

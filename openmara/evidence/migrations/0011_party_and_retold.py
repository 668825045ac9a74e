"""Incidents of one party are found without reading those of all others; what retells an erased account goes with it; a signed sheet
and its lines are each guarded by a step of their own."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from openmara.security.protect import keeper_sql

RETELL = ("evidence_gatheringtext", "evidence_outcometext", "evidence_editconflict")
FUNCTION = """
set local role sec_owner;
-- Reasons of splits and joins, recommendations of meetings and edits that were kept may retell any account of the incident. Not all
-- of them are open to whoever erases: the keeper takes them out, for the person who erased, and for an incident with a tombstone of theirs.
create function sec.retold_forget(p_incident uuid) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare here uuid := sec.mission();
begin
  if not exists (select 1 from public.evidence_tombstone t where t.mission_id = here and t.incident_id = p_incident and t.made_by_id = sec.person()) then
    raise insufficient_privilege using message = 'not erased';
  end if;
  delete from public.evidence_gatheringtext x using public.evidence_gathering g
   where x.mission_id = here and g.mission_id = here and g.id = x.gathering_id and p_incident in (g.incident_id, g.other_id);
  delete from public.evidence_outcometext where mission_id = here and incident_id = p_incident;
  delete from public.evidence_editconflict where mission_id = here and incident_id = p_incident;
end $$;
revoke all on function sec.retold_forget(uuid) from public;
grant execute on function sec.retold_forget(uuid) to app_web, app_worker;

-- How many alerts were over is nobody's to learn: whoever holds the password of the role alone could ask.
drop function sec.forget_alerts();
create function sec.forget_alerts() returns void language sql security definer set search_path = pg_catalog as $$
  delete from public.evidence_alert where expires_at <= clock_timestamp() $$;
revoke all on function sec.forget_alerts() from public;
grant execute on function sec.forget_alerts() to app_web, app_worker;
set local role data_owner;
"""
BACK = """
set local role sec_owner;
drop function if exists sec.retold_forget(uuid);
drop function if exists sec.forget_alerts();
create function sec.forget_alerts() returns int language sql security definer set search_path = pg_catalog as $$
  with gone as (delete from public.evidence_alert where expires_at <= clock_timestamp() returning 1) select count(*)::int from gone $$;
revoke all on function sec.forget_alerts() from public;
grant execute on function sec.forget_alerts() to app_web, app_worker;
set local role data_owner;
"""
SHEETS = """
create function public.evidence_sheet_closed() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if current_user not in ('app_web', 'app_worker') then return new; end if;
  if old.frozen_at is not null then raise insufficient_privilege using message = 'three have signed: this does not change'; end if;
  return new;
end $$;
create or replace function public.evidence_sheet_frozen() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if current_user not in ('app_web', 'app_worker') then return new; end if;
  if exists (select 1 from public.evidence_reconciliation r
      where r.mission_id = new.mission_id and r.id in (new.sheet_id, old.sheet_id) and r.frozen_at is not null) then
    raise insufficient_privilege using message = 'three have signed: this does not change';
  end if;
  return new;
end $$;
drop trigger frozen on public.evidence_reconciliation;
create trigger frozen before update on public.evidence_reconciliation for each row execute function public.evidence_sheet_closed();
"""
SHEETS_BACK = """
create or replace function public.evidence_sheet_frozen() returns trigger language plpgsql set search_path = pg_catalog as $$
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
drop trigger if exists frozen on public.evidence_reconciliation;
create trigger frozen before update on public.evidence_reconciliation for each row execute function public.evidence_sheet_frozen();
drop function if exists public.evidence_sheet_closed();
"""


def keep(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in (*RETELL, "evidence_gathering"):
        for statement in keeper_sql(table):
            schema_editor.execute(statement, params=None)


def leave(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in (*RETELL, "evidence_gathering"):
        schema_editor.execute(f"drop policy if exists keeper on public.{table}", params=None)


class Migration(migrations.Migration):
    dependencies = [("evidence", "0010_search")]

    operations = [
        migrations.AddIndex(
            model_name="allegedperpetrator",
            index=models.Index(fields=["mission", "party", "incident"], name="perpetrator_party"),
        ),
        migrations.RunPython(keep, leave),
        migrations.RunSQL(FUNCTION, BACK),
        migrations.RunSQL(SHEETS, SHEETS_BACK),
    ]

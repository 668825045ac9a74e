-- The audit log: inserted in the same transaction as what it speaks of, never changed. Who, when, role and mission
-- are set here, so the application cannot write them otherwise. Codes and ids only; never content.
create schema audit;
grant usage on schema audit to app_web, app_worker, data_owner;
create table audit.entry (
  id bigint generated always as identity primary key,
  version smallint not null default 1,
  at timestamptz not null default clock_timestamp(),
  stated_at timestamptz,
  mission_id uuid,
  event text not null check (event ~ '^[a-z]+:[a-z_]+:[a-z_]+$'),
  principal text not null default 'nobody',
  role text not null default '',
  object_ids uuid[] not null default '{}',
  result_hash bytea,
  count_bucket text,
  class text not null default 'S0' check (class ~ '^S[0-6]$'),
  purpose text not null default '' check (purpose ~ '^[A-Za-z0-9_:.-]{0,80}$'),
  outcome text not null default 'done' check (outcome in ('done', 'refused', 'failed')),
  request_id uuid,
  previous_checkpoint bytea,
  detail_enc bytea);
create index entry_mission on audit.entry (mission_id, id);

create function audit.complete() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
  new.id := nextval(pg_get_serial_sequence('audit.entry', 'id'));
  new.at := clock_timestamp();
  new.mission_id := sec.mission();
  new.principal := coalesce(sec.pseudonym(), 'nobody');
  new.role := coalesce(array_to_string(sec.roles(), ','), '');
  return new;
end $$;
create trigger complete before insert on audit.entry for each row execute function audit.complete();
create function audit.never() returns trigger language plpgsql set search_path = pg_catalog as $$
begin raise insufficient_privilege using message = 'the audit log is never changed'; end $$;
create trigger never before update or delete or truncate on audit.entry for each statement execute function audit.never();

alter table audit.entry enable row level security;
alter table audit.entry force row level security;
create policy write_own on audit.entry for insert with check (mission_id is not distinct from (select sec.mission()));
create policy read_log on audit.entry for select using (
  mission_id = (select sec.mission()) and (select sec.roles()) && array['audit', 'priv']);
grant insert, select on audit.entry to app_web, app_worker;

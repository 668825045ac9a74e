-- The same context, read at less cost: policies ask for it several times a statement. The readers are written as expressions,
-- with names resolved when they are made: no search path is followed and the planner puts them in place of their call.
create or replace function sec.claims() returns text[]
language plpgsql stable security definer set search_path = pg_catalog as $$
declare raw text := current_setting('app.ctx', true); cut int := strpos(raw, '#'); payload text; parts text[]; signed bytea;
begin
  if coalesce(cut, 0) = 0 then return null; end if;
  payload := left(raw, cut - 1);
  parts := string_to_array(payload, '|');
  if parts[1] <> '2' or parts[8] <> pg_backend_pid()::text
     or parts[9] <> extract(epoch from transaction_timestamp())::text then return null; end if;
  select sha256(k.outer_pad || sha256(k.inner_pad || convert_to(payload, 'UTF8'))) into signed from sec.key k where k.name = 'context';
  -- Compared by their hashes, so that time tells nothing about how far two values agree.
  if sha256(convert_to(encode(signed, 'hex'), 'UTF8')) is distinct from sha256(convert_to(substr(raw, cut + 1), 'UTF8')) then return null; end if;
  return parts;
end $$;
create or replace function sec.person() returns uuid language sql stable return nullif((sec.claims())[2], '')::uuid;
create or replace function sec.mission() returns uuid language sql stable return nullif((sec.claims())[3], '')::uuid;
create or replace function sec.organisation() returns uuid language sql stable return nullif((sec.claims())[4], '')::uuid;
create or replace function sec.roles() returns text[] language sql stable return string_to_array((sec.claims())[5], ',');
create or replace function sec.clearance() returns int language sql stable return coalesce(nullif((sec.claims())[6], '')::int, -1);
create or replace function sec.way() returns text language sql stable return (sec.claims())[10];
create or replace function sec.walled() returns text[] language sql stable return coalesce(string_to_array(nullif((sec.claims())[11], ''), ','), '{}');

-- Whether what a text hangs on was opened by breaking the glass. As functions of the keeper, for the reason given in rights.sql.
create function sec.broke_incident(p_incident uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  return exists (select 1 from public.evidence_incident i
    where i.mission_id = sec.mission() and i.id = p_incident and i.ref = any (sec.broken()));
end $$;
create function sec.broke_report(p_report uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  return exists (select 1 from public.evidence_report r
    where r.mission_id = sec.mission() and r.id = p_report and r.ref = any (sec.broken()));
end $$;
revoke all on function sec.broke_incident(uuid), sec.broke_report(uuid) from public;
grant execute on function sec.broke_incident(uuid), sec.broke_report(uuid) to app_web, app_worker;

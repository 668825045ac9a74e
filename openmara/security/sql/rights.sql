-- Rights: who opens a context with what, steps of a grant, proofs that pass. Replaces parts of context.sql.

-- A proof of the process key holds two minutes: p_at is part of what was signed.
create function sec.proved(p_message text, p_at text, p_mac bytea) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  if not sec.same(sec.mac('session', convert_to(p_message || '|' || p_at, 'UTF8')), p_mac) then return false; end if;
  return coalesce(abs(extract(epoch from clock_timestamp() - p_at::timestamptz)) <= 120, false);
end $$;

create or replace function sec.claims() returns text[]
language plpgsql stable security definer set search_path = pg_catalog as $$
declare raw text := current_setting('app.ctx', true); cut int; payload text; parts text[];
begin
  if raw is null or raw = '' then return null; end if;
  cut := strpos(raw, '#');
  if cut = 0 then return null; end if;
  payload := left(raw, cut - 1);
  if not sec.same(convert_to(encode(sec.mac('context', convert_to(payload, 'UTF8')), 'hex'), 'UTF8'),
                  convert_to(substr(raw, cut + 1), 'UTF8')) then return null; end if;
  parts := string_to_array(payload, '|');
  if parts[1] <> '2' or parts[8] <> pg_backend_pid()::text
     or parts[9] <> extract(epoch from transaction_timestamp())::text then return null; end if;
  return parts;
end $$;

create function sec.way() returns text language sql stable set search_path = pg_catalog as $$
  select (sec.claims())[10] $$;
-- Compartments closed to this member of staff.
create function sec.walled() returns text[] language sql stable set search_path = pg_catalog as $$
  select coalesce(string_to_array(nullif((sec.claims())[11], ''), ','), '{}') $$;
-- Whether the person has shown a second time, within five minutes, who they are.
create function sec.fresh() returns boolean language sql stable set search_path = pg_catalog as $$
  select coalesce(extract(epoch from statement_timestamp()) - nullif((sec.claims())[12], '')::numeric <= 300, false) $$;

create function sec.locked(p_mission uuid) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select exists (select 1 from public.security_lockdown l
    where l.mission_id = p_mission and l.confirmed_at is not null and l.lifted_at is null) $$;

-- National, seconded and co-located staff can be reached by the State; a contingent's people by their contingent.
create function sec.walls_of(p_staff text, p_contingent text) returns text
language sql immutable set search_path = pg_catalog as $$
  select case when p_staff is null or p_staff = 'international' then '' when p_staff = 'contingent' then 'contingent:' || replace(p_contingent, ',', '')
              else 'state,contingent' end $$;

drop function sec.open_for(uuid, uuid, text);
create function sec.open_for(p_person uuid, p_mission uuid, p_way text, p_cap int default 6, p_proved timestamptz default null)
returns boolean language plpgsql security definer set search_path = pg_catalog as $$
declare
  g public.security_grant; payload text; today date := (clock_timestamp() at time zone 'UTC')::date;
  closed boolean; held text[]; cap int := p_cap;
begin
  perform set_config('app.ctx', '', true);
  perform 1 from public.security_person where id = p_person and is_active;
  if not found then return false; end if;
  if p_mission is not null then
    closed := sec.locked(p_mission);
    select * into g from public.security_grant
     where mission_id = p_mission and person_id = p_person and revoked_at is null
       and (status = 'confirmed' or (status = 'locked' and closed)) and valid_from <= today and valid_to >= today;
    if not found then return false; end if;
    held := g.roles;
    if closed then  -- those who can lift a lock-down see it, and nothing above the lowest class
      held := array(select role from unnest(g.roles) role where role in ('swpa', 'priv', 'hom', 'admin'));
      if held = '{}' then return false; end if;
      cap := 0;
    elsif p_way in ('session', 'emergency') and sec.log_is_behind() then  -- no account is opened that the log could lose
      cap := least(cap, 3);
    end if;
  end if;
  -- No part may bring a separator of its own: a job's purpose or a role would shift what follows.
  select string_agg(translate(coalesce(part, ''), '|#', ''), '|' order by place) into payload from unnest(array[
    '2', p_person::text, p_mission::text, g.organisation_id::text, array_to_string(held, ','), least(g.clearance, cap)::text,
    case when g.areas = '{}' then '-' else array_to_string(g.areas, ',') end, pg_backend_pid()::text, extract(epoch from transaction_timestamp())::text, p_way,
    sec.walls_of(g.staff, g.contingent), extract(epoch from p_proved)::text]) with ordinality as parts (part, place);
  perform set_config('app.ctx', payload || '#' || encode(sec.mac('context', convert_to(payload, 'UTF8')), 'hex'), true);
  return true;
end $$;

drop function sec.enter_as(uuid, uuid, bytea);
create function sec.enter_as(p_person uuid, p_mission uuid, p_at text, p_mac bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform set_config('app.ctx', '', true);
  if not sec.proved('command|' || p_person || '|' || coalesce(p_mission::text, ''), p_at, p_mac) then return false; end if;
  return sec.open_for(p_person, p_mission, 'command', 6, clock_timestamp());
end $$;

-- Between the first factor and the second: the person's own account, no mission.
create function sec.open_sign_in(p_person uuid, p_at text, p_mac bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform set_config('app.ctx', '', true);
  if not sec.proved('sign-in|' || p_person, p_at, p_mac) then return false; end if;
  return sec.open_for(p_person, null, 'sign-in');
end $$;

create or replace function sec.enter_job(p_job uuid) returns text
language plpgsql security definer set search_path = pg_catalog as $$
declare j sec.job;
begin
  perform set_config('app.ctx', '', true);
  select * into j from sec.job where id = p_job and finished_at is null;
  if not found then return null; end if;
  if not sec.open_for(j.person_id, j.mission_id, 'job:' || j.purpose, 6, clock_timestamp()) then return null; end if;
  return j.purpose;
end $$;

drop function sec.find_login(text, bytea);
create function sec.find_login(p_name text, p_at text, p_mac bytea) returns table (id uuid, password text, is_active boolean)
language sql stable security definer set search_path = pg_catalog as $$
  select p.id, a.password, p.is_active from public.security_person p join sec.account a on a.person_id = p.id
   where p.username = p_name and sec.proved('login|' || p_name, p_at, p_mac) $$;

-- Row situations of the policy file that ask other tables. As functions of the keeper they are planned once a session;
-- each answers for the running context only, so calling one by hand tells nothing a policy would not.
create function sec.named() returns uuid[] language sql stable security definer set search_path = pg_catalog as $$
  select coalesce(array_agg(n.object_id), '{}') from public.security_named n
   where n.mission_id = sec.mission() and n.person_id = sec.person() $$;
create function sec.broken() returns text[] language sql stable security definer set search_path = pg_catalog as $$
  select coalesce(array_agg(b.ref::text), '{}') from public.security_breakglass b
   where b.mission_id = sec.mission() and b.person_id = sec.person() and b.until > statement_timestamp() and b.ended_at is null $$;
create function sec.on_case(p_incident uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
declare me uuid := sec.person();
begin
  return exists (select 1 from public.evidence_incident i
    where i.mission_id = sec.mission() and i.id = p_incident and (i.assigned_to_id = me or i.opened_by_id = me));
end $$;
create function sec.on_report(p_report uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  return exists (select 1 from public.evidence_link l
      join public.evidence_incident i on i.mission_id = l.mission_id and i.id = l.incident_id
    where l.mission_id = sec.mission() and l.report_id = p_report and l.undone_at is null and i.assigned_to_id = sec.person());
end $$;
create function sec.decided(p_decision uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  return exists (select 1 from public.evidence_decision d
    where d.mission_id = sec.mission() and d.id = p_decision and d.made_by_id = sec.person());
end $$;
-- Opener and assigned verifier of one incident know each other by name.
create function sec.teammate(p_person uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
declare me uuid := sec.person();
begin
  return exists (select 1 from public.evidence_incident i where i.mission_id = sec.mission()
    and ((i.assigned_to_id = me and i.opened_by_id = p_person) or (i.opened_by_id = me and i.assigned_to_id = p_person)));
end $$;

-- Steps of a grant. Functions of the keeper and installations pass; everybody else takes the steps named here.
create function sec.grant_step() returns trigger language plpgsql set search_path = pg_catalog as $$
declare me uuid := sec.person(); mine text[] := coalesce(sec.roles(), '{}'); fixed constant text[] :=
  array['status', 'confirmed_by_id', 'revoked_by_id', 'revoked_at'];
begin
  if current_user = 'sec_owner' then return new; end if;
  if tg_op = 'INSERT' then
    if new.status = 'proposed' and new.proposed_by_id = me and new.person_id <> me and new.confirmed_by_id is null
       and new.revoked_at is null and new.revoked_by_id is null then return new; end if;
  elsif (to_jsonb(new) - fixed) is distinct from (to_jsonb(old) - fixed) or old.revoked_at is not null then
    null;
  elsif new.revoked_at is not null then
    if new.status = old.status and new.confirmed_by_id is not distinct from old.confirmed_by_id and new.revoked_by_id = me
       and new.person_id <> me and mine && array['admin', 'swpa', 'priv', 'hom'] then return new; end if;
  elsif new.revoked_by_id is not null then
    null;
  elsif old.status in ('accepted', 'proposed') and new.status = 'confirmed' then
    if new.confirmed_by_id = me and me <> old.proposed_by_id and me <> old.person_id and mine && array['swpa', 'priv', 'hom']
    then return new; end if;
  elsif new.confirmed_by_id is distinct from old.confirmed_by_id then
    null;
  elsif old.status = 'confirmed' and new.status = 'travelling' then
    if me = old.person_id or mine && array['admin', 'swpa', 'priv', 'hom'] then return new; end if;
  elsif old.status = 'travelling' and new.status = 'confirmed' then
    if me <> old.person_id and mine && array['swpa', 'priv', 'hom'] then return new; end if;
  end if;
  raise insufficient_privilege using message = 'a grant does not take this step';
end $$;

-- Breaking the glass is for oneself and now; a review is another person's, and changes nothing else.
create function sec.glass_step() returns trigger language plpgsql set search_path = pg_catalog as $$
declare me uuid := sec.person(); review constant text[] := array['reviewed_by_id', 'reviewed_at', 'verdict', 'review_note'];
begin
  if current_user = 'sec_owner' then return new; end if;
  if tg_op = 'INSERT' then
    new.asked_at := clock_timestamp(); new.told_at := new.asked_at;
    if new.person_id = me and new.reviewed_by_id is null and new.verdict = '' and new.ended_at is null
       and new.until > new.asked_at and new.until <= new.asked_at + interval '4 hours' then return new; end if;
  elsif me = old.person_id then
    if (to_jsonb(new) - 'ended_at') = (to_jsonb(old) - 'ended_at') and old.ended_at is null then return new; end if;
  elsif (to_jsonb(new) - review) = (to_jsonb(old) - review) and new.reviewed_by_id = me and old.reviewed_at is null then
    return new;
  end if;
  raise insufficient_privilege using message = 'this step is not open';
end $$;

-- What the walls rest on does not move: row security judges rows, not columns. A compartment grows, who opened or recorded
-- stays, a verifier is named by those who may, and verification is the assigned verifier's. Installations pass.
create function sec.case_kept() returns trigger language plpgsql set search_path = pg_catalog as $$
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

revoke all on all functions in schema sec from public;
grant execute on function sec.way(), sec.walled(), sec.fresh(), sec.named(), sec.broken(), sec.on_case(uuid), sec.on_report(uuid),
  sec.decided(uuid), sec.teammate(uuid) to app_web, app_worker, data_owner;
grant execute on function sec.enter_as(uuid, uuid, text, bytea) to app_web, app_worker;
grant execute on function sec.open_sign_in(uuid, text, bytea), sec.find_login(text, text, bytea) to app_web;
grant execute on function sec.grant_step(), sec.glass_step(), sec.case_kept() to data_owner;

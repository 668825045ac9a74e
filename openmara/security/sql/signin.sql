-- Sign-in: sessions with strength and limits, throttling, what an ended session had typed. The tables lie in the keeper's
-- schema: no role of the application has a right on them, and every function asks for a dated proof of the process key.
create table sec.setting (name text primary key, value int not null check (value > 0));
insert into sec.setting values ('idle_minutes', 15), ('session_hours', 10), ('sessions_at_once', 2);
create function sec.setting_of(p_name text) returns int language sql stable security definer set search_path = pg_catalog as $$
  select value from sec.setting where name = p_name $$;

alter table sec.session
  add column id uuid not null default gen_random_uuid() unique,
  add column strength smallint not null default 0 check (strength between 0 and 2),
  add column signed_in_at timestamptz, add column proved_at timestamptz,
  add column last_seen_at timestamptz not null default clock_timestamp(),
  add column ended_at timestamptz, add column ended_why text not null default '', add column device text not null default '';
delete from sec.session;  -- sessions from before have no strength: everybody signs in anew

-- Why a session no longer holds ('' = it holds). Enforced here, whatever the cookie says.
create function sec.session_over(s sec.session) returns text language sql stable security definer set search_path = pg_catalog as $$
  select case
    when s.ended_at is not null then coalesce(nullif(s.ended_why, ''), 'ended')
    when s.person_id is null then case when s.expires_at > clock_timestamp() then '' else 'idle' end
    when clock_timestamp() > s.signed_in_at + make_interval(hours => sec.setting_of('session_hours')) then 'absolute'
    when clock_timestamp() > s.last_seen_at + make_interval(mins => sec.setting_of('idle_minutes')) then 'idle'
    else '' end $$;

drop function sec.enter(bytea, bytea, uuid);
-- The strength of the sign-in caps what is opened: none for a pass phrase alone, statistics for a code, all with a passkey.
-- In a synthetic mission a code counts as a passkey, so that it can be tried everywhere.
create function sec.enter(p_hash bytea, p_mission uuid, p_at text, p_mac bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare s sec.session; cap int := 6;
begin
  perform set_config('app.ctx', '', true);
  if not sec.proved('enter|' || encode(p_hash, 'hex') || '|' || coalesce(p_mission::text, ''), p_at, p_mac) then return false; end if;
  select * into s from sec.session where hash = p_hash;
  if not found or s.person_id is null or sec.session_over(s) <> '' then return false; end if;
  update sec.session set last_seen_at = clock_timestamp() where hash in (select hash from sec.session
    where hash = p_hash and last_seen_at < clock_timestamp() - interval '30 seconds' for update skip locked);
  if p_mission is not null then
    if s.strength = 0 then return false; end if;
    if s.strength = 1 and not exists (select 1 from public.security_mission where id = p_mission and synthetic) then cap := 1; end if;
  end if;
  return sec.open_for(s.person_id, p_mission, 'session', cap, s.proved_at);
end $$;

drop function sec.session_load(bytea, bytea);
create function sec.session_load(p_hash bytea, p_at text, p_mac bytea) returns text
language sql stable security definer set search_path = pg_catalog as $$
  select s.data from sec.session s where s.hash = p_hash and sec.session_over(s) = ''
    and sec.proved('load|' || encode(p_hash, 'hex'), p_at, p_mac) $$;

drop function sec.session_save(bytea, bytea, text, uuid, timestamptz, boolean);
-- How many older sessions of the person ended because this one began; -1 where nothing was saved.
create function sec.session_save(p_hash bytea, p_data text, p_person uuid, p_strength int, p_proved text, p_device text, p_new boolean,
  p_at text, p_mac bytea) returns int language plpgsql security definer set search_path = pg_catalog as $$
declare moment timestamptz := clock_timestamp(); before uuid; ended int := 0;
begin
  if not sec.proved('save|' || concat_ws('|', encode(p_hash, 'hex'), coalesce(p_person::text, ''), p_strength::text, p_proved), p_at, p_mac)
  then return -1; end if;
  if p_new then
    insert into sec.session (hash, data, expires_at) values (p_hash, p_data, moment + interval '1 hour') on conflict do nothing;
  else
    select person_id into before from sec.session where hash = p_hash and ended_at is null for update;
  end if;
  if not found or before is distinct from p_person and before is not null then return -1; end if;
  update sec.session set data = p_data, person_id = p_person, strength = p_strength, device = left(p_device, 80),
    proved_at = least(to_timestamp(nullif(p_proved, '')::float8), moment),
    signed_in_at = case when before is null and p_person is not null then moment else signed_in_at end,
    last_seen_at = case when before is null then moment else last_seen_at end
   where hash = p_hash;
  if before is null and p_person is not null then
    update sec.session set ended_at = moment, ended_why = 'limit' where hash in (
      select hash from sec.session s where s.person_id = p_person and sec.session_over(s) = ''
       order by hash = p_hash desc, signed_in_at desc offset sec.setting_of('sessions_at_once'));
    get diagnostics ended = row_count;
  end if;
  return ended;
end $$;

-- The same session under a new secret: after every step of signing in, so that one known before opens nothing.
create function sec.session_renew(p_old bytea, p_new bytea, p_at text, p_mac bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if not sec.proved('renew|' || encode(p_old, 'hex') || '|' || encode(p_new, 'hex'), p_at, p_mac) then return false; end if;
  update sec.session set hash = p_new where hash = p_old and ended_at is null;
  return found;
end $$;

drop function sec.session_delete(bytea, bytea);
create function sec.session_delete(p_hash bytea, p_at text, p_mac bytea) returns void
language sql security definer set search_path = pg_catalog as $$
  delete from sec.session where hash = p_hash and sec.proved('delete|' || encode(p_hash, 'hex'), p_at, p_mac) $$;

create or replace function sec.session_sweep() returns int
language plpgsql security definer set search_path = pg_catalog as $$
declare gone int;
begin
  delete from sec.session s where sec.session_over(s) <> '' and s.last_seen_at < clock_timestamp() - interval '12 hours';
  get diagnostics gone = row_count;
  delete from sec.session where person_id is null and expires_at < clock_timestamp();
  delete from sec.cache where expires_at < clock_timestamp();
  delete from sec.kept where at < clock_timestamp() - interval '30 minutes';
  return gone;
end $$;

-- Whose a session was that no longer holds, and why: for what they had typed, and for a word of explanation.
create function sec.session_fate(p_hash bytea, p_at text, p_mac bytea) returns table (person_id uuid, why text)
language sql stable security definer set search_path = pg_catalog as $$
  select s.person_id, sec.session_over(s) from sec.session s where s.hash = p_hash and s.person_id is not null
    and sec.session_over(s) <> '' and sec.proved('fate|' || encode(p_hash, 'hex'), p_at, p_mac) $$;

create function sec.my_sessions(p_hash bytea) returns table (id uuid, device text, signed_in_at timestamptz, last_seen_at timestamptz,
  strength int, is_this boolean) language sql stable security definer set search_path = pg_catalog as $$
  select s.id, s.device, s.signed_in_at, s.last_seen_at, s.strength::int, s.hash = p_hash from sec.session s
   where s.person_id = sec.person() and sec.way() = 'session' and sec.session_over(s) = '' order by s.signed_in_at desc $$;

create function sec.end_session(p_id uuid) returns boolean language plpgsql security definer set search_path = pg_catalog as $$
begin
  update sec.session set ended_at = clock_timestamp(), ended_why = 'owner'
   where id = p_id and person_id = sec.person() and sec.way() = 'session' and ended_at is null;
  return found;
end $$;

create function sec.end_other_sessions(p_hash bytea) returns int language plpgsql security definer set search_path = pg_catalog as $$
declare ended int;
begin
  update sec.session s set ended_at = clock_timestamp(), ended_why = 'owner'
   where s.person_id = sec.person() and sec.way() = 'session' and s.hash <> p_hash and sec.session_over(s) = '';
  get diagnostics ended = row_count;
  return ended;
end $$;

-- Not for the application: functions of the keeper end a person's sessions when a grant, a pass phrase or a mission closes.
create function sec.end_sessions_of(p_person uuid, p_why text) returns void language sql security definer set search_path = pg_catalog as $$
  update sec.session set ended_at = clock_timestamp(), ended_why = p_why where person_id = p_person and ended_at is null $$;

create function sec.set_password(p_person uuid, p_password text, p_at text, p_mac bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if not sec.proved('password|' || p_person || '|' || p_password, p_at, p_mac) then return false; end if;
  insert into sec.account (person_id, password) values (p_person, p_password)
  on conflict (person_id) do update set password = excluded.password;
  perform sec.end_sessions_of(p_person, 'password');
  return true;
end $$;

-- Counters of attempts, shared by all processes. Keys are hashes; values are JSON.
create table sec.cache (key bytea primary key, value text not null, expires_at timestamptz not null);
create function sec.cache_get(p_key bytea, p_at text, p_mac bytea) returns text
language sql stable security definer set search_path = pg_catalog as $$
  select value from sec.cache where key = p_key and expires_at > clock_timestamp()
    and sec.proved('cache|get|' || encode(p_key, 'hex'), p_at, p_mac) $$;
-- With p_only_new nothing is written over a value that still holds; whether it was written.
create function sec.cache_put(p_key bytea, p_value text, p_seconds int, p_only_new boolean, p_at text, p_mac bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if not sec.proved('cache|put|' || encode(p_key, 'hex') || '|' || p_value, p_at, p_mac) then return false; end if;
  insert into sec.cache as c (key, value, expires_at) values (p_key, p_value, clock_timestamp() + make_interval(secs => p_seconds))
  on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at
    where not p_only_new or c.expires_at <= clock_timestamp();
  return found;
end $$;
create function sec.cache_delete(p_key bytea, p_at text, p_mac bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  delete from sec.cache where key = p_key and sec.proved('cache|delete|' || encode(p_key, 'hex'), p_at, p_mac);
  return found;
end $$;

-- What somebody sent when their time was over, encrypted by the application, half an hour, for the same person only.
create table sec.kept (id uuid primary key, person_id uuid not null, at timestamptz not null default clock_timestamp(), sealed bytea not null);
create index kept_person on sec.kept (person_id);
create function sec.keep(p_id uuid, p_person uuid, p_sealed bytea, p_at text, p_mac bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if length(p_sealed) > 300000 or not sec.proved('keep|' || p_id || '|' || p_person, p_at, p_mac) then return false; end if;
  delete from sec.kept where at < clock_timestamp() - interval '30 minutes';
  delete from sec.kept where id in (select k.id from sec.kept k where k.person_id = p_person order by k.at desc offset 4);
  insert into sec.kept (id, person_id, sealed) values (p_id, p_person, p_sealed);
  return true;
end $$;
create function sec.my_kept() returns table (id uuid, at timestamptz, sealed bytea)
language sql stable security definer set search_path = pg_catalog as $$
  select k.id, k.at, k.sealed from sec.kept k where k.person_id = sec.person() and sec.way() = 'session'
    and k.at > clock_timestamp() - interval '30 minutes' order by k.at desc $$;
create function sec.drop_kept(p_id uuid) returns void language sql security definer set search_path = pg_catalog as $$
  delete from sec.kept where id = p_id and person_id = sec.person() and sec.way() = 'session' $$;

-- The person's own authenticator: using it moves its marks forward and nothing else; any other change asks for proof just given.
create function sec.authenticator_step() returns trigger language plpgsql set search_path = pg_catalog as $$
declare
  used constant text[] := array['data', 'last_used_at'];
  marks constant text[] := case old.type when 'webauthn' then array['counter'] when 'recovery_codes' then array['used_mask', 'viewed_at'] else '{}' end;
  was bigint := coalesce((old.data ->> 'used_mask')::bigint, 0);
begin
  if current_user = 'sec_owner' or sec.fresh() then return new; end if;
  if (to_jsonb(new) - used) = (to_jsonb(old) - used) and (new.data - marks) = (old.data - marks)
     and coalesce((new.data ->> 'counter')::bigint, 0) >= coalesce((old.data ->> 'counter')::bigint, 0)
     and coalesce((new.data ->> 'used_mask')::bigint, 0) & was = was
     and (old.data ->> 'viewed_at' is null or new.data -> 'viewed_at' = old.data -> 'viewed_at') then return new; end if;
  raise insufficient_privilege using message = 'this step is not open';
end $$;

revoke all on all functions in schema sec from public;
grant execute on function sec.authenticator_step() to data_owner;
grant execute on function sec.enter(bytea, uuid, text, bytea), sec.session_load(bytea, text, bytea),
  sec.session_save(bytea, text, uuid, int, text, text, boolean, text, bytea), sec.session_renew(bytea, bytea, text, bytea),
  sec.session_delete(bytea, text, bytea), sec.session_fate(bytea, text, bytea), sec.my_sessions(bytea), sec.end_session(uuid),
  sec.end_other_sessions(bytea), sec.set_password(uuid, text, text, bytea), sec.cache_get(bytea, text, bytea),
  sec.cache_put(bytea, text, int, boolean, text, bytea), sec.cache_delete(bytea, text, bytea),
  sec.keep(uuid, uuid, bytea, text, bytea), sec.my_kept(), sec.drop_kept(uuid) to app_web;

-- Verified context (R1-R6). A claim is bound to this backend and this transaction by a keyed hash, so a plain
-- SET of app.ctx forges nothing. Keys are kept as the two padded blocks of RFC 2104, made once by sec.set_key.
create schema sec;
grant usage on schema sec to app_web, app_worker, data_owner;

create table sec.key (name text primary key, inner_pad bytea not null, outer_pad bytea not null);
create table sec.session (
  hash bytea primary key, person_id uuid, mission_id uuid, data text not null,
  created_at timestamptz not null default now(), expires_at timestamptz not null);
create index session_person on sec.session (person_id);
create table sec.account (person_id uuid primary key, password text not null);
create table sec.job (
  id uuid primary key default gen_random_uuid(), mission_id uuid not null, person_id uuid not null,
  purpose text not null, created_at timestamptz not null default clock_timestamp(), finished_at timestamptz);

create function sec.pads(secret bytea, out inner_pad bytea, out outer_pad bytea)
language plpgsql immutable set search_path = pg_catalog as $$
declare block bytea := case when length(secret) > 64 then sha256(secret) else secret end;
begin
  block := block || decode(repeat('00', 64 - length(block)), 'hex');
  inner_pad := block; outer_pad := block;
  for i in 0..63 loop
    inner_pad := set_byte(inner_pad, i, get_byte(block, i) # 54);
    outer_pad := set_byte(outer_pad, i, get_byte(block, i) # 92);
  end loop;
end $$;

create function sec.hmac(secret bytea, message bytea) returns bytea
language sql immutable set search_path = pg_catalog as $$
  select sha256(p.outer_pad || sha256(p.inner_pad || message)) from sec.pads(secret) p $$;

create function sec.set_key(p_name text, secret bytea) returns void
language sql security definer set search_path = pg_catalog as $$
  insert into sec.key select p_name, p.inner_pad, p.outer_pad from sec.pads(secret) p
  on conflict (name) do update set inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad $$;

create function sec.mac(key_name text, message bytea) returns bytea
language sql stable security definer set search_path = pg_catalog as $$
  select sha256(k.outer_pad || sha256(k.inner_pad || message)) from sec.key k where k.name = key_name $$;

-- Compared by their hashes, so that time tells nothing about how far two values agree.
create function sec.same(a bytea, b bytea) returns boolean
language sql immutable set search_path = pg_catalog as $$ select coalesce(sha256(a) = sha256(b), false) $$;

create function sec.claims() returns text[]
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
  if parts[8] <> pg_backend_pid()::text
     or parts[9] <> extract(epoch from transaction_timestamp())::text then return null; end if;
  return parts;
end $$;

create function sec.person() returns uuid language sql stable set search_path = pg_catalog as $$
  select nullif((sec.claims())[2], '')::uuid $$;
create function sec.mission() returns uuid language sql stable set search_path = pg_catalog as $$
  select nullif((sec.claims())[3], '')::uuid $$;
create function sec.organisation() returns uuid language sql stable set search_path = pg_catalog as $$
  select nullif((sec.claims())[4], '')::uuid $$;
create function sec.roles() returns text[] language sql stable set search_path = pg_catalog as $$
  select string_to_array((sec.claims())[5], ',') $$;
create function sec.clearance() returns int language sql stable set search_path = pg_catalog as $$
  select coalesce(nullif((sec.claims())[6], '')::int, -1) $$;
create function sec.areas() returns text[] language sql stable set search_path = pg_catalog as $$
  select case when (sec.claims())[7] = '' then null else string_to_array((sec.claims())[7], ',') end $$;

-- Opens the context of one person in one mission (or none); false when there is no live grant.
create function sec.open_for(p_person uuid, p_mission uuid, p_way text) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare g public.security_grant; payload text; today date := (clock_timestamp() at time zone 'UTC')::date;
begin
  perform set_config('app.ctx', '', true);
  perform 1 from public.security_person where id = p_person and is_active;
  if not found then return false; end if;
  if p_mission is not null then
    select * into g from public.security_grant
     where mission_id = p_mission and person_id = p_person and status = 'confirmed' and revoked_at is null
       and valid_from <= today and valid_to >= today;
    if not found then return false; end if;
  end if;
  payload := concat_ws('|', '1', p_person::text, coalesce(p_mission::text, ''), coalesce(g.organisation_id::text, ''),
    coalesce(array_to_string(g.roles, ','), ''), coalesce(g.clearance::text, ''), coalesce(array_to_string(g.areas, ','), ''),
    pg_backend_pid()::text, extract(epoch from transaction_timestamp())::text, p_way);
  perform set_config('app.ctx', payload || '#' || encode(sec.mac('context', convert_to(payload, 'UTF8')), 'hex'), true);
  return true;
end $$;

create function sec.leave() returns void language sql set search_path = pg_catalog as $$
  select set_config('app.ctx', '', true) $$;

-- The web process: only a live session opens a context, and only with the key of the process.
create function sec.enter(p_hash bytea, p_mac bytea, p_mission uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare s sec.session;
begin
  perform set_config('app.ctx', '', true);
  if not sec.same(sec.mac('session', p_hash), p_mac) then return false; end if;
  select * into s from sec.session where hash = p_hash and expires_at > clock_timestamp();
  if not found or s.person_id is null then return false; end if;
  return sec.open_for(s.person_id, p_mission, 'session');
end $$;

-- Commands and replays: the operator holds the key of the process.
create function sec.enter_as(p_person uuid, p_mission uuid, p_mac bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform set_config('app.ctx', '', true);
  if not sec.same(sec.mac('session', convert_to('command|' || p_person || '|' || coalesce(p_mission::text, ''), 'UTF8')), p_mac)
  then return false; end if;
  return sec.open_for(p_person, p_mission, 'command');
end $$;

-- A job acts with the grants its sender has now, not with those of the moment it was sent.
create function sec.enqueue(p_purpose text) returns uuid
language plpgsql security definer set search_path = pg_catalog as $$
declare made uuid;
begin
  if sec.mission() is null then raise insufficient_privilege using message = 'no context'; end if;
  insert into sec.job (mission_id, person_id, purpose) values (sec.mission(), sec.person(), p_purpose) returning id into made;
  return made;
end $$;

create function sec.enter_job(p_job uuid) returns text
language plpgsql security definer set search_path = pg_catalog as $$
declare j sec.job;
begin
  perform set_config('app.ctx', '', true);
  select * into j from sec.job where id = p_job and finished_at is null;
  if not found then return null; end if;
  if not sec.open_for(j.person_id, j.mission_id, 'job:' || j.purpose) then return null; end if;
  return j.purpose;
end $$;

create function sec.finish_job(p_job uuid, p_at text, p_mac bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if not sec.proved('finish|' || p_job, p_at, p_mac) then return false; end if;
  update sec.job set finished_at = clock_timestamp() where id = p_job and finished_at is null;
  return found;
end $$;

create function sec.session_load(p_hash bytea, p_mac bytea) returns table (data text, person_id uuid)
language sql stable security definer set search_path = pg_catalog as $$
  select s.data, s.person_id from sec.session s
   where s.hash = p_hash and s.expires_at > clock_timestamp() and sec.same(sec.mac('session', p_hash), p_mac) $$;

create function sec.session_save(p_hash bytea, p_mac bytea, p_data text, p_person uuid, p_expires timestamptz, p_new boolean)
returns boolean language plpgsql security definer set search_path = pg_catalog as $$
begin
  if not sec.same(sec.mac('session', p_hash || convert_to(coalesce(p_person::text, ''), 'UTF8')), p_mac) then return false; end if;
  if p_new then
    insert into sec.session (hash, person_id, data, expires_at) values (p_hash, p_person, p_data, p_expires)
    on conflict do nothing;
  else
    update sec.session set person_id = p_person, data = p_data, expires_at = p_expires
     where hash = p_hash and (person_id is null or person_id is not distinct from p_person);
  end if;
  return found;
end $$;

create function sec.session_delete(p_hash bytea, p_mac bytea) returns void
language sql security definer set search_path = pg_catalog as $$
  delete from sec.session where hash = p_hash and sec.same(sec.mac('session', p_hash), p_mac) $$;

create function sec.session_sweep() returns int
language plpgsql security definer set search_path = pg_catalog as $$
declare gone int;
begin
  delete from sec.session where expires_at <= clock_timestamp();
  get diagnostics gone = row_count;
  return gone;
end $$;

create function sec.find_login(p_name text, p_mac bytea) returns table (id uuid, password text, is_active boolean)
language sql stable security definer set search_path = pg_catalog as $$
  select p.id, a.password, p.is_active from public.security_person p join sec.account a on a.person_id = p.id
   where p.username = p_name and sec.same(sec.mac('session', convert_to('login|' || p_name, 'UTF8')), p_mac) $$;

-- A mark of the pass phrase that tells nothing about it; sessions keep it and end when it changes.
-- For the person themselves, and for a process that proves its key.
create function sec.password_mark(p_person uuid, p_at text, p_mac bytea) returns text
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  if sec.person() is distinct from p_person then
    if not sec.proved('mark|' || p_person, p_at, p_mac) then return null; end if;
  end if;
  return (select left(encode(sec.mac('pepper', convert_to('mark|' || a.password, 'UTF8')), 'hex'), 32)
    from sec.account a where a.person_id = p_person);
end $$;

create function sec.pseudonym() returns text language sql stable security definer set search_path = pg_catalog as $$
  select left(encode(sec.mac('pepper', convert_to(sec.person()::text, 'UTF8')), 'hex'), 24) $$;

create function sec.colleague(p_person uuid) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select exists (select 1 from public.security_grant g where g.mission_id = sec.mission() and g.person_id = p_person) $$;

-- Whether a colleague holds one of these roles in this mission now; a page that offers names needs no more of their grant.
create function sec.holds(p_person uuid, p_roles text[]) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select exists (select 1 from public.security_grant g where g.mission_id = sec.mission() and g.person_id = p_person
    and g.status = 'confirmed' and g.revoked_at is null and g.valid_to >= current_date and g.roles::text[] && p_roles) $$;

revoke all on all functions in schema sec from public;
grant execute on function sec.claims(), sec.person(), sec.mission(), sec.organisation(), sec.roles(), sec.clearance(),
  sec.areas(), sec.leave(), sec.pseudonym(), sec.colleague(uuid), sec.holds(uuid, text[]) to app_web, app_worker, data_owner;
grant execute on function sec.enter(bytea, bytea, uuid), sec.enter_as(uuid, uuid, bytea), sec.enqueue(text),
  sec.session_load(bytea, bytea), sec.session_save(bytea, bytea, text, uuid, timestamptz, boolean),
  sec.session_delete(bytea, bytea), sec.session_sweep(), sec.find_login(text, bytea), sec.same(bytea, bytea),
  sec.hmac(bytea, bytea), sec.pads(bytea), sec.password_mark(uuid, text, bytea) to app_web;
grant execute on function sec.enter_as(uuid, uuid, bytea), sec.enter_job(uuid), sec.finish_job(uuid, text, bytea) to app_worker;

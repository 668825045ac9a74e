-- Down again: the functions of the first migration.
drop function sec.authenticator_step();
drop function sec.enter(bytea, uuid, text, bytea);
drop function sec.session_load(bytea, text, bytea);
drop function sec.session_save(bytea, text, uuid, int, text, text, boolean, text, bytea);
drop function sec.session_renew(bytea, bytea, text, bytea);
drop function sec.session_delete(bytea, text, bytea);
drop function sec.session_fate(bytea, text, bytea);
drop function sec.my_sessions(bytea);
drop function sec.end_session(uuid);
drop function sec.end_other_sessions(bytea);
drop function sec.set_password(uuid, text, text, bytea);
drop function sec.end_sessions_of(uuid, text);
drop function sec.cache_get(bytea, text, bytea);
drop function sec.cache_put(bytea, text, int, boolean, text, bytea);
drop function sec.cache_delete(bytea, text, bytea);
drop function sec.keep(uuid, uuid, bytea, text, bytea);
drop function sec.my_kept();
drop function sec.drop_kept(uuid);
drop table sec.kept;
drop table sec.cache;
drop function sec.session_over(sec.session);
drop function sec.setting_of(text);
drop table sec.setting;
alter table sec.session drop column id, drop column strength, drop column signed_in_at, drop column proved_at,
  drop column last_seen_at, drop column ended_at, drop column ended_why, drop column device;

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

create or replace function sec.session_sweep() returns int
language plpgsql security definer set search_path = pg_catalog as $$
declare gone int;
begin
  delete from sec.session where expires_at <= clock_timestamp();
  get diagnostics gone = row_count;
  return gone;
end $$;

revoke all on function sec.enter(bytea, bytea, uuid), sec.session_load(bytea, bytea), sec.session_delete(bytea, bytea),
  sec.session_save(bytea, bytea, text, uuid, timestamptz, boolean) from public;
grant execute on function sec.enter(bytea, bytea, uuid), sec.session_load(bytea, bytea), sec.session_delete(bytea, bytea),
  sec.session_save(bytea, bytea, text, uuid, timestamptz, boolean) to app_web;

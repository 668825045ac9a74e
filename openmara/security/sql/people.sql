-- Invitations and recovery: one-time tokens, kept as SHA-256 only; every step that needs two people is taken here.
create table sec.token (
  hash bytea primary key,
  purpose text not null check (purpose in ('invitation', 'reset', 'emergency')),
  mission_id uuid not null, person_id uuid not null, subject_id uuid not null, made_by_id uuid not null,
  made_at timestamptz not null default clock_timestamp(), expires_at timestamptz not null, used_at timestamptz);
create index token_subject on sec.token (subject_id);

-- The officer who asks, in the running context: a mission, one of the roles, and proved again within five minutes.
create function sec.officer(variadic p_roles text[]) returns uuid
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  if sec.mission() is null or not coalesce(sec.roles() && p_roles, false) or not sec.fresh() then
    raise insufficient_privilege using message = 'this step is not open';
  end if;
  return sec.person();
end $$;

-- A name to sign in with, of letters none of which is mistaken for another: drawn here, so that nobody can ask whether one is taken.
create function sec.draw_name() returns text language plpgsql volatile set search_path = pg_catalog as $$
declare letters constant text := '23456789abcdefghjkmnpqrstvwxyz'; drawn bytea; name text;
begin
  loop
    drawn := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
    select string_agg(substr(letters, get_byte(drawn, place) % length(letters) + 1, 1), '' order by place) into name from generate_series(0, 7) place;
    name := left(name, 4) || '-' || right(name, 4);
    exit when not exists (select from public.security_person p where p.username = name);
  end loop;
  return name;
end $$;

-- A new person with a grant that is only invited, and the token of the invitation. Nothing is open yet.
create function sec.invite(p_code text, p_name text, p_language text, p_organisation uuid, p_roles text[],
  p_clearance int, p_areas text[], p_staff text, p_contingent text, p_until date, p_hash bytea)
returns table (person_id uuid, grant_id uuid, sign_in_name text)
language plpgsql security definer set search_path = pg_catalog as $$
declare
  me uuid := sec.officer('admin', 'swpa', 'gender'); today date := (clock_timestamp() at time zone 'UTC')::date;
  person uuid := gen_random_uuid(); given uuid := gen_random_uuid(); drawn text := sec.draw_name();
begin
  if octet_length(p_hash) <> 32 or cardinality(p_roles) = 0 or p_until < today then
    raise check_violation using message = 'not an invitation';
  end if;
  insert into public.security_person (id, username, code, language, is_active) values (person, drawn, p_code, p_language, true);
  insert into public.security_personname (person_id, display_name) values (person, p_name);
  insert into public.security_grant (id, mission_id, person_id, organisation_id, roles, clearance, areas, staff, contingent, status,
      valid_from, valid_to, proposed_by_id, granted_by)
    values (given, sec.mission(), person, p_organisation, p_roles, p_clearance, p_areas, p_staff, p_contingent, 'invited',
      today, p_until, me, coalesce((select p.code from public.security_person p where p.id = me), ''));
  insert into sec.token (hash, purpose, mission_id, person_id, subject_id, made_by_id, expires_at)
    values (p_hash, 'invitation', sec.mission(), person, given, me, clock_timestamp() + interval '7 days');
  return query select person, given, drawn;
end $$;

-- A lost or expired invitation gets another token; the earlier one dies.
create function sec.invite_again(p_grant uuid, p_hash bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare me uuid := sec.officer('admin', 'swpa', 'gender'); g public.security_grant;
begin
  select * into g from public.security_grant where id = p_grant and mission_id = sec.mission() for update;
  if not found or g.status <> 'invited' or g.revoked_at is not null or g.person_id = me or octet_length(p_hash) <> 32 then
    return false;
  end if;
  delete from sec.token where subject_id = p_grant;
  insert into sec.token (hash, purpose, mission_id, person_id, subject_id, made_by_id, expires_at)
    values (p_hash, 'invitation', g.mission_id, g.person_id, p_grant, me, clock_timestamp() + interval '7 days');
  return true;
end $$;

-- A token that can still be used, and whose invitation or recovery still stands. Every other token is no token.
create function sec.live_token(p_hash bytea) returns sec.token
language plpgsql stable security definer set search_path = pg_catalog as $$
declare t sec.token;
begin
  select * into t from sec.token where hash = p_hash and used_at is null and expires_at > clock_timestamp();
  if not found then return null; end if;
  if t.purpose = 'invitation' then
    perform 1 from public.security_grant where id = t.subject_id and status = 'invited' and revoked_at is null
      and valid_to >= (clock_timestamp() at time zone 'UTC')::date;
  else
    perform 1 from public.security_recovery where id = t.subject_id and approved_at is not null and cancelled_at is null
      and used_at is null and not_before <= clock_timestamp() and expires_at > clock_timestamp();
  end if;
  if not found then return null; end if;
  return t;
end $$;

-- What a person at the door may know of their own token: unknown, used and expired tokens answer alike, with nothing.
create function sec.find_token(p_hash bytea, p_at text, p_mac bytea)
returns table (purpose text, person_id uuid, username text, code text, language text, made_by text, roles text[], clearance int, expires_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog as $$
declare t sec.token;
begin
  if not sec.proved('token|' || encode(p_hash, 'hex'), p_at, p_mac) then return; end if;
  t := sec.live_token(p_hash);
  if t.hash is null then return; end if;
  return query select t.purpose, t.person_id, p.username::text, p.code::text, p.language::text, m.code::text, g.roles::text[], g.clearance::int, t.expires_at
    from public.security_person p left join public.security_person m on m.id = t.made_by_id
    left join public.security_grant g on g.id = t.subject_id where p.id = t.person_id;
end $$;

-- Takes a token once: the row is locked, so of two at the same moment one finds it used.
create function sec.take_token(p_hash bytea, p_purpose text) returns sec.token
language plpgsql security definer set search_path = pg_catalog as $$
declare t sec.token;
begin
  perform 1 from sec.token where hash = p_hash and purpose = p_purpose for update;
  if not found then return null; end if;
  t := sec.live_token(p_hash);
  if t.hash is null then return null; end if;
  update sec.token set used_at = clock_timestamp() where hash = p_hash;
  return t;
end $$;

create function sec.accept_invitation(p_hash bytea, p_password text, p_at text, p_mac bytea) returns uuid
language plpgsql security definer set search_path = pg_catalog as $$
declare t sec.token;
begin
  if not sec.proved('accept|' || encode(p_hash, 'hex') || '|' || p_password, p_at, p_mac) then return null; end if;
  t := sec.take_token(p_hash, 'invitation');
  if t.hash is null then return null; end if;
  update public.security_grant set status = 'accepted' where id = t.subject_id and mission_id = t.mission_id;
  insert into sec.account (person_id, password) values (t.person_id, p_password)
    on conflict (person_id) do update set password = excluded.password;
  return t.person_id;
end $$;

insert into sec.setting values ('recovery_delay_minutes', 1440);

-- Recovery. A row comes in as a wish and nothing else; the moment is the server's.
create function sec.recovery_step() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if current_user = 'sec_owner' then return new; end if;
  if tg_op = 'INSERT' and new.kind in ('reset', 'emergency') and new.approved_by_id is null and new.approved_at is null and new.not_before is null
     and new.expires_at is null and new.cancelled_at is null and new.used_at is null and new.reviewed_by_id is null and new.reviewed_at is null then
    new.asked_at := clock_timestamp();
    return new;
  end if;
  raise insufficient_privilege using message = 'this step is not open';
end $$;

-- How long a reset waits, so that the person can say no: 24 hours, or what the installation has set, never below one hour.
create function sec.recovery_delay() returns interval language sql stable security definer set search_path = pg_catalog as $$
  select greatest(interval '1 hour', make_interval(mins => sec.setting_of('recovery_delay_minutes'))) $$;

create function sec.approve_recovery(p_recovery uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare me uuid := sec.officer('swpa', 'priv', 'hom'); r public.security_recovery; due timestamptz; ends timestamptz;
begin
  select * into r from public.security_recovery where id = p_recovery and mission_id = sec.mission() for update;
  if not found or r.approved_at is not null or r.cancelled_at is not null or me in (r.asked_by_id, r.person_id) then return false; end if;
  if clock_timestamp() > r.asked_at + (case r.kind when 'emergency' then interval '10 minutes' else interval '7 days' end) then return false; end if;
  perform 1 from public.security_grant g where g.mission_id = r.mission_id and g.person_id = r.person_id and g.revoked_at is null
    and g.valid_to >= (clock_timestamp() at time zone 'UTC')::date and (g.status = 'confirmed' or (r.kind = 'reset' and g.status <> 'invited'));
  if not found then return false; end if;
  due := clock_timestamp() + case r.kind when 'emergency' then interval '0' else sec.recovery_delay() end;
  ends := due + case r.kind when 'emergency' then interval '10 minutes' else interval '7 days' end;
  update public.security_recovery set approved_by_id = me, approved_at = clock_timestamp(), not_before = due, expires_at = ends
    where id = p_recovery and mission_id = sec.mission();
  return true;
end $$;

-- The one-time link, made for one of the two officers when the delay is over; an earlier one dies.
create function sec.recovery_link(p_recovery uuid, p_hash bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare me uuid := sec.officer('admin', 'swpa', 'priv', 'hom'); r public.security_recovery;
begin
  select * into r from public.security_recovery where id = p_recovery and mission_id = sec.mission() for update;
  if not found or r.approved_at is null or r.cancelled_at is not null or r.used_at is not null or me not in (r.asked_by_id, r.approved_by_id)
     or clock_timestamp() < r.not_before or clock_timestamp() >= r.expires_at or octet_length(p_hash) <> 32 then return false; end if;
  delete from sec.token where subject_id = p_recovery;
  insert into sec.token (hash, purpose, mission_id, person_id, subject_id, made_by_id, expires_at)
    values (p_hash, r.kind, r.mission_id, r.person_id, p_recovery, me, least(r.expires_at, clock_timestamp() + interval '24 hours'));
  return true;
end $$;

-- The person, wherever they are signed in, or an officer of the mission says no.
create function sec.cancel_recovery(p_recovery uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  update public.security_recovery set cancelled_at = clock_timestamp()
   where id = p_recovery and cancelled_at is null and used_at is null
     and (person_id = sec.person() or (mission_id = sec.mission() and sec.roles() && array['admin', 'swpa', 'priv', 'hom']));
  if not found then return false; end if;
  delete from sec.token where subject_id = p_recovery;
  return true;
end $$;

-- The notice: what is asked for about whoever is signed in, in any mission.
create function sec.own_recoveries() returns table (id uuid, kind text, asked_at timestamptz, asked_by text, not_before timestamptz)
language sql stable security definer set search_path = pg_catalog as $$
  select r.id, r.kind::text, r.asked_at, p.code::text, r.not_before
    from public.security_recovery r left join public.security_person p on p.id = r.asked_by_id
   where r.person_id = sec.person() and r.cancelled_at is null and r.used_at is null
     and coalesce(r.expires_at, r.asked_at + case r.kind when 'emergency' then interval '10 minutes' else interval '7 days' end) > clock_timestamp()
   order by r.asked_at $$;

-- A new pass phrase; every second factor and every session of the person ends. What two people gave for the highest classes, and
-- everything in other missions, waits for confirmation again.
create function sec.use_recovery(p_hash bytea, p_password text, p_at text, p_mac bytea) returns uuid
language plpgsql security definer set search_path = pg_catalog as $$
declare t sec.token; asker uuid;
begin
  if not sec.proved('reset|' || encode(p_hash, 'hex') || '|' || p_password, p_at, p_mac) then return null; end if;
  t := sec.take_token(p_hash, 'reset');
  if t.hash is null then return null; end if;
  update public.security_recovery set used_at = clock_timestamp() where id = t.subject_id and mission_id = t.mission_id
    returning asked_by_id into asker;
  insert into sec.account (person_id, password) values (t.person_id, p_password)
    on conflict (person_id) do update set password = excluded.password;
  perform sec.forget_factors(t.person_id);
  perform sec.end_sessions_of(t.person_id, 'password');
  update public.security_grant set status = 'accepted', confirmed_by_id = null, proposed_by_id = asker
   where person_id = t.person_id and status in ('confirmed', 'travelling', 'locked') and revoked_at is null
     and (clearance >= 5 or mission_id <> t.mission_id);
  return t.person_id;
end $$;

-- One look by another officer at an emergency opening, afterwards.
create function sec.review_recovery(p_recovery uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare me uuid := sec.officer('swpa', 'priv', 'hom');
begin
  update public.security_recovery set reviewed_by_id = me, reviewed_at = clock_timestamp()
   where id = p_recovery and mission_id = sec.mission() and kind = 'emergency' and used_at is not null and reviewed_at is null
     and me not in (person_id, asked_by_id, approved_by_id);
  return found;
end $$;

-- The second factors, which the sign-in library keeps.
create function sec.forget_factors(p_person uuid) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
  delete from public.mfa_authenticator where user_id = p_person;  -- looked up when it runs: the library's table is made after this step
end $$;

-- An emergency opening is one session of four hours at most, in one mission. Its way is a way of its own: it is never proved anew,
-- so it changes nobody's rights and no sign-in.
alter table sec.session add column emergency_until timestamptz, add column emergency_mission uuid;
create or replace function sec.session_over(s sec.session) returns text language sql stable security definer set search_path = pg_catalog as $$
  select case
    when s.ended_at is not null then coalesce(nullif(s.ended_why, ''), 'ended')
    when s.person_id is null then case when s.expires_at > clock_timestamp() then '' else 'idle' end
    when clock_timestamp() > s.emergency_until then 'absolute'
    when clock_timestamp() > s.signed_in_at + make_interval(hours => sec.setting_of('session_hours')) then 'absolute'
    when clock_timestamp() > s.last_seen_at + make_interval(mins => sec.setting_of('idle_minutes')) then 'idle'
    else '' end $$;

create or replace function sec.enter(p_hash bytea, p_mission uuid, p_at text, p_mac bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare s sec.session; cap int := 6;
begin
  perform set_config('app.ctx', '', true);
  if not sec.proved('enter|' || encode(p_hash, 'hex') || '|' || coalesce(p_mission::text, ''), p_at, p_mac) then return false; end if;
  select * into s from sec.session where hash = p_hash;
  if not found or s.person_id is null or sec.session_over(s) <> '' then return false; end if;
  update sec.session set last_seen_at = clock_timestamp() where hash in (select hash from sec.session
    where hash = p_hash and last_seen_at < clock_timestamp() - interval '30 seconds' for update skip locked);
  if s.emergency_until is not null then
    if p_mission <> s.emergency_mission then return false; end if;
    return sec.open_for(s.person_id, p_mission, 'emergency');
  end if;
  if p_mission is not null then
    if s.strength = 0 then return false; end if;
    if s.strength = 1 and not exists (select 1 from public.security_mission where id = p_mission and synthetic) then cap := 1; end if;
  end if;
  return sec.open_for(s.person_id, p_mission, 'session', cap, s.proved_at);
end $$;

-- Uses the token for the session that the process has just begun for this person.
create function sec.use_emergency(p_hash bytea, p_session bytea, p_at text, p_mac bytea) returns uuid
language plpgsql security definer set search_path = pg_catalog as $$
declare t sec.token;
begin
  if not sec.proved('emergency|' || encode(p_hash, 'hex') || '|' || encode(p_session, 'hex'), p_at, p_mac) then return null; end if;
  t := sec.take_token(p_hash, 'emergency');
  if t.hash is null then return null; end if;
  update sec.session set emergency_until = clock_timestamp() + interval '4 hours', emergency_mission = t.mission_id
   where hash = p_session and person_id = t.person_id and ended_at is null;
  if not found then raise insufficient_privilege using message = 'no session of this person'; end if;
  update public.security_recovery set used_at = clock_timestamp() where id = t.subject_id and mission_id = t.mission_id;
  return t.person_id;
end $$;

-- Colleagues with one of these roles to whom a compartment is closed, for those who may name somebody for it. Says nothing else of them.
create function sec.left_out(p_compartment text[], p_roles text[]) returns table (person_id uuid)
language sql stable security definer set search_path = pg_catalog as $$
  select g.person_id from public.security_grant g where g.mission_id = sec.mission() and g.status = 'confirmed' and g.revoked_at is null
    and g.valid_to >= (clock_timestamp() at time zone 'UTC')::date and g.roles::text[] && p_roles and sec.roles() && array['swpa', 'hr']
    and string_to_array(sec.walls_of(g.staff, g.contingent), ',') && p_compartment $$;

revoke all on all functions in schema sec from public;
grant execute on function sec.invite(text, text, text, uuid, text[], int, text[], text, text, date, bytea), sec.invite_again(uuid, bytea),
  sec.find_token(bytea, text, bytea), sec.accept_invitation(bytea, text, text, bytea), sec.approve_recovery(uuid),
  sec.recovery_link(uuid, bytea), sec.cancel_recovery(uuid), sec.own_recoveries(), sec.use_recovery(bytea, text, text, bytea),
  sec.use_emergency(bytea, bytea, text, bytea), sec.review_recovery(uuid), sec.recovery_delay(), sec.left_out(text[], text[]) to app_web;
grant execute on function sec.recovery_step() to data_owner;

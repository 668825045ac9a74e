-- Watch: lock-down by two people, and who may read whose entries of the log. Everything here runs as the context's keeper.

-- A request to close a mission carries nothing but the request; every later step goes through the functions below.
create function sec.lock_step() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if current_user = 'sec_owner' then return new; end if;
  if tg_op = 'INSERT' and new.asked_by_id = sec.person() and new.confirmed_by_id is null and new.confirmed_at is null
     and new.lift_asked_by_id is null and new.lift_confirmed_by_id is null and new.lifted_at is null then
    new.asked_at := clock_timestamp();
    return new;
  end if;
  raise insufficient_privilege using message = 'this step is not open';
end $$;

-- Whoever may ask, confirm and lift: a rights officer who has shown within five minutes who they are.
create function sec.check_locker() returns void language plpgsql stable set search_path = pg_catalog as $$
begin
  if sec.mission() is null or not coalesce(sec.roles() && array['admin', 'swpa', 'priv', 'hom'], false) or not sec.fresh() then
    raise insufficient_privilege using message = 'this step is not open';
  end if;
end $$;

-- The second person closes the mission: every live grant is locked, every session of its people ended. A request holds 30 minutes.
-- Answers false where there is nothing to confirm (another person's request, open, not too old).
create function sec.lock_down(p_id uuid) returns boolean language plpgsql security definer set search_path = pg_catalog as $$
declare here uuid := sec.mission();
begin
  perform sec.check_locker();
  perform 1 from public.security_mission where id = here for update;  -- one at a time
  update public.security_lockdown set confirmed_by_id = sec.person(), confirmed_at = clock_timestamp()
   where id = p_id and mission_id = here and confirmed_at is null and lifted_at is null and asked_by_id <> sec.person()
     and asked_at > clock_timestamp() - interval '30 minutes' and not sec.locked(here);
  if not found then return false; end if;
  update public.security_grant set status = 'locked' where mission_id = here and status = 'confirmed' and revoked_at is null;
  update sec.session s set ended_at = clock_timestamp(), ended_why = 'closed' where s.ended_at is null
    and s.person_id in (select g.person_id from public.security_grant g where g.mission_id = here);
  return true;
end $$;

create function sec.ask_lift(p_id uuid) returns boolean language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform sec.check_locker();
  update public.security_lockdown set lift_asked_by_id = sec.person()
   where id = p_id and mission_id = sec.mission() and confirmed_at is not null and lifted_at is null;
  return found;
end $$;

-- Another person than the one who asked for it opens the mission again; the grants are as they were.
create function sec.lift(p_id uuid) returns boolean language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform sec.check_locker();
  update public.security_lockdown set lift_confirmed_by_id = sec.person(), lifted_at = clock_timestamp()
   where id = p_id and mission_id = sec.mission() and confirmed_at is not null and lifted_at is null and lift_asked_by_id <> sec.person();
  if not found then return false; end if;
  update public.security_grant set status = 'confirmed' where mission_id = sec.mission() and status = 'locked';
  return true;
end $$;

-- A closed mission runs no job; whoever sent it sends it again.
-- The worker proves its key, so that an id read in the queue opens nothing.
drop function sec.enter_job(uuid);
create function sec.enter_job(p_job uuid, p_at text, p_mac bytea) returns text
language plpgsql security definer set search_path = pg_catalog as $$
declare j sec.job;
begin
  perform set_config('app.ctx', '', true);
  if not sec.proved('job|' || p_job, p_at, p_mac) then return null; end if;
  select * into j from sec.job where id = p_job and finished_at is null;
  if not found or sec.locked(j.mission_id) then return null; end if;
  if not sec.open_for(j.person_id, j.mission_id, 'job:' || j.purpose, 6, clock_timestamp()) then return null; end if;
  return j.purpose;
end $$;

-- Log: pseudonym and person, in the running mission. Only for the functions below.
create function sec.known_people() returns table (principal text, person uuid, code text)
language sql stable security definer set search_path = pg_catalog as $$
  select left(encode(sec.mac('pepper', convert_to(p.id::text, 'UTF8')), 'hex'), 24), p.id, p.code::text
    from public.security_person p where p.id in (select g.person_id from public.security_grant g where g.mission_id = sec.mission()) $$;

-- For auditor and data protection officer: who stands behind the pseudonyms of the log of their mission.
create function sec.people_of_log() returns table (principal text, person uuid, code text)
language sql stable security definer set search_path = pg_catalog as $$
  select k.principal, k.person, k.code from sec.known_people() k where sec.roles() && array['audit', 'priv'] $$;

-- Whether a record is the caller's own to watch over. Runs with the caller's rights: what their policies close is not theirs.
create function sec.owns_record(p_object uuid) returns boolean language plpgsql stable set search_path = pg_catalog as $$
declare me uuid := sec.person(); all_of boolean := coalesce(sec.roles() && array['swpa'], false);
begin
  return exists (select 1 from public.evidence_incident i where i.mission_id = sec.mission() and i.id = p_object
      and (all_of or i.opened_by_id = me or i.assigned_to_id = me))
    or exists (select 1 from public.evidence_report r where r.mission_id = sec.mission() and r.id = p_object
      and (all_of or r.recorded_by_id = me or exists (select 1 from public.evidence_link l join public.evidence_incident i
        on i.mission_id = l.mission_id and i.id = l.incident_id where l.mission_id = r.mission_id and l.report_id = r.id
        and l.undone_at is null and i.assigned_to_id = me)));
end $$;

-- The entries that name one record, newest first. Auditor and data protection officer read them by their role. Everybody else
-- comes through sec.readers_of, which asks with the caller's own rights; this inner step cannot ask that (it runs as the keeper),
-- so it also wants the proof of a process that has looked at the record under the caller's policies (watch/queries.py).
create function sec.entries_of(p_object uuid, p_before bigint, p_limit int, p_at text, p_mac bytea)
returns table (id bigint, at timestamptz, event text, person uuid, code text, role text, class text, purpose text, outcome text)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  if not coalesce(sec.roles() && array['audit', 'priv'], false)
     and not (sec.mission() is not null and sec.proved('readers|' || sec.person() || '|' || p_object, p_at, p_mac)) then
    raise insufficient_privilege using message = 'no context';
  end if;
  return query select e.id, e.at, e.event, k.person, k.code, e.role, e.class, e.purpose, e.outcome
    from audit.entry e left join sec.known_people() k on k.principal = e.principal
   where e.mission_id = sec.mission() and e.object_ids <> '{}' and e.object_ids @> array[p_object]
     and (p_before is null or e.id < p_before) order by e.id desc limit p_limit;
end $$;

create function sec.readers_of(p_object uuid, p_before bigint, p_limit int, p_at text, p_mac bytea)
returns table (id bigint, at timestamptz, event text, person uuid, code text, role text, class text, purpose text, outcome text)
language plpgsql stable set search_path = pg_catalog as $$
begin
  if not coalesce(sec.roles() && array['audit', 'priv'], false) and not sec.owns_record(p_object) then return; end if;
  return query select * from sec.entries_of(p_object, p_before, p_limit, p_at, p_mac);
end $$;

-- Where the log stands: entries in the tree, when the tree last grew, entries not yet in it, the last heartbeat.
create function sec.log_state() returns table (size bigint, latest timestamptz, waiting bigint, oldest timestamptz, heartbeat timestamptz)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  if not coalesce(sec.roles() && array['audit', 'priv'], false) then return; end if;
  return query select h.size, h.latest, w.many, w.first,
      (select l.at from audit.leaf l where l.entry_id is null order by l.index desc limit 1)
    from audit.head h, lateral (select count(*) as many, min(x.at) as first from (
        select e.at from audit.entry e where e.id > h.last_entry order by e.id limit 100000) x) w;
end $$;

create index entry_objects on audit.entry using gin (object_ids) where object_ids <> '{}';
create index entry_person on audit.entry (mission_id, principal, id);

revoke all on function sec.enter_job(uuid, text, bytea), sec.lock_step(), sec.check_locker(), sec.lock_down(uuid), sec.ask_lift(uuid), sec.lift(uuid), sec.known_people(),
  sec.people_of_log(), sec.owns_record(uuid), sec.entries_of(uuid, bigint, int, text, bytea),
  sec.readers_of(uuid, bigint, int, text, bytea), sec.log_state() from public;
grant execute on function sec.lock_down(uuid), sec.ask_lift(uuid), sec.lift(uuid), sec.people_of_log(), sec.owns_record(uuid),
  sec.entries_of(uuid, bigint, int, text, bytea), sec.readers_of(uuid, bigint, int, text, bytea), sec.log_state() to app_web;
grant execute on function sec.lock_step() to data_owner;
grant execute on function sec.enter_job(uuid, text, bytea) to app_worker;

-- Need-to-know as the field has it: cases of children, registers of a component, namings, a mission under lock-down;
-- and that a row says of nobody that they acted who did not.

-- Child protection works on cases of children, and on those it opened or verifies: the reports of such a case.
create function sec.of_child_case(p_report uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
declare me uuid := sec.person();
begin
  return exists (select 1 from public.evidence_link l
      join public.evidence_incident i on i.mission_id = l.mission_id and i.id = l.incident_id
    where l.mission_id = sec.mission() and l.report_id = p_report and l.undone_at is null
      and (greatest(i.girls, i.boys, i.child_unknown) > 0 or me in (i.assigned_to_id, i.opened_by_id)));
end $$;

-- Which role enters which register: filled at installation from the registers' own definitions.
create table sec.register_role (register text not null, role text not null, primary key (register, role));
create function sec.registers() returns text[] language sql stable security definer set search_path = pg_catalog as $$
  select coalesce(array_agg(distinct r.register), '{}') from sec.register_role r where r.role = any (sec.roles()) $$;
create function sec.on_register(p_entry uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  return exists (select 1 from public.activities_registerentry e
    where e.mission_id = sec.mission() and e.id = p_entry and e.register = any (sec.registers()));
end $$;

-- Whether an incident or a report is open to the caller, and not by broken glass alone. Runs with the caller's rights.
create function sec.opens(p_object uuid) returns boolean language plpgsql stable set search_path = pg_catalog as $$
declare here uuid := sec.mission(); glass text[] := sec.broken();
begin
  return exists (select 1 from public.evidence_incident i where i.mission_id = here and i.id = p_object and i.ref <> all (glass))
      or exists (select 1 from public.evidence_report r where r.mission_id = here and r.id = p_object and r.ref <> all (glass));
end $$;

-- A mission under lock-down shows those who can lift it who asked for it and who confirmed, and no other colleague.
create function sec.unlocked() returns boolean language sql stable security definer set search_path = pg_catalog as $$
  select not sec.locked(sec.mission()) $$;
create or replace function sec.colleague(p_person uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
declare here uuid := sec.mission();
begin
  if sec.locked(here) then
    return exists (select 1 from public.security_lockdown l where l.mission_id = here
      and p_person in (l.asked_by_id, l.confirmed_by_id, l.lift_asked_by_id, l.lift_confirmed_by_id));
  end if;
  return exists (select 1 from public.security_grant g where g.mission_id = here and g.person_id = p_person);
end $$;
create or replace function sec.left_out(p_compartment text[], p_roles text[]) returns table (person_id uuid)
language sql stable security definer set search_path = pg_catalog as $$
  select g.person_id from public.security_grant g where g.mission_id = sec.mission() and g.status = 'confirmed' and g.revoked_at is null
    and g.valid_to >= (clock_timestamp() at time zone 'UTC')::date and g.roles::text[] && p_roles and sec.roles() && array['swpa', 'hr']
    and string_to_array(sec.walls_of(g.staff, g.contingent), ',') && p_compartment and sec.unlocked() $$;
create or replace function sec.people_of_log() returns table (principal text, person uuid, code text)
language sql stable security definer set search_path = pg_catalog as $$
  select k.principal, k.person, k.code from sec.known_people() k where sec.roles() && array['audit', 'priv'] and sec.unlocked() $$;

-- Who made, asked, wrote stays as it came in (the policies see to it that it came in under one's own name); a judgement is undone
-- once, in one's own name; a correction of an entry is signed by whoever corrects it. Installations pass.
create function sec.signed() returns trigger language plpgsql set search_path = pg_catalog as $$
declare was jsonb; will jsonb; me text; stays text;
begin
  if current_user not in ('app_web', 'app_worker') then return new; end if;
  was := to_jsonb(old); will := to_jsonb(new); me := sec.person()::text;
  foreach stays in array array['made_by_id', 'made_at', 'asked_by_id', 'asked_at', 'written_by_id', 'routed_by_id'] loop
    if will -> stays is distinct from was -> stays then raise insufficient_privilege using message = 'this does not change'; end if;
  end loop;
  if will -> 'undone_by_id' is distinct from was -> 'undone_by_id' or will -> 'undone_at' is distinct from was -> 'undone_at' then
    if was ->> 'undone_at' is not null or will ->> 'undone_at' is null or will ->> 'undone_by_id' is distinct from me then
      raise insufficient_privilege using message = 'undone by whoever undoes it, once';
    end if;
  end if;
  if will -> 'recorded_by_id' is distinct from was -> 'recorded_by_id' and will ->> 'recorded_by_id' is distinct from me then
    raise insufficient_privilege using message = 'recorded by whoever records it';
  end if;
  return new;
end $$;

revoke all on function sec.of_child_case(uuid), sec.registers(), sec.on_register(uuid), sec.opens(uuid), sec.unlocked(), sec.signed() from public;
grant execute on function sec.of_child_case(uuid), sec.registers(), sec.on_register(uuid), sec.opens(uuid), sec.unlocked()
  to app_web, app_worker, data_owner;
grant execute on function sec.signed() to data_owner;

create or replace function sec.colleague(p_person uuid) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select exists (select 1 from public.security_grant g where g.mission_id = sec.mission() and g.person_id = p_person) $$;
create or replace function sec.left_out(p_compartment text[], p_roles text[]) returns table (person_id uuid)
language sql stable security definer set search_path = pg_catalog as $$
  select g.person_id from public.security_grant g where g.mission_id = sec.mission() and g.status = 'confirmed' and g.revoked_at is null
    and g.valid_to >= (clock_timestamp() at time zone 'UTC')::date and g.roles::text[] && p_roles and sec.roles() && array['swpa', 'hr']
    and string_to_array(sec.walls_of(g.staff, g.contingent), ',') && p_compartment $$;
create or replace function sec.people_of_log() returns table (principal text, person uuid, code text)
language sql stable security definer set search_path = pg_catalog as $$
  select k.principal, k.person, k.code from sec.known_people() k where sec.roles() && array['audit', 'priv'] $$;
drop function sec.signed() cascade;
drop function sec.of_child_case(uuid) cascade;
drop function sec.registers() cascade;
drop function sec.on_register(uuid) cascade;
drop function sec.opens(uuid) cascade;
drop function sec.unlocked() cascade;
drop table sec.register_role;

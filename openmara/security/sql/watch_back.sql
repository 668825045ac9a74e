drop function sec.enter_job(uuid, text, bytea);
create function sec.enter_job(p_job uuid) returns text
language plpgsql security definer set search_path = pg_catalog as $$
declare j sec.job;
begin
  perform set_config('app.ctx', '', true);
  select * into j from sec.job where id = p_job and finished_at is null;
  if not found then return null; end if;
  if not sec.open_for(j.person_id, j.mission_id, 'job:' || j.purpose, 6, clock_timestamp()) then return null; end if;
  return j.purpose;
end $$;
revoke all on function sec.enter_job(uuid) from public;
grant execute on function sec.enter_job(uuid) to app_worker;
-- The rest goes with the schemas `sec` and `audit`, which the first step drops when it is taken back.
drop index audit.entry_person;
drop index audit.entry_objects;
drop function sec.log_state();
drop function sec.readers_of(uuid, bigint, int, text, bytea);
drop function sec.entries_of(uuid, bigint, int, text, bytea);
drop function sec.owns_record(uuid);
drop function sec.people_of_log();
drop function sec.known_people();
drop function sec.lift(uuid);
drop function sec.ask_lift(uuid);
drop function sec.lock_down(uuid);
drop function sec.check_locker();
drop function sec.lock_step();

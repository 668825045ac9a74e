-- Back to the log without a tree, as audit.sql made it. Entries stay.
drop function sec.log_is_behind();
drop function audit.receipt(uuid), audit.newest_checkpoint(boolean, text, bytea), audit.submissions(bigint, text, bytea), audit.strays(text, bytea),
  audit.checkpoints(bigint, int, text, bytea), audit.leaves(bigint, int, text, bytea), audit.cosign(bigint, text, text, bytea),
  audit.add_checkpoint(bigint, bytea, bytea, text, boolean, text, bytea),
  audit.sequence(bigint, bigint[], timestamptz[], bytea[], text, bytea), audit.moment(text, bytea), audit.pending(int, text, bytea),
  audit.write(text, uuid[], text, text, text, bytea, text, uuid, timestamptz, uuid[], bytea[], text, bytea);
drop type audit.row;
create or replace function audit.complete() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
  new.id := nextval(pg_get_serial_sequence('audit.entry', 'id'));
  new.at := clock_timestamp();
  new.mission_id := sec.mission();
  new.principal := coalesce(sec.pseudonym(), 'nobody');
  new.role := coalesce(array_to_string(sec.roles(), ','), '');
  return new;
end $$;
drop function audit.check_proved(text, text, text, bytea), audit.proved(text, text, text, bytea);
drop table audit.submission, audit.checkpoint, audit.leaf, audit.head;
drop policy keeper on audit.entry;
create policy write_own on audit.entry for insert with check (mission_id is not distinct from (select sec.mission()));
grant insert on audit.entry to app_web, app_worker;

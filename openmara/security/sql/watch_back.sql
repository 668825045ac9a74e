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

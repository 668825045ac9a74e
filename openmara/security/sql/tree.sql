-- The log as a Merkle tree. An entry is written through audit.write alone: by somebody with a context, or by a process that
-- holds the key. Leaves get their index in order of id; a checkpoint names size and root and is signed outside the database.
revoke insert on audit.entry from app_web, app_worker;
drop policy write_own on audit.entry;
create policy keeper on audit.entry to sec_owner using (true) with check (true);

create table audit.head (  -- one row: how far the tree goes
  only_row boolean primary key default true check (only_row),
  size bigint not null default 0, last_entry bigint not null default 0, latest timestamptz, checkpoint bytea);
insert into audit.head default values;
create table audit.leaf (
  index bigint primary key check (index >= 0), entry_id bigint unique, at timestamptz not null,
  hash bytea not null check (length(hash) = 32));  -- no entry: a heartbeat
create table audit.checkpoint (
  size bigint primary key, root bytea not null check (length(root) = 32), at timestamptz not null default clock_timestamp(),
  note text not null, cosignatures text not null default '', published boolean not null);
create index checkpoint_published on audit.checkpoint (size) where published;
create table audit.submission (  -- what a receipt is made from; `position` in the batch whose root the entry holds
  mission_id uuid not null, record_id uuid not null, entry_id bigint not null, position int not null,
  content_sha256 bytea not null check (length(content_sha256) = 32), person_id uuid, organisation_id uuid,
  primary key (mission_id, record_id));
create index submission_entry on audit.submission (entry_id, position);

do $$ declare t text; begin
  foreach t in array array['head', 'leaf', 'checkpoint', 'submission'] loop
    execute format('alter table audit.%I enable row level security', t);
    execute format('alter table audit.%I force row level security', t);
    execute format('create policy keeper on audit.%I to sec_owner using (true) with check (true)', t);
    execute format('grant select on audit.%I to app_web, app_worker', t);
  end loop;
  foreach t in array array['leaf', 'submission'] loop
    execute format('create trigger never before update or delete or truncate on audit.%I for each statement execute function audit.never()', t);
  end loop;
end $$;
create trigger never before delete or truncate on audit.checkpoint for each statement execute function audit.never();
-- The auditor reads the tree of the log whose mission they audit; everybody else reads nothing of it.
create policy read_log on audit.leaf for select using (exists (select 1 from audit.entry e where e.id = entry_id));
create policy read_log on audit.checkpoint for select using (
  (select sec.mission()) is not null and (select sec.roles()) && array['audit', 'priv']);
create policy read_log on audit.submission for select using (
  mission_id = (select sec.mission()) and (select sec.roles()) && array['audit', 'priv']);

-- A proof by a process: the keyed hash of what is asked and when, not older than two minutes.
create function audit.proved(p_key text, p_message text, p_at text, p_mac bytea) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  return abs(extract(epoch from clock_timestamp() - p_at::timestamptz)) <= 120
    and sec.same(sec.mac(p_key, convert_to(p_message || '|' || p_at, 'UTF8')), p_mac);
exception when others then return false;
end $$;
create function audit.check_proved(p_key text, p_message text, p_at text, p_mac bytea) returns void
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  if audit.proved(p_key, p_message, p_at, p_mac) is not true then
    raise insufficient_privilege using message = 'no context';
  end if;
end $$;

-- Ids are given in order but committed out of order. Each entry so leaves a mark: a shared lock, held to the end of its transaction,
-- on an id given before its own. While the mark stands, the sequencer passes no id above it (audit.pending). The setting saves
-- locks and nothing else: later entries of a transaction lock the same number again. Whoever writes another one into it gets a
-- mark on a lower number or on the last id given, never none and never a higher one.
create or replace function audit.complete() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
declare said text := current_setting('audit.marked', true); mark int := (select last_value::int from audit.entry_id_seq);
begin
  if said ~ '^[0-9]{1,9}$' then
    mark := least(mark, said::int);
  end if;
  perform pg_advisory_xact_lock_shared(72017, mark);
  if said is distinct from mark::text then
    perform set_config('audit.marked', mark::text, true);
  end if;
  new.id := nextval('audit.entry_id_seq');
  new.at := clock_timestamp();
  new.mission_id := sec.mission();
  new.principal := coalesce(sec.pseudonym(), 'nobody');
  new.role := coalesce(array_to_string(sec.roles(), ','), '');
  new.previous_checkpoint := (select h.checkpoint from audit.head h);
  return new;
end $$;

create function audit.write(p_event text, p_objects uuid[], p_class text, p_purpose text, p_outcome text, p_result bytea,
  p_bucket text, p_request uuid, p_stated timestamptz, p_records uuid[], p_contents bytea[], p_at text, p_mac bytea)
returns void language plpgsql security definer set search_path = pg_catalog as $$
declare made bigint; my_mission uuid; me uuid := sec.person();
begin
  if me is null then
    perform audit.check_proved('session', concat_ws('|', 'audit', p_event, p_class, p_purpose, p_outcome,
      coalesce(p_request::text, ''), array_to_string(p_objects, ',')), p_at, p_mac);
  end if;
  insert into audit.entry (event, object_ids, class, purpose, outcome, result_hash, count_bucket, request_id, stated_at)
    values (p_event, p_objects, p_class, p_purpose, p_outcome, p_result, p_bucket, p_request, p_stated) returning id into made;
  if p_records is not null then  -- receipts: for reports that this person has recorded here, with this content, and for nothing else
    my_mission := sec.mission();
    if p_event <> 'evidence:report:take_in' or my_mission is null or me is null or cardinality(p_records) <> (
        select count(*) from unnest(p_records, p_contents) as r(record, content) join public.evidence_report e
          on e.mission_id = my_mission and e.id = r.record and e.recorded_by_id = me and e.content_sha256 = r.content) then
      raise insufficient_privilege using message = 'no such records were taken in';
    end if;
    insert into audit.submission (mission_id, record_id, entry_id, position, content_sha256, person_id, organisation_id)
      select my_mission, r.record, made, r.number - 1, r.content, me, sec.organisation()
        from unnest(p_records, p_contents) with ordinality as r(record, content, number);
  end if;
end $$;

create type audit.row as (id bigint, version smallint, at timestamptz, stated_at timestamptz, mission_id uuid, event text, principal text,
  role text, object_ids uuid[], result_hash bytea, count_bucket text, class text, purpose text, outcome text, request_id uuid,
  previous_checkpoint bytea, detail_enc bytea);

-- Entries that may become leaves now, in order of id. First how far ids were given, then which marks stand, then what is there:
-- in this order no transaction can slip between. (Volatile: each statement sees anew.)
create function audit.pending(p_limit int, p_at text, p_mac bytea) returns setof audit.row
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare given bigint; marked bigint;
begin
  perform audit.check_proved('log', 'log|pending', p_at, p_mac);
  select last_value into given from audit.entry_id_seq;
  select min(l.objid::bigint) into marked from pg_locks l
   where l.locktype = 'advisory' and l.classid = 72017 and l.objsubid = 2 and l.mode = 'ShareLock'
     and l.database = (select oid from pg_database where datname = current_database());
  return query select e.id, e.version, e.at, e.stated_at, e.mission_id, e.event, e.principal, e.role, e.object_ids, e.result_hash,
      e.count_bucket, e.class, e.purpose, e.outcome, e.request_id, e.previous_checkpoint, e.detail_enc
    from audit.entry e where e.id > (select last_entry from audit.head) and e.id <= least(given, coalesce(marked, given))
    order by e.id limit p_limit;
end $$;

-- The time now, whether no mark stands, and where the tree ends.
create function audit.moment(p_at text, p_mac bytea)
returns table (now_is timestamptz, quiet boolean, size bigint, latest timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog as $$
begin
  perform audit.check_proved('log', 'log|moment', p_at, p_mac);
  return query select clock_timestamp(), not exists (select 1 from pg_locks l where l.locktype = 'advisory' and l.classid = 72017
      and l.objsubid = 2 and l.database = (select oid from pg_database where datname = current_database())), h.size, h.latest
    from audit.head h;
end $$;

-- Give contiguous indices from p_first on. The row of audit.head is locked: a second sequencer finds another size and is refused.
create function audit.sequence(p_first bigint, p_entries bigint[], p_times timestamptz[], p_hashes bytea[], p_at text, p_mac bytea)
returns void language plpgsql security definer set search_path = pg_catalog as $$
declare h audit.head; joined bytea;
begin
  select coalesce(string_agg(x.hash, ''::bytea order by x.n), ''::bytea) into joined from unnest(p_hashes) with ordinality x(hash, n);
  perform audit.check_proved('log', 'log|sequence|' || p_first || '|' || encode(sha256(joined), 'hex'), p_at, p_mac);
  select * into h from audit.head for update;
  if h.size <> p_first then raise serialization_failure using message = 'the log has another size'; end if;
  insert into audit.leaf (index, entry_id, at, hash)
    select p_first + x.n - 1, x.entry, x.moment, x.hash from unnest(p_entries, p_times, p_hashes) with ordinality x(entry, moment, hash, n);
  update audit.head set size = p_first + cardinality(p_hashes), latest = greatest(h.latest, p_times[cardinality(p_times)]),
    last_entry = greatest(h.last_entry, (select max(x) from unnest(p_entries) x));
end $$;

create function audit.add_checkpoint(p_size bigint, p_root bytea, p_mark bytea, p_note text, p_published boolean, p_at text, p_mac bytea)
returns void language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform audit.check_proved('log', 'log|checkpoint|' || p_size || '|' || encode(p_root, 'hex'), p_at, p_mac);
  if p_size > (select size from audit.head) then raise check_violation using message = 'larger than the log'; end if;
  insert into audit.checkpoint (size, root, note, published) values (p_size, p_root, p_note, p_published);
  update audit.head set checkpoint = p_mark;
end $$;

create function audit.cosign(p_size bigint, p_lines text, p_at text, p_mac bytea) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform audit.check_proved('log', 'log|cosign|' || p_size || '|' || encode(sha256(convert_to(p_lines, 'UTF8')), 'hex'), p_at, p_mac);
  update audit.checkpoint set cosignatures = cosignatures || p_lines where size = p_size and strpos(cosignatures, p_lines) = 0;
end $$;

-- For checks: leaves with their entries as they are now; checkpoints; entries that should be in the tree and are not.
create function audit.leaves(p_first bigint, p_limit int, p_at text, p_mac bytea)
returns table (index bigint, leaf_at timestamptz, hash bytea, entry_id bigint, entry audit.row)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  perform audit.check_proved('verify', 'verify|leaves|' || p_first, p_at, p_mac);
  return query select l.index, l.at, l.hash, l.entry_id, case when e.id is null then null else row(e.id, e.version, e.at, e.stated_at,
      e.mission_id, e.event, e.principal, e.role, e.object_ids, e.result_hash, e.count_bucket, e.class, e.purpose, e.outcome,
      e.request_id, e.previous_checkpoint, e.detail_enc)::audit.row end
    from audit.leaf l left join audit.entry e on e.id = l.entry_id where l.index >= p_first order by l.index limit p_limit;
end $$;

create function audit.checkpoints(p_after bigint, p_limit int, p_at text, p_mac bytea)
returns table (size bigint, at timestamptz, note text, published boolean)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  perform audit.check_proved('verify', 'verify|checkpoints|' || p_after, p_at, p_mac);
  return query select c.size, c.at, c.note || c.cosignatures, c.published from audit.checkpoint c
    where c.size > p_after order by c.size limit p_limit;
end $$;

create function audit.newest_checkpoint(p_published boolean, p_at text, p_mac bytea) returns table (size bigint, at timestamptz, note text)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  perform audit.check_proved('verify', 'verify|newest|' || p_published::text, p_at, p_mac);
  return query select c.size, c.at, c.note || c.cosignatures from audit.checkpoint c
    where c.published or not p_published order by c.size desc limit 1;
end $$;

-- `passed` is null for what a receipt would be made from though its entry is none of a take-in there.
create function audit.strays(p_at text, p_mac bytea) returns table (entry_id bigint, at timestamptz, passed boolean)
language plpgsql stable security definer set search_path = pg_catalog as $$
declare upto bigint;
begin
  perform audit.check_proved('verify', 'verify|strays', p_at, p_mac);
  select last_entry into upto from audit.head;
  return query (select e.id, e.at, true from audit.entry e left join audit.leaf l on l.entry_id = e.id
      where e.id <= upto and l.index is null order by e.id limit 1)
    union all (select e.id, e.at, false from audit.entry e where e.id > upto order by e.id limit 1)
    union all (select s.entry_id, null::timestamptz, null::boolean from audit.submission s left join audit.entry e on e.id = s.entry_id
      where e.id is null or e.event <> 'evidence:report:take_in' or e.mission_id is distinct from s.mission_id order by s.entry_id limit 1);
end $$;

create function audit.submissions(p_entry bigint, p_at text, p_mac bytea) returns table (record_id uuid, content_sha256 bytea)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  perform audit.check_proved('verify', 'verify|submissions|' || p_entry, p_at, p_mac);
  return query select s.record_id, s.content_sha256 from audit.submission s where s.entry_id = p_entry order by s.position;
end $$;

-- What a receipt is made from, for whoever sent the record, their office, and the auditor. The checkpoint is the first published
-- one that covers the leaf, else the newest of all.
create function audit.receipt(p_record uuid) returns table (content_sha256 bytea, place int, records uuid[], contents bytea[],
  leaf_index bigint, size bigint, note text)
language sql stable security definer set search_path = pg_catalog as $$
  select s.content_sha256, s.position,
    (select array_agg(o.record_id order by o.position) from audit.submission o where o.entry_id = s.entry_id),
    (select array_agg(o.content_sha256 order by o.position) from audit.submission o where o.entry_id = s.entry_id),
    l.index, c.size, c.note || c.cosignatures
  from audit.submission s left join audit.leaf l on l.entry_id = s.entry_id
  left join lateral (select k.* from audit.checkpoint k where k.size > l.index order by k.published desc, k.size limit 1) c on true
  where s.record_id = p_record and s.mission_id = sec.mission() and (s.person_id = sec.person()
    or s.organisation_id = sec.organisation() or sec.roles() && array['audit', 'priv']) $$;

-- Whether an entry waits for the tree longer than two minutes. One look at the index of audit.entry.
create function sec.log_is_behind() returns boolean language sql stable security definer set search_path = pg_catalog as $$
  select coalesce((select e.at < clock_timestamp() - interval '120 seconds' from audit.entry e
    where e.id > (select h.last_entry from audit.head h) order by e.id limit 1), false) $$;

revoke all on all functions in schema audit from public;
revoke all on function sec.log_is_behind() from public;
grant execute on all functions in schema audit to app_web, app_worker;
revoke execute on function audit.check_proved(text, text, text, bytea), audit.complete(), audit.never() from app_web, app_worker;
grant execute on function sec.log_is_behind() to app_web, app_worker, data_owner;

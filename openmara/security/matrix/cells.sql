-- Asks one table everything, in the name of whoever calls: each try is undone, only what happened is kept.
-- Lives in scratch databases alone. Every statement lies in a function of its own (asking.py), so that it is planned once.
create schema matrix;
grant usage on schema matrix to public;

-- How many rows one try touched, or the refusal. At once: references are checked now, not at the end.
create function matrix.outcome(p_call text, p_value jsonb, p_at_once boolean default false) returns text language plpgsql as $$
declare touched int;
begin
  begin
    execute format('select matrix.%I($1)', p_call) into touched using p_value;
    if p_at_once then set constraints all immediate; end if;
    raise exception using errcode = 'MX000';
  exception when sqlstate 'MX000' then
      if p_at_once then set constraints all deferred; end if;
      return touched::text;
    when others then
      if p_at_once then set constraints all deferred; end if;
      return sqlstate || ' ' || sqlerrm;
  end;
end $$;

-- Any statement, for what needs no plan.
create function matrix.said(p_statement text) returns text language plpgsql as $$
declare touched int;
begin
  begin
    execute p_statement;
    get diagnostics touched = row_count;
    raise exception using errcode = 'MX000';
  exception when sqlstate 'MX000' then return touched::text;
    when others then return sqlstate || ' ' || sqlerrm;
  end;
end $$;

-- How many earlier versions a row has, whoever asks: the history itself is not open to everybody.
create function matrix.versions(p_table text, p_mission uuid, p_id uuid) returns int language plpgsql security definer set search_path = pg_catalog as $$
declare found int;
begin
  execute format('select count(*) from public.%I where mission_id = $1 and id = $2', p_table || '_history') into found using p_mission, p_id;
  return found;
end $$;

-- The keys that a statement touched, or the refusal.
create function matrix.touched(p_call text, p_keys jsonb) returns jsonb language plpgsql as $$
declare found jsonb;
begin
  begin
    execute format('select matrix.%I($1)', p_call) into found using p_keys;
    raise exception using errcode = 'MX000';
  exception when sqlstate 'MX000' then return coalesce(found, '[]');
    when others then return to_jsonb(sqlstate || ' ' || sqlerrm);
  end;
end $$;

-- p: table, verbs, keys, truncate (a statement or none), tries [{name, call, value, at_once}].
-- Update and delete are asked three ways: of these rows; refused rows apart; and blindly, of all rows without reading any.
create function matrix.ask(p jsonb) returns jsonb language plpgsql as $$
declare answer jsonb := '{}'; one jsonb; whole jsonb; verb text; each jsonb; refused jsonb; part jsonb; name text := p->>'table';
begin
  if p->'verbs' ? 'select' then answer := jsonb_build_object('select', matrix.touched(name || ' select', p->'keys')); end if;
  if p ? 'truncate' then answer := answer || jsonb_build_object('truncate', matrix.said(p->>'truncate')); end if;
  foreach verb in array array['update', 'delete'] loop
    continue when not p->'verbs' ? verb;
    whole := matrix.touched(name || ' ' || verb, p->'keys');
    refused := '[]';
    if jsonb_typeof(whole) = 'string' and whole #>> '{}' not like '42501 permission denied%' then
      each := '[]';  -- one row spoils the statement: each for itself
      for one in select * from jsonb_array_elements(p->'keys') loop
        part := matrix.touched(name || ' ' || verb, jsonb_build_array(one));
        if jsonb_typeof(part) = 'array' then each := each || part; else refused := refused || jsonb_build_array(one); end if;
      end loop;
      whole := each;
    end if;
    answer := answer || jsonb_build_object(verb, whole, verb || ' refused', refused);
    if p->'blind' ? verb then
      answer := answer || jsonb_build_object(verb || ' blind', matrix.outcome(name || ' blind ' || verb, null));
    end if;
  end loop;
  each := '{}';
  for one in select * from jsonb_array_elements(p->'tries') loop
    each := each || jsonb_build_object(one->>'name', matrix.outcome(one->>'call', one->'value', one ? 'at_once'));
  end loop;
  return answer || jsonb_build_object('tries', each);
end $$;
grant execute on all functions in schema matrix to public;

-- Asked at every row that is written: who broke no glass needs no look at the row.
create or replace function sec.broke_incident(p_incident uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
declare broken text[] := sec.broken();
begin
  return cardinality(broken) > 0 and exists (select 1 from public.evidence_incident i
    where i.mission_id = sec.mission() and i.id = p_incident and i.ref = any (broken));
end $$;
create or replace function sec.broke_report(p_report uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
declare broken text[] := sec.broken();
begin
  return cardinality(broken) > 0 and exists (select 1 from public.evidence_report r
    where r.mission_id = sec.mission() and r.id = p_report and r.ref = any (broken));
end $$;

-- Synthetic incidents for the benchmark of evidence: rows %(first)s to %(last)s, over eight years, eight provinces and all states, each
-- with its exact place, text, party, one report (every fourth: two) with place and source, links, and the steps of its verification.
create temp table n as
  select n, (date '2026-10-01' - (n %% 96) * interval '1 month')::date as m, gen_random_uuid() as incident, gen_random_uuid() as report,
    (array['received', 'under_verification', 'verified', 'verified', 'verified', 'reported_not_verified'])[1 + n %% 6] as status,
    'CR0' || 1 + n %% 8 as adm1, 'CR0' || 1 + n %% 8 || '0' || 1 + n %% 5 as adm2,
    translate(lpad(to_hex(n::bigint * 2654435761 %% 4294967296), 8, '0'), 'abcdef', 'ghjkmn') as ref, 0 as account
  from generate_series(%(first)s, %(last)s) n;
insert into n select n, m, incident, gen_random_uuid(), status, adm1, adm2, ref, 1 from n where n %% 4 = 0;
insert into evidence_incident (id, mission_id, ref, record_class, month_from, month_to, date_precision, reported_month, adm1, adm2,
  location_precision, place_type, time_of_day, displacement_context, activity_context, during_military_operation, forms,
  principal_form, nexus_types, nexus_evidence, tactic_use, associated_violations, women, girls, total, number_estimated,
  perpetrator_count, classification, verification_status, attribution_status, standard_of_proof, verified_on, opened_by_id,
  recorded_at, version, compartment)
select incident, %(mission)s, ref, 'crsv', m, m, 'day', m, adm1, adm2, 'adm2', '', '', '', '', '', array['rape'], 'rape',
  array['causal:direct'], '{}', '{}', '{}', 1 + n %% 3, n %% 2, 1 + n %% 3 + n %% 2, n %% 5 = 0, '', 'confidential', status, 'alleged',
  case when status = 'verified' then 'reasonable_grounds_to_believe' else '' end, case when status = 'verified' then m + 40 end, %(person)s,
  now() - n * interval '10 minutes', 1, case when n %% 4 = 0 then array['state'] else '{}' end
from n where account = 0;
insert into evidence_incidentplace (id, mission_id, incident_id, date_from, date_to, date_reported, adm3, settlement)
select gen_random_uuid(), %(mission)s, incident, m + 3, m + 3, m + 9, '', '' from n where account = 0;
insert into evidence_incidenttext (id, mission_id, incident_id, nexus_note, narrative_confidential, narrative_shareable)
select gen_random_uuid(), %(mission)s, incident, 'Fighters were seen. Synthetic.', '', 'Told by a source. Synthetic.' from n where account = 0;
insert into evidence_allegedperpetrator (id, mission_id, incident_id, party_id, category, attribution_status, perpetrator_sex,
  responsibility_mode, arrested)
select gen_random_uuid(), %(mission)s, n.incident, p.id, p.category, 'alleged', '', '', ''
from n join (select id, category, row_number() over (order by code) - 1 as place, count(*) over () as many from parties_party
  where mission_id = %(mission)s) p on p.place = n.n %% p.many where account = 0;
insert into evidence_report (id, mission_id, ref, record_class, month_from, month_to, date_precision, reported_month, adm1, adm2,
  location_precision, place_type, time_of_day, displacement_context, activity_context, during_military_operation, forms,
  principal_form, nexus_types, nexus_evidence, tactic_use, associated_violations, women, girls, total, number_estimated,
  perpetrator_count, classification, organisation_id, their_reference, source_org_type, route, context_only, party_codes, compartment,
  content_sha256, recorded_by_id, recorded_at)
select report, %(mission)s, translate(lpad(to_hex((2 * n + account)::bigint * 2246822519 %% 4294967296), 8, '0'), 'abcdef', 'ghjkmn'), 'crsv',
  m, m, 'day', m, adm1, adm2, 'adm2', '', '', '', '', '', array['rape'], 'rape', array['causal:direct'], '{}', '{}', '{}', 1 + n %% 3,
  n %% 2, 1 + n %% 3 + n %% 2, false, '', 'confidential', %(office)s, 'B-' || n || '.' || account, 'un_civilian', 'crsv', false, '{}',
  case when n %% 4 = 0 then array['state'] else '{}' end, sha256(n::text::bytea), %(person)s, now() - n * interval '10 minutes'
from n;
insert into evidence_reportplace (id, mission_id, report_id, date_from, date_to, date_reported, adm3, settlement)
select gen_random_uuid(), %(mission)s, report, m + 3, m + 3, m + 9, '', '' from n;
insert into evidence_source (id, mission_id, report_id, source_category, source_type, source_reliability, source_credibility)
select gen_random_uuid(), %(mission)s, report, 'primary_victim', '', '', '' from n;
insert into evidence_link (id, mission_id, report_id, incident_id, opened_incident, made_by_id, made_at)
select gen_random_uuid(), %(mission)s, report, incident, account = 0, %(person)s, now() from n;
insert into evidence_decision (id, mission_id, incident_id, axis, from_status, to_status, standard_of_proof, stated_on, made_by_id, recorded_at)
select gen_random_uuid(), %(mission)s, incident, 'verification', 'received', status, '', m + 40, %(person)s, now()
from n where account = 0 and status <> 'received';
drop table n

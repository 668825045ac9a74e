-- Synthetic incidents for the benchmark of pages: %(count)s rows over eight years, eight provinces and all states.
insert into evidence_incident (id, mission_id, ref, record_class, month_from, month_to, date_precision, reported_month, adm1, adm2,
  location_precision, place_type, time_of_day, displacement_context, activity_context, during_military_operation, forms,
  principal_form, nexus_types, nexus_evidence, tactic_use, associated_violations, women, girls, total, number_estimated,
  perpetrator_count, classification, verification_status, attribution_status, standard_of_proof, verified_on, opened_by_id,
  recorded_at, version, compartment)
select gen_random_uuid(), sec.mission(), substr(translate(encode(sha256(('ref' || n)::bytea), 'hex'), 'abcdef', 'ghjkmn'), 1, 8),
  'crsv', m, m, 'day', m, 'CR0' || 1 + n %% 8, 'CR0' || 1 + n %% 8 || '0' || 1 + n %% 5, 'adm2', '', '', '', '', '',
  array['rape'], 'rape', array['causal:direct'], '{}', '{}', '{}', 1 + n %% 3, n %% 2, 1 + n %% 3 + n %% 2, n %% 5 = 0, '',
  'confidential', (array['received', 'under_verification', 'verified', 'verified', 'verified', 'reported_not_verified'])[1 + n %% 6],
  'alleged', '', case when n %% 6 between 2 and 4 then m + 40 end, sec.person(), now() - n * interval '10 minutes', 1,
  case when n %% 4 = 0 then array['state'] else '{}' end
from (select n, (date '2026-10-01' - (n %% 96) * interval '1 month')::date as m from generate_series(1, %(count)s) n) s
on conflict do nothing;
insert into evidence_incidentplace (id, mission_id, incident_id, date_from, date_to, date_reported, adm3, settlement)
select gen_random_uuid(), mission_id, id, month_from + 3, month_from + 3, month_from + 9, '', '' from evidence_incident;
insert into evidence_allegedperpetrator (id, mission_id, incident_id, party_id, category, attribution_status, perpetrator_sex,
  responsibility_mode, arrested)
select gen_random_uuid(), i.mission_id, i.id, p.id, p.category, 'alleged', '', '', ''
from evidence_incident i join lateral (select id, category from parties_party order by code limit 1) p on true;

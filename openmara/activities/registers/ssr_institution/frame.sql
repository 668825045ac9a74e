-- Three rows per entry, one for each rank band, so that women and men add up over institution and rank. A number that
-- is blank or unknown is NULL, never 0. Status and agreed share repeat on the three rows: count institutions by entry_key.
WITH bands AS (
  SELECT
    entry_key, adm1, adm2, occurred_on, quarter, data, 'senior' AS rank_band,
    json_extract_string(data, '$.women_senior') AS women,
    json_extract_string(data, '$.men_senior') AS men
  FROM entries
  UNION ALL
  SELECT
    entry_key, adm1, adm2, occurred_on, quarter, data, 'officer' AS rank_band,
    json_extract_string(data, '$.women_officer') AS women,
    json_extract_string(data, '$.men_officer') AS men
  FROM entries
  UNION ALL
  SELECT
    entry_key, adm1, adm2, occurred_on, quarter, data, 'other_rank' AS rank_band,
    json_extract_string(data, '$.women_other_rank') AS women,
    json_extract_string(data, '$.men_other_rank') AS men
  FROM entries
)
SELECT
  entry_key, adm1, adm2, occurred_on, quarter,
  json_extract_string(data, '$.institution') AS institution,
  json_extract_string(data, '$.institution_type') AS institution_type,
  rank_band,
  TRY_CAST(women AS INTEGER) AS women,
  TRY_CAST(men AS INTEGER) AS men,
  json_extract_string(data, '$.gender_strategy_status') AS gender_strategy_status,
  json_extract_string(data, '$.quota_agreed') AS quota_agreed,
  TRY_CAST(json_extract_string(data, '$.quota_percent') AS DOUBLE) AS quota_percent
FROM bands
ORDER BY entry_key, rank_band

-- One row per entry; entry_kind separates sessions (trained) from counts of strength. A number that is blank,
-- unknown or not asked is NULL, never 0.
SELECT
  entry_key, adm1, adm2, occurred_on, quarter,
  json_extract_string(data, '$.entry_kind') AS entry_kind,
  json_extract_string(data, '$.component') AS component,
  json_extract_string(data, '$.course') AS course,
  TRY_CAST(json_extract_string(data, '$.women_trained') AS INTEGER) AS women_trained,
  TRY_CAST(json_extract_string(data, '$.men_trained') AS INTEGER) AS men_trained,
  TRY_CAST(json_extract_string(data, '$.women_first_time') AS INTEGER) AS women_first_time,
  TRY_CAST(json_extract_string(data, '$.men_first_time') AS INTEGER) AS men_first_time,
  TRY_CAST(json_extract_string(data, '$.hours') AS DOUBLE) AS hours,
  TRY_CAST(json_extract_string(data, '$.pre_test_mean') AS DOUBLE) AS pre_test_mean,
  TRY_CAST(json_extract_string(data, '$.post_test_mean') AS DOUBLE) AS post_test_mean,
  TRY_CAST(json_extract_string(data, '$.women_on_strength') AS INTEGER) AS women_on_strength,
  TRY_CAST(json_extract_string(data, '$.men_on_strength') AS INTEGER) AS men_on_strength
FROM entries
ORDER BY entry_key

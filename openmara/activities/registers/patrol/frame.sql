-- One row per patrol. A count that is blank or unknown is NULL; criteria_unknown says how many of the four criteria
-- of IND-PREV-01 are not known, and a criterion that is not known is not met.
WITH answers AS (
  SELECT
    entry_key, adm1, adm2, occurred_on, quarter,
    json_extract_string(data, '$.force') AS force,
    json_extract_string(data, '$.mode') AS mode,
    json_extract_string(data, '$.day_night') AS day_night,
    TRY_CAST(json_extract_string(data, '$.end_date') AS DATE) AS end_date,
    TRY_CAST(json_extract_string(data, '$.hours') AS DOUBLE) AS hours,
    CAST(json_extract(data, '$.purpose') AS VARCHAR[]) AS purposes,
    TRY_CAST(json_extract_string(data, '$.team_size') AS INTEGER) AS team_size,
    TRY_CAST(json_extract_string(data, '$.women_in_team') AS INTEGER) AS women_in_team,
    json_extract_string(data, '$.engagement_team') AS engagement_team,
    json_extract_string(data, '$.gender_briefed') AS gender_briefed,
    json_extract_string(data, '$.route_on_gendered_risk') AS route_on_gendered_risk,
    json_extract_string(data, '$.women_consulted') AS women_consulted,
    TRY_CAST(json_extract_string(data, '$.women_consulted_count') AS INTEGER) AS women_consulted_count,
    TRY_CAST(json_extract_string(data, '$.men_consulted_count') AS INTEGER) AS men_consulted_count
  FROM entries
),
criteria AS (
  SELECT
    *,
    women_in_team >= 1 AS has_woman,
    CASE WHEN women_in_team >= 1 THEN 1 ELSE 0 END
      + CASE WHEN women_consulted = 'yes' THEN 1 ELSE 0 END
      + CASE WHEN route_on_gendered_risk = 'yes' THEN 1 ELSE 0 END
      + CASE WHEN gender_briefed = 'yes' THEN 1 ELSE 0 END AS criteria_met,
    CASE WHEN women_in_team IS NULL THEN 1 ELSE 0 END
      + CASE WHEN coalesce(women_consulted, 'unknown') = 'unknown' THEN 1 ELSE 0 END
      + CASE WHEN coalesce(route_on_gendered_risk, 'unknown') = 'unknown' THEN 1 ELSE 0 END
      + CASE WHEN coalesce(gender_briefed, 'unknown') = 'unknown' THEN 1 ELSE 0 END AS criteria_unknown
  FROM answers
)
SELECT
  entry_key, adm1, adm2, occurred_on, quarter, force, mode, day_night, end_date, hours, purposes,
  team_size, women_in_team, engagement_team, gender_briefed, route_on_gendered_risk, women_consulted,
  women_consulted_count, men_consulted_count, has_woman, criteria_met, criteria_unknown,
  criteria_met >= 2 AS gender_responsive
FROM criteria
ORDER BY entry_key

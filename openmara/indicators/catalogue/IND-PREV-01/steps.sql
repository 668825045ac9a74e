-- A criterion that is not known is not met. A patrol that could have met two is counted as not responsive, and said so.
-- step: patrols
SELECT
  p.quarter, r.entry_key, r.force, r.day_night, r.adm1, coalesce(r.criteria_met >= 2, false) AS responsive,
  coalesce(r.criteria_met < 2 AND r.criteria_met + r.criteria_unknown >= 2, false) AS uncertain
FROM periods AS p
LEFT JOIN patrol AS r ON r.occurred_on BETWEEN p.first_day AND p.last_day

-- step: grouped
SELECT quarter, entry_key, responsive, uncertain, '' AS breakdown, '' AS code FROM patrols
UNION ALL
SELECT quarter, entry_key, responsive, uncertain, 'force', coalesce(force, 'unknown') FROM patrols
WHERE entry_key IS NOT NULL
UNION ALL
SELECT quarter, entry_key, responsive, uncertain, 'daynight', coalesce(day_night, 'unknown') FROM patrols
WHERE entry_key IS NOT NULL
UNION ALL
SELECT quarter, entry_key, responsive, uncertain, 'adm1', coalesce(nullif(adm1, ''), 'unknown') FROM patrols
WHERE entry_key IS NOT NULL

-- step: result
SELECT
  quarter, breakdown, code, numerator, denominator,
  CASE WHEN denominator >= 20 THEN round(100.0 * numerator / denominator, 4) END AS value, excluded
FROM (
  SELECT
    quarter, breakdown, code, count(*) FILTER (responsive) AS numerator, count(entry_key) AS denominator,
    count(*) FILTER (uncertain) AS excluded
  FROM grouped GROUP BY ALL
)

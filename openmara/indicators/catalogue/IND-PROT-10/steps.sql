-- Incidents verified in the quarter, whenever they occurred.
-- step: verified_here
SELECT p.quarter, k.incident_key, k.adm1, k.verify_days
FROM periods AS p
LEFT JOIN known AS k ON k.quarter = p.quarter AND k.state = 'verified' AND k.decided_here

-- step: result
SELECT
  quarter, breakdown, code, numerator, denominator,
  CASE WHEN denominator >= 20 THEN round(100.0 * numerator / denominator, 4) END AS value, excluded
FROM (
  SELECT
    quarter, '' AS breakdown, '' AS code, count(*) FILTER (verify_days <= 60) AS numerator,
    count(verify_days) AS denominator, count(incident_key) - count(verify_days) AS excluded
  FROM verified_here GROUP BY ALL
  UNION ALL
  SELECT
    quarter, 'adm1', adm1, count(*) FILTER (verify_days <= 60), count(verify_days), count(*) - count(verify_days)
  FROM verified_here WHERE incident_key IS NOT NULL GROUP BY ALL
)

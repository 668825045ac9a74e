-- The latest entry of each institution in the quarter.
-- step: latest
SELECT quarter, institution, rank_band, women, men
FROM (
  SELECT p.quarter, s.institution, s.rank_band, s.women, s.men,
    dense_rank() OVER (PARTITION BY p.quarter, s.institution ORDER BY s.occurred_on DESC, s.entry_key DESC) AS place
  FROM periods AS p
  JOIN ssr_institution AS s ON s.occurred_on BETWEEN p.first_day AND p.last_day
)
WHERE place = 1

-- A rank band with one number not known is left out on both sides of the line, and counted.
-- step: bands
SELECT
  quarter, institution, rank_band, women IS NULL OR men IS NULL AS missing,
  CASE WHEN women IS NULL OR men IS NULL THEN 0 ELSE women END AS women,
  CASE WHEN women IS NULL OR men IS NULL THEN 0 ELSE women + men END AS personnel
FROM latest

-- step: grouped
SELECT p.quarter, '' AS breakdown, '' AS code, b.women, b.personnel, b.missing
FROM periods AS p LEFT JOIN bands AS b USING (quarter)
UNION ALL
SELECT quarter, 'institution', institution, women, personnel, missing FROM bands
UNION ALL
SELECT quarter, 'rank', rank_band, women, personnel, missing FROM bands

-- step: result
SELECT
  quarter, breakdown, code, numerator::BIGINT AS numerator, denominator::BIGINT AS denominator,
  CASE WHEN denominator >= 20 THEN round(100.0 * numerator / denominator, 4) END AS value, excluded::BIGINT AS excluded
FROM (
  SELECT
    quarter, breakdown, code, coalesce(sum(women), 0) AS numerator, coalesce(sum(personnel), 0) AS denominator,
    count(*) FILTER (missing) AS excluded
  FROM grouped GROUP BY ALL
)

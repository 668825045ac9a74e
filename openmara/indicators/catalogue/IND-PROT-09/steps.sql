-- Incidents first reported in the quarter, by their state at the cut-off. Closed ones (did not occur, out of scope) are
-- neither above nor below the line; their number is shown. What nobody agrees to be counted by any longer is in no number.
-- step: reported
SELECT *, state IN ('received', 'under_verification', 'verified', 'reported_not_verified') AS counts
FROM known
WHERE reported_here AND state <> 'withdrawn'

-- step: grouped_reports
SELECT quarter, state, counts, 'adm1' AS breakdown, adm1 AS code FROM reported
UNION ALL
SELECT quarter, state, counts, 'party', unnest(CASE WHEN len(parties) = 0 THEN ['unknown'] ELSE parties END)
FROM reported
UNION ALL
SELECT p.quarter, r.state, r.counts, '', '' FROM periods AS p LEFT JOIN reported AS r USING (quarter)

-- step: result
SELECT
  quarter, breakdown, code, numerator, denominator,
  CASE WHEN denominator >= 20 THEN round(100.0 * numerator / denominator, 4) END AS value, excluded
FROM (
  SELECT
    quarter, breakdown, code, count(*) FILTER (counts AND state = 'verified') AS numerator,
    count(*) FILTER (counts) AS denominator, count(*) FILTER (NOT counts) AS excluded
  FROM grouped_reports
  GROUP BY ALL
)

-- Incidents first reported in the quarter and in the count at the cut-off. Known by month or range only: no delay.
-- step: delays
SELECT
  quarter, incident_key, adm1, principal_form,
  CASE WHEN date_precision IN ('day', 'week') AND delay_days IS NOT NULL THEN greatest(0, delay_days) END AS days
FROM known
WHERE reported_here AND state IN ('received', 'under_verification', 'verified', 'reported_not_verified')

-- step: bands
SELECT quarter, incident_key, CASE
    WHEN days <= 3 THEN '0-3' WHEN days <= 14 THEN '4-14' WHEN days <= 30 THEN '15-30' WHEN days <= 90 THEN '31-90'
    ELSE '91-'
  END AS band
FROM delays
WHERE days IS NOT NULL

-- step: band_names
SELECT quarter, unnest(['0-3', '4-14', '15-30', '31-90', '91-']) AS band FROM periods

-- step: counted
SELECT p.quarter, count(d.days) AS counted
FROM periods AS p LEFT JOIN delays AS d USING (quarter) GROUP BY ALL

-- step: result
SELECT
  p.quarter, '' AS breakdown, '' AS code, count(d.days) AS numerator, count(d.incident_key) AS denominator,
  median(d.days)::DOUBLE AS value, count(d.incident_key) - count(d.days) AS excluded
FROM periods AS p LEFT JOIN delays AS d USING (quarter) GROUP BY ALL
UNION ALL
SELECT quarter, 'adm1', adm1, count(days), count(*), median(days)::DOUBLE, count(*) - count(days)
FROM delays GROUP BY ALL
UNION ALL
SELECT quarter, 'form', principal_form, count(days), count(*), median(days)::DOUBLE, count(*) - count(days)
FROM delays GROUP BY ALL
UNION ALL
SELECT
  n.quarter, 'delay', n.band, count(b.incident_key), any_value(c.counted),
  CASE WHEN any_value(c.counted) >= 20 THEN round(100.0 * count(b.incident_key) / any_value(c.counted), 4) END, 0
FROM band_names AS n LEFT JOIN bands AS b USING (quarter, band) JOIN counted AS c USING (quarter) GROUP BY ALL

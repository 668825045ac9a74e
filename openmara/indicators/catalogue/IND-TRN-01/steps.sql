-- Persons trained by sessions of the quarter; a person in two sessions is counted twice. A number not known adds nothing
-- and is counted apart.
-- step: trained
SELECT p.quarter, t.component, s.sex,
  sum(coalesce(CASE s.sex WHEN 'women' THEN t.women_trained ELSE t.men_trained END, 0)) AS n,
  count(*) FILTER ((CASE s.sex WHEN 'women' THEN t.women_trained ELSE t.men_trained END) IS NULL) AS missing
FROM periods AS p
JOIN training AS t ON t.occurred_on BETWEEN p.first_day AND p.last_day AND t.entry_kind = 'session'
CROSS JOIN (SELECT unnest(['women', 'men']) AS sex) AS s
GROUP BY ALL

-- The latest count of strength in or before the quarter.
-- step: strength
SELECT quarter, component, unnest([{'sex': 'women', 'n': women_on_strength}, {'sex': 'men', 'n': men_on_strength}], recursive := true)
FROM (
  SELECT p.quarter, t.component, t.women_on_strength, t.men_on_strength,
    row_number() OVER (PARTITION BY p.quarter, t.component ORDER BY t.occurred_on DESC, t.entry_key DESC) AS place
  FROM periods AS p
  JOIN training AS t ON t.occurred_on <= p.last_day AND t.entry_kind = 'strength'
)
WHERE place = 1

-- step: cells
SELECT
  c.quarter, c.component, c.sex, coalesce(t.n, 0) AS trained, coalesce(s.n, 0) AS on_strength,
  coalesce(t.missing, 0) + CASE WHEN s.component IS NOT NULL AND s.n IS NULL THEN 1 ELSE 0 END AS missing
FROM (
  SELECT p.quarter, x.component, y.sex
  FROM periods AS p
  CROSS JOIN (SELECT unnest(['civilian', 'military', 'police']) AS component) AS x
  CROSS JOIN (SELECT unnest(['women', 'men']) AS sex) AS y
) AS c
LEFT JOIN trained AS t USING (quarter, component, sex)
LEFT JOIN strength AS s USING (quarter, component, sex)

-- step: result
SELECT
  quarter, breakdown, code, numerator::BIGINT AS numerator, denominator::BIGINT AS denominator,
  CASE WHEN denominator >= 20 THEN round(100.0 * numerator / denominator, 4) END AS value, excluded::BIGINT AS excluded
FROM (
  SELECT quarter, '' AS breakdown, '' AS code, sum(trained) AS numerator, sum(on_strength) AS denominator, sum(missing) AS excluded
  FROM cells GROUP BY ALL
  UNION ALL
  SELECT quarter, 'component', component, sum(trained), sum(on_strength), sum(missing) FROM cells GROUP BY ALL
  UNION ALL
  SELECT quarter, 'sex', sex, sum(trained), sum(on_strength), sum(missing) FROM cells GROUP BY ALL
  UNION ALL
  SELECT quarter, 'component.sex', component || '.' || sex, trained, on_strength, missing FROM cells
)

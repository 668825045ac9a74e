-- Cross tables of the quarterly report. Counting rules: ADR 0007, openmara/carana/generator/RULES.md.
-- step: periods
SELECT unnest($quarters::VARCHAR[]) AS quarter, unnest($first_days::DATE[]) AS first_day, unnest($last_days::DATE[]) AS last_day

-- A verification that the very next step takes back is as if it had never been made.
-- step: standing_steps
SELECT incident_key, to_status, stated_on, step
FROM (
  SELECT *, lead(to_status) OVER (PARTITION BY incident_key ORDER BY step) AS following
  FROM verification_steps
)
WHERE NOT (to_status = 'verified' AND coalesce(following, '') = 'under_verification')

-- The state at the end of a quarter is the last step stated by then; an incident opened later is not known yet.
-- step: states
SELECT
  p.quarter, p.first_day, p.last_day, s.incident_key,
  arg_max(s.to_status, s.step) AS state, arg_max(s.stated_on, s.step) AS since
FROM periods AS p
JOIN standing_steps AS s ON s.stated_on <= p.last_day
GROUP BY ALL

-- Only incidents of conflict-related sexual violence count; one that repeats another is none, whenever that was found.
-- step: lines
SELECT *, women + girls + men + boys + adult_unknown + child_unknown + "unknown" AS victims
FROM (
  SELECT s.quarter, i.*, CASE
    WHEN s.state = 'verified' AND i.month_to BETWEEN s.first_day AND s.last_day THEN 'verified'
    WHEN s.state = 'verified' AND i.month_to < s.first_day AND s.since BETWEEN s.first_day AND s.last_day THEN 'late'
    WHEN s.state IN ('received', 'under_verification') AND i.month_to BETWEEN s.first_day AND s.last_day THEN 'under_verification'
    WHEN s.state IN ('received', 'under_verification') AND i.month_to < s.first_day THEN 'older_open'
    WHEN s.state = 'reported_not_verified' AND i.month_to BETWEEN s.first_day AND s.last_day THEN 'reported_not_verified'
  END AS line
  FROM states AS s
  JOIN incidents AS i USING (incident_key)
  WHERE i.record_class = 'crsv' AND i.status <> 'duplicate'
)
WHERE line IS NOT NULL

-- step: grouped
SELECT quarter, line, '' AS breakdown, '' AS code, 1 AS incidents, victims FROM lines
UNION ALL
SELECT quarter, line, 'area', coalesce(nullif(adm1, ''), 'unknown'), 1, victims FROM lines
UNION ALL
SELECT quarter, line, 'form', principal_form, 1, victims FROM lines
UNION ALL
SELECT quarter, line, 'displacement', coalesce(nullif(displacement_context, ''), 'unknown'), 1, victims FROM lines
UNION ALL
SELECT quarter, line, 'category',
  unnest(CASE WHEN len(party_categories) = 0 THEN ['unknown'] ELSE party_categories END), 1, victims FROM lines
UNION ALL
SELECT quarter, line, 'party', unnest(CASE WHEN len(parties) = 0 THEN ['unknown'] ELSE parties END), 1, victims FROM lines
UNION ALL
SELECT quarter, line, 'person', unnest(['woman', 'girl', 'man', 'boy', 'adult_unknown', 'child_unknown', 'unknown']), 0,
  unnest([women, girls, men, boys, adult_unknown, child_unknown, "unknown"]) FROM lines

-- step: counts
SELECT quarter, line, breakdown, code, sum(incidents)::BIGINT AS incidents, sum(victims)::BIGINT AS victims
FROM grouped GROUP BY ALL

-- Areas with at least one incident that ended in the quarter or was first reported in it, of whatever outcome.
-- step: covered
SELECT DISTINCT p.quarter, i.adm1 AS code
FROM periods AS p
JOIN incidents AS i
  ON i.month_to BETWEEN p.first_day AND p.last_day OR i.reported_month BETWEEN p.first_day AND p.last_day

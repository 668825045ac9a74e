-- Five lines that do not overlap within a quarter: occurred and verified, verified late, under verification, still open
-- from before, reported but not verified.
-- step: lines
SELECT *, women + girls + men + boys + adult_unknown + child_unknown + "unknown" AS victims
FROM (
  SELECT *, CASE
    WHEN state = 'verified' AND ended_here THEN 'verified'
    WHEN state = 'verified' AND ended_before AND decided_here THEN 'late'
    WHEN state IN ('received', 'under_verification') AND ended_here THEN 'under_verification'
    WHEN state IN ('received', 'under_verification') AND ended_before THEN 'older_open'
    WHEN state = 'reported_not_verified' AND ended_here THEN 'reported_not_verified'
  END AS line
  FROM known
)
WHERE line IS NOT NULL

-- step: line_names
SELECT
  quarter,
  unnest(['verified', 'late', 'under_verification', 'older_open', 'reported_not_verified']) AS line
FROM periods

-- Each group an incident counts under; under several parties it counts once for each, so parties do not add up.
-- step: grouped
SELECT quarter, line, victims, 'adm1' AS breakdown, adm1 AS code FROM lines
UNION ALL
SELECT quarter, line, victims, 'form', principal_form FROM lines
UNION ALL
SELECT quarter, line, victims, 'party', unnest(CASE WHEN len(parties) = 0 THEN ['unknown'] ELSE parties END) FROM lines
UNION ALL
SELECT quarter, line, victims, 'party_category',
  unnest(CASE WHEN len(party_categories) = 0 THEN ['unknown'] ELSE party_categories END) FROM lines
UNION ALL
SELECT quarter, line, victims, 'displacement', coalesce(nullif(displacement_context, ''), 'unknown') FROM lines
UNION ALL
SELECT quarter, line, victims, 'adm1.form', adm1 || '.' || principal_form FROM lines

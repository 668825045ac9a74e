-- A verification that the very next step takes back is as if it had never been made.
-- step: standing_steps
SELECT incident_key, to_status, stated_on, step
FROM (
  SELECT *, lead(to_status) OVER (PARTITION BY incident_key ORDER BY step) AS following
  FROM verification_steps
)
WHERE NOT (to_status = 'verified' AND coalesce(following, '') = 'under_verification')

-- The last step stated on or before the cut-off day is the state of that day; an incident without one is not known yet.
-- step: states
SELECT
  p.quarter, p.first_day, p.last_day, s.incident_key,
  arg_max(s.to_status, s.step) AS state,
  arg_max(s.stated_on, s.step) AS since
FROM periods AS p
JOIN standing_steps AS s ON s.stated_on <= p.cut_off
GROUP BY ALL

-- Only incidents of conflict-related sexual violence count, and one that repeats another is none. An incident belongs to
-- the quarter in which its range of dates ended.
-- step: known
SELECT
  s.quarter, s.first_day, s.last_day, s.state, s.since,
  i.month_to BETWEEN s.first_day AND s.last_day AS ended_here,
  i.month_to < s.first_day AS ended_before,
  i.reported_month BETWEEN s.first_day AND s.last_day AS reported_here,
  s.since BETWEEN s.first_day AND s.last_day AS decided_here,
  i.*
FROM states AS s
JOIN incidents AS i USING (incident_key)
WHERE i.record_class = 'crsv' AND i.status <> 'duplicate'

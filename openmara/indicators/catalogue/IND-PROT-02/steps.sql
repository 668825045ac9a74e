-- step: documented
SELECT * FROM lines WHERE line IN ('verified', 'under_verification', 'reported_not_verified')

-- The seven counts of persons; `unknown` is a count of its own and is never shared out.
-- step: persons
SELECT quarter, line, unnest([
    {'person': 'woman', 'n': women}, {'person': 'girl', 'n': girls}, {'person': 'man', 'n': men},
    {'person': 'boy', 'n': boys}, {'person': 'adult_unknown', 'n': adult_unknown},
    {'person': 'child_unknown', 'n': child_unknown}, {'person': 'unknown', 'n': "unknown"}
  ], recursive := true)
FROM lines

-- step: person_names
SELECT quarter, line, unnest(['woman', 'girl', 'man', 'boy', 'adult_unknown', 'child_unknown', 'unknown']) AS person
FROM line_names

-- An incident whose number of persons nobody knows is counted apart.
-- step: result
SELECT
  quarter, breakdown, code, n::BIGINT AS numerator, NULL::BIGINT AS denominator, n::DOUBLE AS value,
  uncounted::BIGINT AS excluded
FROM (
  SELECT p.quarter, '' AS breakdown, '' AS code, coalesce(sum(d.victims), 0) AS n, count(*) FILTER (d.victims = 0) AS uncounted
  FROM periods AS p LEFT JOIN documented AS d USING (quarter) GROUP BY ALL
  UNION ALL
  SELECT m.quarter, 'status', m.line, coalesce(sum(l.victims), 0), count(*) FILTER (l.victims = 0)
  FROM line_names AS m LEFT JOIN lines AS l USING (quarter, line) GROUP BY ALL
  UNION ALL
  SELECT m.quarter, 'person', m.person, coalesce(sum(p.n), 0), 0
  FROM person_names AS m LEFT JOIN persons AS p USING (quarter, line, person)
  WHERE m.line IN ('verified', 'under_verification', 'reported_not_verified') GROUP BY ALL
  UNION ALL
  SELECT m.quarter, 'status.person', m.line || '.' || m.person, coalesce(sum(p.n), 0), 0
  FROM person_names AS m LEFT JOIN persons AS p USING (quarter, line, person) GROUP BY ALL
  UNION ALL
  SELECT quarter, breakdown, code, sum(victims), count(*) FILTER (victims = 0) FROM grouped
  WHERE line IN ('verified', 'under_verification', 'reported_not_verified')
    AND breakdown IN ('adm1', 'form', 'party', 'party_category', 'displacement')
  GROUP BY ALL
  UNION ALL
  SELECT quarter, 'status.' || breakdown, line || '.' || code, sum(victims), count(*) FILTER (victims = 0)
  FROM grouped GROUP BY ALL
)

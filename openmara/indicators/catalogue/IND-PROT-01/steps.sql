-- Documented = the three lines of incidents that ended in the quarter; late and older lines stay apart.
-- step: documented
SELECT * FROM lines WHERE line IN ('verified', 'under_verification', 'reported_not_verified')

-- step: result
SELECT quarter, breakdown, code, n AS numerator, NULL::BIGINT AS denominator, n::DOUBLE AS value, 0::BIGINT AS excluded
FROM (
  SELECT p.quarter, '' AS breakdown, '' AS code, count(d.incident_key) AS n
  FROM periods AS p LEFT JOIN documented AS d USING (quarter) GROUP BY ALL
  UNION ALL
  SELECT m.quarter, 'status', m.line, count(l.incident_key)
  FROM line_names AS m LEFT JOIN lines AS l USING (quarter, line) GROUP BY ALL
  UNION ALL
  SELECT quarter, breakdown, code, count(*) FROM grouped
  WHERE line IN ('verified', 'under_verification', 'reported_not_verified')
    AND breakdown IN ('adm1', 'form', 'party', 'party_category')
  GROUP BY ALL
  UNION ALL
  SELECT quarter, 'status.' || breakdown, line || '.' || code, count(*) FROM grouped
  WHERE breakdown <> 'displacement' GROUP BY ALL
)

-- The quarters asked for. `cut_off` is the day whose state counts: the quarter's last day (as reported) or the day of
-- the snapshot (as known).
-- step: periods
SELECT
  unnest($quarters::VARCHAR[]) AS quarter,
  unnest($first_days::DATE[]) AS first_day,
  unnest($last_days::DATE[]) AS last_day,
  unnest($cut_offs::DATE[]) AS cut_off

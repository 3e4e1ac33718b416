SET search_path TO analytics;
-- Waits for no lock for long: clicks are written meanwhile. What fails is done tomorrow.
SET lock_timeout = '5s';

SELECT ensure_clicks_month((date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead))::date)
FROM generate_series(0, 2) AS ahead;

-- Whole months, by the names that ensure_clicks_month gives; the oldest month that is kept is never among them.
SELECT format('DROP TABLE %I', child.relname)
FROM pg_inherits
JOIN pg_class AS child ON child.oid = pg_inherits.inhrelid
WHERE pg_inherits.inhparent = 'clicks'::regclass
  AND child.relname ~ '^clicks_[0-9]{4}_[0-9]{2}$'
  AND to_date(right(child.relname, 7), 'YYYY_MM')
      < date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => :'months')
ORDER BY child.relname
\gexec

DELETE FROM clicks_other WHERE time < now() - make_interval(months => :'months');

-- Since when raw clicks are kept; no row: since ever. The sums are kept for ever.
CREATE TABLE retention (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    raw_since timestamptz NOT NULL
);

-- Drops the partition of the month that starts at the given date, in UTC. Safe to call at any time and concurrently.
CREATE FUNCTION drop_clicks_month(month date) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('linkmeter-analytics-partitions'));
    EXECUTE format('DROP TABLE IF EXISTS %I', format('clicks_%s', to_char(month, 'YYYY_MM')));
END
$$;

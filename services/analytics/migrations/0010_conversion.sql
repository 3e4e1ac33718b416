-- Clicks that older versions stored, in clicks, totals and daily, become segments: python -m services.analytics convert.
-- Here the tables are only taken from older programs, so that none of them reads or writes half of the clicks: their
-- batches fail, and wait in the outboxes (docs/adr/0043-conversion-of-stored-clicks.md, an exception to R16).

-- What there is to convert: partitions of raw clicks, and months of which only the sums are left. No rows: nothing.
CREATE TABLE conversion (
    -- Name of the partition, or sums_YYYY_MM.
    part text PRIMARY KEY,
    -- Of sums, the month, in UTC.
    month date,
    -- Rows in pages before this one of the partition are in segments.
    next_page bigint NOT NULL DEFAULT 0,
    -- How many clicks of it are in segments.
    clicks bigint NOT NULL DEFAULT 0,
    finished_time timestamptz
);

DO $$
DECLARE
    is_spread boolean;
BEGIN
    -- In the order of batches, which hold both until they commit.
    LOCK TABLE clicks, totals, daily IN ACCESS EXCLUSIVE MODE;

    -- What is in segments, or on its way there, and what landing has is known by its place between the marks.
    INSERT INTO settled (source, up_to)
    SELECT source, coalesce((SELECT min(sequence) - 1 FROM landing WHERE landing.source = sources.source), mark)
    FROM sources WHERE mark > 0
    ON CONFLICT (source) DO NOTHING;

    IF EXISTS (SELECT FROM clicks) OR EXISTS (SELECT FROM totals) THEN
        IF to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL THEN
            EXECUTE $q$ SELECT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = 'clicks'::regclass) $q$
            INTO is_spread;
            IF is_spread THEN
                RAISE EXCEPTION 'the clicks are spread over a Citus cluster, and are converted on one server only'
                USING HINT = 'SELECT undistribute_table(''analytics.clicks''), and of totals and daily; then migrate.';
            END IF;
        END IF;
        ALTER TABLE clicks RENAME TO old_clicks;
        ALTER TABLE totals RENAME TO old_totals;
        ALTER TABLE daily RENAME TO old_daily;
        INSERT INTO conversion (part)
        SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'old_clicks'::regclass;
        -- Raw clicks of these months were dropped, or are about to be.
        INSERT INTO conversion (part, month)
        SELECT to_char(month, '"sums_"YYYY_MM'), month::date
        FROM (SELECT DISTINCT date_trunc('month', start AT TIME ZONE 'UTC') AS month FROM old_totals) AS months
        WHERE month + interval '1 month' <= (SELECT raw_since AT TIME ZONE 'UTC' FROM retention);
    ELSE
        DROP TABLE clicks, totals, daily;
    END IF;

    -- Copies in memory and the marks of a reclassification were of these tables.
    DROP FUNCTION ensure_clicks_month(date);
    DROP FUNCTION drop_clicks_month(date);
    DROP FUNCTION count_rewrites() CASCADE;
    DROP TABLE rewrites;
    DELETE FROM reclassifications WHERE subject = 'clicks';
END
$$;

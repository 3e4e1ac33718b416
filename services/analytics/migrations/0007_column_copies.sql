-- What copies of links in memory (columns/) need to stay exact.

-- A link's clicks that came since: a source's sequences behind the mark that is known. While it is made (half a minute for
-- ten million clicks), clicks wait in the outboxes.
CREATE INDEX clicks_by_source ON clicks (link_id, source, sequence);

-- How often stored clicks of a link were changed or deleted; link 0: of all links. Counted here and not in the programs, so
-- that older ones count too.
CREATE TABLE rewrites (
    link_id bigint PRIMARY KEY,
    count bigint NOT NULL
);

CREATE FUNCTION count_rewrites() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    -- In the order of links, or two of them could wait for each other for ever.
    INSERT INTO rewrites AS known (link_id, count)
    SELECT DISTINCT link_id, 1 FROM rewritten ORDER BY link_id
    ON CONFLICT (link_id) DO UPDATE SET count = known.count + 1;
    RETURN NULL;
END
$$;

-- Citus has no triggers on tables that are spread. Where they are missing, nothing is copied into memory.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE relname = 'pg_dist_partition') THEN
        RETURN;
    END IF;
    CREATE TRIGGER count_updates AFTER UPDATE ON clicks
        REFERENCING OLD TABLE AS rewritten FOR EACH STATEMENT EXECUTE FUNCTION count_rewrites();
    CREATE TRIGGER count_deletes AFTER DELETE ON clicks
        REFERENCING OLD TABLE AS rewritten FOR EACH STATEMENT EXECUTE FUNCTION count_rewrites();
    -- A statement that names a partition does not pass by the table's triggers.
    CREATE TRIGGER count_deletes AFTER DELETE ON clicks_other
        REFERENCING OLD TABLE AS rewritten FOR EACH STATEMENT EXECUTE FUNCTION count_rewrites();
END
$$;

CREATE OR REPLACE FUNCTION drop_clicks_month(month date) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('linkmeter-analytics-partitions'));
    EXECUTE format('DROP TABLE IF EXISTS %I', format('clicks_%s', to_char(month, 'YYYY_MM')));
    INSERT INTO rewrites AS known (link_id, count) VALUES (0, 1)
    ON CONFLICT (link_id) DO UPDATE SET count = known.count + 1;
END
$$;

-- Which links have a code (dimension 2), so that a question about a code is one about a link.
CREATE INDEX daily_by_code ON daily (owner_id, value, link_id) WHERE dimension = 2;

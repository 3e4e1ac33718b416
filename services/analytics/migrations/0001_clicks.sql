-- Raw clicks, one partition a month. link_id is part of every key, so that the table can be distributed by it.
-- (source, sequence) is a click's identity; the mark in sources keeps it unique.
CREATE TABLE clicks (
    time timestamptz NOT NULL,
    link_id bigint NOT NULL CHECK (link_id > 0),
    source uuid NOT NULL,
    sequence bigint NOT NULL CHECK (sequence > 0),
    owner_id bigint NOT NULL CHECK (owner_id > 0),
    domain_id bigint NOT NULL,
    visitor bytea NOT NULL,
    http_status smallint NOT NULL,
    city_geoname_id integer NOT NULL,
    latency_us integer NOT NULL,
    is_bot boolean NOT NULL,
    domain text NOT NULL,
    code text NOT NULL,
    destination text NOT NULL,
    method text NOT NULL,
    scheme text NOT NULL,
    ip text NOT NULL,
    user_agent text NOT NULL,
    purpose text NOT NULL,
    variant text NOT NULL,
    browser text NOT NULL,
    browser_family text NOT NULL,
    browser_version text NOT NULL,
    os text NOT NULL,
    device_type text NOT NULL,
    country text NOT NULL,
    city text NOT NULL,
    referrer text NOT NULL,
    referrer_host text NOT NULL,
    referrer_origin text NOT NULL,
    referrer_page text NOT NULL,
    social_network text NOT NULL,
    language text NOT NULL,
    utm_source text NOT NULL,
    utm_medium text NOT NULL,
    utm_campaign text NOT NULL,
    utm_term text NOT NULL,
    utm_content text NOT NULL,
    PRIMARY KEY (link_id, time, source, sequence)
) PARTITION BY RANGE (time);

CREATE INDEX clicks_by_owner ON clicks (owner_id, time, source, sequence);

-- For clicks of months that have no partition of their own.
CREATE TABLE clicks_other PARTITION OF clicks DEFAULT;

-- Makes the partition of a month that starts at the given date, in UTC. Safe to call at any time and concurrently.
CREATE FUNCTION ensure_clicks_month(month date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    partition text := format('clicks_%s', to_char(month, 'YYYY_MM'));
BEGIN
    IF to_regclass(quote_ident(partition)) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('linkmeter-analytics-partitions'));
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS %I PARTITION OF clicks FOR VALUES FROM (%L) TO (%L)',
        partition,
        month::timestamp AT TIME ZONE 'UTC',
        (month + interval '1 month') AT TIME ZONE 'UTC'
    );
END
$$;

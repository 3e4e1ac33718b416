-- The newest clicks, as they come in; settled ones are in segments. (source, sequence) is a click's identity; the mark in
-- sources keeps it unique, and is moved in the transaction that adds the rows.
CREATE TABLE landing (
    source uuid NOT NULL,
    sequence bigint NOT NULL CHECK (sequence > 0),
    time timestamptz NOT NULL,
    link_id bigint NOT NULL CHECK (link_id > 0),
    owner_id bigint NOT NULL CHECK (owner_id > 0),
    domain_id bigint NOT NULL,
    -- The first eight bytes of the visitor's keyed hash.
    visitor bigint NOT NULL,
    http_status smallint NOT NULL,
    city_geoname_id integer NOT NULL,
    latency_us integer NOT NULL,
    is_bot boolean NOT NULL,
    click_class smallint NOT NULL,
    definition smallint NOT NULL,
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
    region text NOT NULL,
    continent text NOT NULL,
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
    PRIMARY KEY (source, sequence)
) WITH (
    -- Rows come and go: cleaned up by their number, because a share of a table that is nearly empty is nothing.
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000
);

-- Up to which sequence an outbox's clicks are in segments. Not a column of sources: every batch updates that row.
CREATE TABLE settled (
    source uuid PRIMARY KEY,
    up_to bigint NOT NULL
);

-- Immutable files of settled clicks of one UTC month, under <name>/<kind>.parquet where LINKMETER_SEGMENTS says.
CREATE TABLE segments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    month date NOT NULL,
    -- Clicks that its sums count; raw ones, too, unless has_clicks says that those were dropped.
    rows bigint NOT NULL,
    has_clicks boolean NOT NULL,
    first_time timestamptz NOT NULL,
    last_time timestamptz NOT NULL,
    -- The oldest definition of classes that a click in it follows.
    definition smallint NOT NULL,
    -- Erasures up to this one are applied to its files; later ones are to be applied by whoever reads them.
    erasures_applied bigint NOT NULL,
    -- By kind: {"bytes": ..., "sha256": "..."}.
    files jsonb NOT NULL,
    added_time timestamptz NOT NULL DEFAULT now(),
    -- Since when other segments stand in for it; its files are deleted when nobody can be reading them any more.
    retired_time timestamptz
);

-- Links whose clicks were erased, for an owner.
CREATE TABLE erasures (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id bigint NOT NULL,
    link_id bigint NOT NULL,
    erased_time timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE registry (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    -- Changes whenever segments or erasures do.
    version bigint NOT NULL DEFAULT 0,
    -- Changes whenever rows of landing are changed or erased, other than by settling.
    landing_version bigint NOT NULL DEFAULT 0,
    -- The number that the next new visitor gets at settling.
    next_visitor bigint NOT NULL DEFAULT 0
);
INSERT INTO registry DEFAULT VALUES;

-- Segments that must not be deleted meanwhile, as by a backup that copies them; a pin is forgotten at its end.
CREATE TABLE pins (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reason text NOT NULL,
    ends timestamptz NOT NULL
);

-- True since raw clicks began to be dropped, until the hashes of visitors who had no others are gone, too.
ALTER TABLE retention ADD COLUMN is_forgetting boolean NOT NULL DEFAULT false;

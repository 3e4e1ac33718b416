-- What is known of every outbox. All sequences up to mark are dealt with: stored + set_aside + missing = mark.
CREATE TABLE sources (
    source uuid PRIMARY KEY,
    first_report_time timestamptz NOT NULL,
    last_report_time timestamptz NOT NULL,
    mark bigint NOT NULL DEFAULT 0,
    stored bigint NOT NULL DEFAULT 0,
    set_aside bigint NOT NULL DEFAULT 0,
    missing bigint NOT NULL DEFAULT 0,
    last_sequence bigint NOT NULL DEFAULT 0,
    oldest_pending_time timestamptz,
    dropped jsonb NOT NULL DEFAULT '{}'
);

-- Clicks that could not be decoded or stored, for inspection.
CREATE TABLE set_aside_clicks (
    source uuid NOT NULL,
    sequence bigint NOT NULL,
    set_aside_time timestamptz NOT NULL,
    fault text NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (source, sequence)
);

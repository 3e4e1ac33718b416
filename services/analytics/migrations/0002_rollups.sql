-- Sums per link and quarter of an hour: every zone's days and hours of the last decades begin on one.
-- The owner is part of the key because clicks belong to whoever owned the link when it was followed.
CREATE TABLE totals (
    link_id bigint NOT NULL,
    start timestamptz NOT NULL,
    owner_id bigint NOT NULL,
    clicks bigint NOT NULL,
    human_clicks bigint NOT NULL,
    PRIMARY KEY (link_id, start, owner_id)
) WITH (fillfactor = 80);

CREATE INDEX totals_by_owner ON totals (owner_id, start);

-- Sums per link, UTC day and value of a dimension. The commonest value of each dimension (see store/dimensions.py) has no
-- rows: it is what the other values leave of the totals.
CREATE TABLE daily (
    link_id bigint NOT NULL,
    dimension smallint NOT NULL,
    day date NOT NULL,
    value text NOT NULL,
    detail text NOT NULL,
    owner_id bigint NOT NULL,
    clicks bigint NOT NULL,
    human_clicks bigint NOT NULL,
    PRIMARY KEY (link_id, dimension, day, value, detail, owner_id)
) WITH (fillfactor = 80);

CREATE INDEX daily_by_owner ON daily (owner_id, dimension, day);

-- An import is a source of clicks as an outbox is one. What it is called in the ledger; empty: it is an outbox.
ALTER TABLE sources
    ADD COLUMN name text NOT NULL DEFAULT '',
    -- True since raw clicks of it were dropped: sums of segments do not tell any more which clicks were its.
    ADD COLUMN has_dropped_clicks boolean NOT NULL DEFAULT false;

-- Sources of which all is gone, for their owners, and from which nothing comes any more.
CREATE TABLE erased_sources (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source uuid NOT NULL UNIQUE,
    owner_id bigint NOT NULL,
    -- How many clicks there were when it was erased.
    clicks bigint NOT NULL,
    erased_time timestamptz NOT NULL DEFAULT now()
);

-- Which of these are not in its files: all up to this one. Apart from erasures_applied, and 0 unless it is said, so that
-- what a program of an older version writes is not taken for free of them.
ALTER TABLE segments ADD COLUMN sources_erased bigint NOT NULL DEFAULT 0;

-- Clicks that links had before they were imported, which are known as sums only and are not counted.
CREATE TABLE sums_before_import (
    source uuid NOT NULL,
    link_id bigint NOT NULL,
    owner_id bigint NOT NULL,
    clicks bigint NOT NULL,
    PRIMARY KEY (source, link_id)
);

CREATE INDEX sums_before_import_by_link ON sums_before_import (link_id);

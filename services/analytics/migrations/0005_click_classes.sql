-- What followed the link (domain/classes.py), and the definition that it follows. The defaults are what clicks are that an
-- older program stored: is_bot is all that is known of them, until they are reclassified.
ALTER TABLE clicks
    ADD COLUMN click_class smallint NOT NULL DEFAULT 0,
    ADD COLUMN definition smallint NOT NULL DEFAULT 1;

ALTER TABLE orphans
    ADD COLUMN click_class smallint NOT NULL DEFAULT 0,
    ADD COLUMN definition smallint NOT NULL DEFAULT 1;

-- How far the command reclassify has come with each table, by its key; of orphans, only source and sequence are their key.
CREATE TABLE reclassifications (
    definition smallint NOT NULL,
    subject text NOT NULL CHECK (subject IN ('clicks', 'orphans')),
    link_id bigint NOT NULL DEFAULT 0,
    time timestamptz NOT NULL DEFAULT '2000-01-01Z',
    source uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    sequence bigint NOT NULL DEFAULT 0,
    seen bigint NOT NULL DEFAULT 0,
    changed bigint NOT NULL DEFAULT 0,
    finished_time timestamptz,
    PRIMARY KEY (definition, subject)
);

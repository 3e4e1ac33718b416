-- What accounts bring from other products: one import of each origin at a time, and a new one after it was undone.
CREATE TABLE imports (
    import_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id        bigint NOT NULL REFERENCES owners,
    origin          text COLLATE "C" NOT NULL,
    origin_identity text COLLATE "C" NOT NULL,
    generation      integer NOT NULL,
    create_time     timestamptz NOT NULL,
    finish_time     timestamptz,
    -- Since when it takes nothing any more, and since when all is undone.
    undo_start_time timestamptz,
    undo_time       timestamptz,
    erased_clicks   bigint NOT NULL DEFAULT 0,
    UNIQUE (owner_id, origin, origin_identity, generation)
);

-- Links that an import created, or found and added history to.
CREATE TABLE imported_links (
    import_id       bigint NOT NULL REFERENCES imports,
    link_id         bigint NOT NULL REFERENCES links,
    is_created      boolean NOT NULL,
    -- Of a link that it created, as it was then: whoever changes or follows it makes it another.
    revision        bigint NOT NULL DEFAULT 0,
    consumed_clicks bigint NOT NULL DEFAULT 0,
    -- Of its destination then, so that a batch that comes again finds it after its owner has changed that.
    fingerprint     bytea,
    -- What it added to clicks_before_import of the link.
    clicks_before   bigint NOT NULL,
    -- What an undo made of a link that the import created: NULL: nothing yet, 0: it was deleted, otherwise it was kept, for
    -- a reason by the contract's numbers.
    undo_outcome    smallint,
    PRIMARY KEY (import_id, link_id)
);

CREATE INDEX imported_links_by_link ON imported_links (link_id);

ALTER TABLE links
    ADD COLUMN clicks_before_import bigint NOT NULL DEFAULT 0,
    -- True for the tombstone of a link that an undo deleted: an import of its owner may have the code again.
    ADD COLUMN freed boolean NOT NULL DEFAULT false;

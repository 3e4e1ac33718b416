-- Links, and the tombstones of deleted ones: a row is never removed, so that its code is never given again.
CREATE TABLE links (
    link_id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id            bigint NOT NULL REFERENCES owners,
    domain_id           bigint NOT NULL REFERENCES domains,
    code                text COLLATE "C" NOT NULL,
    destination         text NOT NULL,
    title               text NOT NULL,
    tags                text[] NOT NULL,
    redirect_status     smallint NOT NULL,
    disabled            boolean NOT NULL DEFAULT false,
    valid_from_time     timestamptz,
    expire_time         timestamptz,
    -- 0: without limit.
    max_clicks          bigint NOT NULL,
    consumed_clicks     bigint NOT NULL DEFAULT 0,
    archived            boolean NOT NULL,
    note                text NOT NULL,
    private_stats       boolean NOT NULL,
    block_bots          boolean NOT NULL,
    -- Where visitors of a link that is gone are sent; empty: nowhere.
    expired_destination text NOT NULL,
    password_hash       text,
    password_version    text,
    -- Grows with every change but those of consumed_clicks.
    revision            bigint NOT NULL DEFAULT 1,
    create_time         timestamptz NOT NULL,
    update_time         timestamptz NOT NULL,
    delete_time         timestamptz,
    UNIQUE (domain_id, code),
    CHECK (delete_time IS NOT NULL OR destination <> ''),
    CHECK ((password_hash IS NULL) = (password_version IS NULL))
);

CREATE INDEX links_by_owner ON links (owner_id, link_id) WHERE delete_time IS NULL;

-- By hash: destinations can be longer than what fits into an index entry.
CREATE INDEX links_by_destination ON links (owner_id, hashtextextended(destination, 0), link_id)
    WHERE delete_time IS NULL;

CREATE INDEX links_by_tag ON links USING gin (tags) WHERE delete_time IS NULL;

-- Addresses at which the statistics of a link can be seen. Their tokens are made of the nonce and the installation's secret,
-- and found by their SHA-256 hashes: the database alone opens none.
CREATE TABLE shares (
    share_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    link_id          bigint NOT NULL REFERENCES links,
    nonce            bytea NOT NULL,
    hash             bytea NOT NULL UNIQUE,
    title            text NOT NULL,
    password_hash    text,
    password_version text,
    create_time      timestamptz NOT NULL,
    expire_time      timestamptz,
    CHECK ((password_hash IS NULL) = (password_version IS NULL))
);

CREATE INDEX shares_by_link ON shares (link_id, share_id);

-- Creates under an idempotency key, for a day. Both hashes are keyed; edit tokens are computed from the nonce.
CREATE TABLE idempotent_requests (
    owner_id    bigint NOT NULL REFERENCES owners,
    key_hash    bytea NOT NULL,
    fingerprint bytea NOT NULL,
    nonce       bytea NOT NULL,
    -- Null only within the transaction that creates the link.
    link_id     bigint REFERENCES links,
    create_time timestamptz NOT NULL,
    PRIMARY KEY (owner_id, key_hash)
);

CREATE INDEX idempotent_requests_by_age ON idempotent_requests (create_time);

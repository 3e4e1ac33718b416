-- With which an account takes over a link that was created without one: by their SHA-256 hashes, like other credentials.
CREATE TABLE claim_tokens (
    link_id     bigint PRIMARY KEY REFERENCES links,
    hash        bytea NOT NULL,
    create_time timestamptz NOT NULL
);

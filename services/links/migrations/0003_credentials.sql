-- Credentials, by their SHA-256 hashes: they are random, so that a plain hash gives nothing away.
CREATE TABLE api_keys (
    api_key_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id      bigint NOT NULL REFERENCES owners,
    hash          bytea NOT NULL UNIQUE,
    prefix        text NOT NULL,
    title         text NOT NULL,
    description   text NOT NULL,
    scopes        text[] NOT NULL,
    create_time   timestamptz NOT NULL,
    expire_time   timestamptz,
    last_use_time timestamptz,
    revoke_time   timestamptz
);

CREATE INDEX api_keys_by_owner ON api_keys (owner_id, api_key_id) WHERE revoke_time IS NULL;

CREATE TABLE edit_tokens (
    edit_token_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    link_id       bigint NOT NULL REFERENCES links,
    hash          bytea NOT NULL UNIQUE,
    create_time   timestamptz NOT NULL
);

CREATE INDEX edit_tokens_by_link ON edit_tokens (link_id);

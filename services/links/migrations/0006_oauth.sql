-- Applications that act for accounts. Secrets and codes are random and stored as their SHA-256 hashes, like API keys.
CREATE TABLE oauth_apps (
    client_id     text COLLATE "C" PRIMARY KEY,
    owner_id      bigint NOT NULL REFERENCES owners,
    title         text NOT NULL,
    redirect_uris text[] NOT NULL,
    secret_hash   bytea NOT NULL,
    create_time   timestamptz NOT NULL
);

-- What accounts agreed to and no application has fetched yet; a code that is exchanged is removed.
CREATE TABLE authorization_codes (
    hash         bytea PRIMARY KEY,
    client_id    text COLLATE "C" NOT NULL REFERENCES oauth_apps,
    owner_id     bigint NOT NULL REFERENCES owners,
    redirect_uri text NOT NULL,
    expire_time  timestamptz NOT NULL
);

CREATE INDEX authorization_codes_by_age ON authorization_codes (expire_time);

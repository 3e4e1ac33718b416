-- Whether an account's own rights, those of a person who signs in, hold the scope admin. The first account has it: the
-- installation's first key is its own.
ALTER TABLE owners ADD COLUMN admin boolean NOT NULL DEFAULT false;
UPDATE owners SET admin = true WHERE owner_id = 2;

-- Browsers that are signed in, by the SHA-256 hashes of what their cookies hold, which is random. A session that ends is
-- removed.
CREATE TABLE sessions (
    session_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id      bigint NOT NULL REFERENCES owners,
    hash          bytea NOT NULL UNIQUE,
    method        text NOT NULL,
    -- The key that it was signed in with: it may do what that may, and ends with it.
    api_key_id    bigint REFERENCES api_keys ON DELETE CASCADE,
    user_agent    text NOT NULL,
    network       text NOT NULL,
    create_time   timestamptz NOT NULL,
    last_use_time timestamptz NOT NULL
);

CREATE INDEX sessions_by_owner ON sessions (owner_id, session_id);
CREATE INDEX sessions_by_key ON sessions (api_key_id) WHERE api_key_id IS NOT NULL;
CREATE INDEX sessions_by_use ON sessions (last_use_time);

-- Addresses that sign in once, by the hashes of their random tokens; one that is used is removed.
CREATE TABLE sign_in_tokens (
    hash        bytea PRIMARY KEY,
    owner_id    bigint NOT NULL REFERENCES owners,
    expire_time timestamptz NOT NULL
);

CREATE INDEX sign_in_tokens_by_age ON sign_in_tokens (expire_time);

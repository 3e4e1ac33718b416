-- Which application got a key on its owner's behalf: its client id, or a name where there is none. Empty: the owner made it.
ALTER TABLE api_keys ADD COLUMN granted_to text COLLATE "C" NOT NULL DEFAULT '';

CREATE INDEX api_keys_by_grant ON api_keys (owner_id, granted_to, api_key_id)
    WHERE granted_to <> '' AND revoke_time IS NULL;
CREATE INDEX api_keys_by_revocation ON api_keys (revoke_time) WHERE granted_to <> '';

-- The key that a code became. Codes are remembered for a day, so that a second exchange revokes what the first one gave.
ALTER TABLE authorization_codes ADD COLUMN api_key_id bigint REFERENCES api_keys;

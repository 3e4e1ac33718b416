-- Hosts that accounts say are theirs. Verified, a claim moves to domains with its id; until then nobody but its owner
-- sees it. Null: the operator's.
CREATE TABLE domain_claims (
    domain_id   bigint PRIMARY KEY,
    owner_id    bigint REFERENCES owners,
    host        text COLLATE "C" NOT NULL,
    public_url  text NOT NULL,
    create_time timestamptz NOT NULL,
    -- When its proof was last looked for.
    check_time  timestamptz
);

CREATE UNIQUE INDEX domain_claims_by_owner ON domain_claims (coalesce(owner_id, 0), host);

-- Since when a domain has no host: it was given up, or the operator took the name. Its row stays for its links and
-- tombstones, and its host is '#' with its id, which no host name can be.
ALTER TABLE domains ADD COLUMN release_time timestamptz;

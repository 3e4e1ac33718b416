-- Attempts of browsers to sign in through the provider of single sign-on, by the hashes of what their cookies hold.
CREATE TABLE oidc_attempts (
    hash        bytea PRIMARY KEY,
    expire_time timestamptz NOT NULL
);

CREATE INDEX oidc_attempts_by_age ON oidc_attempts (expire_time);

-- Which account somebody signs in to whom a provider knows as a subject.
CREATE TABLE identities (
    issuer      text COLLATE "C" NOT NULL,
    subject     text COLLATE "C" NOT NULL,
    owner_id    bigint NOT NULL REFERENCES owners,
    create_time timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject)
);

CREATE INDEX identities_by_owner ON identities (owner_id);
CREATE INDEX owners_by_email ON owners (lower(email)) WHERE email <> '';

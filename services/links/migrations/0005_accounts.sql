-- Groups of owners who see each other.
CREATE TABLE workspaces (
    workspace_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title        text NOT NULL,
    create_time  timestamptz NOT NULL
);

ALTER TABLE owners
    ADD COLUMN email            text NOT NULL DEFAULT '',
    ADD COLUMN workspace_id     bigint REFERENCES workspaces,
    -- Null: the account cannot sign in with a password.
    ADD COLUMN password_hash    text,
    ADD COLUMN password_version text,
    ADD CHECK ((password_hash IS NULL) = (password_version IS NULL));

CREATE INDEX owners_by_workspace ON owners (workspace_id, owner_id) WHERE workspace_id IS NOT NULL;

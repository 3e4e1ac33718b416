-- How the tags of links look. Links keep their tags by name: a tag is renamed and deleted together with the names.
CREATE TABLE tags (
    tag_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id    bigint NOT NULL REFERENCES owners,
    name        text COLLATE "C" NOT NULL,
    color       text NOT NULL,
    icon        text NOT NULL,
    create_time timestamptz NOT NULL,
    update_time timestamptz,
    UNIQUE (owner_id, name)
);

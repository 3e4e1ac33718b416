-- Visits that found no link: the columns of clicks, with link_id 0 and the owner of the domain (0: the installation).
-- Kept apart, so that no count of clicks can include them by mistake.
CREATE TABLE orphans (
    LIKE clicks,
    CHECK (link_id = 0),
    PRIMARY KEY (source, sequence)
);

CREATE INDEX orphans_by_domain ON orphans (owner_id, domain, time);

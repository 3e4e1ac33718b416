-- For lists in the order of codes.
CREATE INDEX links_by_code ON links (owner_id, code, link_id) WHERE delete_time IS NULL;

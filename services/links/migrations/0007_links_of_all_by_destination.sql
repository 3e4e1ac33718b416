-- Who else leads there: links_by_destination begins with the owner and cannot tell.
CREATE INDEX links_of_all_by_destination ON links (hashtextextended(destination, 0), link_id)
    WHERE delete_time IS NULL;

-- Who may read everything, as the role of backups does, may keep files from being deleted while it copies them.
GRANT SELECT, INSERT, UPDATE, DELETE ON pins TO pg_read_all_data;

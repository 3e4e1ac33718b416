#!/bin/sh
# Dump both schemas into one file, check that it can be read, and forget dumps that are too old.
set -eu
: "${BACKUP_URL:?}" "${BACKUP_DIR:?}" "${BACKUP_KEEP_DAYS:?}"
file="$BACKUP_DIR/linkmeter-$(date -u +%Y%m%dT%H%M%SZ).dump"
# One snapshot: links and clicks of the same moment, with the outboxes' marks that belong to them.
pg_dump --dbname="$BACKUP_URL" --format=custom --compress=6 --schema=links --schema=analytics --file="$file.unfinished"
pg_restore --list "$file.unfinished" > /dev/null
mv "$file.unfinished" "$file"
find "$BACKUP_DIR" -name 'linkmeter-*.dump*' -mtime "+$BACKUP_KEEP_DAYS" -delete
echo "{\"event\": \"backup_written\", \"file\": \"$file\", \"bytes\": $(wc -c < "$file")}"

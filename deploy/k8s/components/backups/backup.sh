#!/bin/sh
# Dump both schemas into one file, check that all of it can be read, and forget dumps that are too old. The dump is one
# that `python -m deploy.backup` restores and verifies, and what it does before, this does too: see catch_up.sql.
set -eu
: "${BACKUP_URL:?}" "${BACKUP_DIR:?}" "${BACKUP_KEEP_DAYS:?}" "${BACKUP_CATCH_UP_SECONDS:?}"
file="$BACKUP_DIR/linkmeter-$(date -u +%Y%m%dT%H%M%SZ).dump"
# Outboxes first: what was answered before now is in the dump.
caught_up=$(psql --dbname="$BACKUP_URL" --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 \
    --command="SET statement_timeout = 0" --command="SET linkmeter.catch_up_seconds = '$BACKUP_CATCH_UP_SECONDS'" \
    --file="$(dirname "$0")/catch_up.sql" --command="SHOW linkmeter.is_caught_up")
# One snapshot: links and clicks of the same moment, with the outboxes' marks that belong to them.
pg_dump --dbname="$BACKUP_URL" --format=custom --compress=6 --schema=links --schema=analytics --file="$file.unfinished"
pg_restore --file=/dev/null "$file.unfinished"
mv "$file.unfinished" "$file"
find "$BACKUP_DIR" -name 'linkmeter-*.dump*' -mtime "+$BACKUP_KEEP_DAYS" -delete
echo "{\"event\": \"backup_written\", \"file\": \"$file\", \"bytes\": $(wc -c < "$file"), \"caught_up\": \"$caught_up\"}"

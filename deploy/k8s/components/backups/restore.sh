#!/bin/sh
# Put a dump into an empty database: restore.sh FILE, with BACKUP_URL naming the database. Stops at the first mistake.
set -eu
: "${BACKUP_URL:?}"
# All or nothing.
pg_restore --dbname="$BACKUP_URL" --no-owner --exit-on-error --single-transaction "$1"
echo "{\"event\": \"backup_restored\", \"file\": \"$1\"}"

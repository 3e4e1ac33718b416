#!/bin/sh
# Dump both schemas into one file, and check that all of it can be read. The dump is one that `python -m deploy.backup`
# restores and verifies, and what it does before, this does too: see catch_up.sql. It is finished, and old ones are
# forgotten, by `python -m services.analytics save-segments`, which copies the files of settled clicks that it names.
set -eu
: "${BACKUP_URL:?}" "${BACKUP_DIR:?}" "${BACKUP_CATCH_UP_SECONDS:?}"
name="linkmeter-$(date -u +%Y%m%dT%H%M%SZ).dump"
file="$BACKUP_DIR/$name"
ask() {
    psql --dbname="$BACKUP_URL" --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 "$@"
}
# Outboxes first: what was answered before now is in the dump.
caught_up=$(ask --command="SET statement_timeout = 0" \
    --command="SET linkmeter.catch_up_seconds = '$BACKUP_CATCH_UP_SECONDS'" \
    --file="$(dirname "$0")/catch_up.sql" --command="SHOW linkmeter.is_caught_up")
# The files that the dump will name must be there until they are copied. As long as the job may take.
ask --command="DELETE FROM analytics.pins WHERE ends < now()" \
    --command="INSERT INTO analytics.pins (reason, ends) VALUES ('$name', now() + interval '6 hours')"
# One snapshot: links and clicks of the same moment, with the outboxes' marks that belong to them.
pg_dump --dbname="$BACKUP_URL" --format=custom --compress=6 --schema=links --schema=analytics \
    --exclude-table-data=analytics.pins --file="$file.unfinished"
pg_restore --file=/dev/null "$file.unfinished"
# For what finishes it: whether outboxes were late, and which files it names, the rows of its table of segments.
{
    echo "-- caught_up: $caught_up"
    pg_restore --data-only --schema=analytics --table=segments --file=- "$file.unfinished"
} > "$file.segments"

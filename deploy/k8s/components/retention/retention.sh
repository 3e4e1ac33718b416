#!/bin/sh
# Make the partitions of the months ahead, and drop those of raw clicks that are too old. Sums are kept for ever.
set -eu
: "${RETENTION_URL:?}" "${RETENTION_MONTHS:?}"
psql "$RETENTION_URL" --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set=months="$RETENTION_MONTHS" --file=/scripts/retention.sql

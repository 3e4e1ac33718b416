-- Wait until every outbox that is alive has brought all that it held when this began, so that a backup made afterwards
-- has all that was answered before. Also run by deploy/backup. The setting linkmeter.catch_up_seconds says for how long
-- at most; afterwards linkmeter.is_caught_up is on, or off when time was up.
--
-- The second report that arrives from now on was written after the first one had been answered, so certainly after now;
-- all up to the last sequence that it names has to come in.
DO $$
DECLARE
    until CONSTANT timestamptz := clock_timestamp()
        + make_interval(secs => current_setting('linkmeter.catch_up_seconds')::float8);
    -- Each outbox that is waited for: when it last reported, how often since this began, and what is due of it.
    waiting jsonb;
    outbox record;
    seen jsonb;
BEGIN
    -- Quiet outboxes report every five seconds; one silent for longer has no process and may never speak again.
    SELECT coalesce(jsonb_object_agg(source, jsonb_build_object('report', last_report_time, 'reports', 0)), '{}')
    INTO waiting FROM analytics.sources WHERE last_report_time > clock_timestamp() - interval '1 minute';
    LOOP
        FOR outbox IN
            SELECT source::text AS name, to_jsonb(last_report_time) AS report, mark, last_sequence
            FROM analytics.sources WHERE waiting ? source::text
        LOOP
            seen := waiting -> outbox.name;
            IF outbox.report <> seen -> 'report' THEN
                seen := seen || jsonb_build_object('report', outbox.report, 'reports', (seen ->> 'reports')::int + 1);
                IF seen ->> 'reports' = '2' THEN
                    seen := seen || jsonb_build_object('due', outbox.last_sequence);
                END IF;
                waiting := waiting || jsonb_build_object(outbox.name, seen);
            END IF;
            IF outbox.mark >= (seen ->> 'due')::bigint THEN
                waiting := waiting - outbox.name;
            END IF;
        END LOOP;
        EXIT WHEN waiting = '{}' OR clock_timestamp() > until;
        PERFORM pg_sleep(0.05);
    END LOOP;
    PERFORM set_config('linkmeter.is_caught_up', CASE WHEN waiting = '{}' THEN 'on' ELSE 'off' END, false);
END
$$;

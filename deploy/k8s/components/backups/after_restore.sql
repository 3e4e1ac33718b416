-- Ids given between the backup and its loss are not given again: clicks in outboxes, visitors' cookies and other people's
-- notes may still name them. Far more than any installation gives in the meantime, and far from the end of 53 bits.
DO $$
DECLARE
    sequence regclass;
BEGIN
    FOR sequence IN
        SELECT format('%I.%I', schemaname, sequencename)::regclass FROM pg_catalog.pg_sequences WHERE schemaname = 'links'
    LOOP
        PERFORM pg_catalog.setval(sequence, pg_catalog.nextval(sequence) + 1000000000);
    END LOOP;
END
$$;

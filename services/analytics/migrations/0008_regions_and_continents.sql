-- Two more dimensions of places. The defaults are for programs that do not know them yet, and for clicks stored before.
ALTER TABLE clicks
    ADD COLUMN region text NOT NULL DEFAULT '',
    ADD COLUMN continent text NOT NULL DEFAULT '';

ALTER TABLE orphans
    ADD COLUMN region text NOT NULL DEFAULT '',
    ADD COLUMN continent text NOT NULL DEFAULT '';

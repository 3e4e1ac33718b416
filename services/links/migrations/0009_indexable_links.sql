-- Whether search engines may list the short URL; NULL: as the installation's setting says.
ALTER TABLE links ADD COLUMN indexable boolean;

-- The text in which a list's query is looked for; no query holds a line's end. In titles, the only texts with foreign
-- letters, the long s, the final sigma and ß are what Python's casefold() makes of them in the query. The index on it needs
-- an extension, which not every role may create: store/search_index.py makes it.
CREATE FUNCTION search_text(code text, title text, destination text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(code COLLATE "default") || chr(10) || lower(destination COLLATE "default") || chr(10)
    || replace(translate(lower(title COLLATE "default"), chr(383) || chr(962), 's' || chr(963)), 'ß', 'ss');

-- How rare a text is decides between that index and the newest links. PostgreSQL takes it from nowhere else: the index is
-- for links that are not deleted, and what it knows of itself is not used then.
CREATE STATISTICS links_text ON (search_text(code, title, destination)) FROM links;

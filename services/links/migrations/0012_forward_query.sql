-- Which of a visitor's query parameters go on to the destination, by the contract's numbers; 1: none.
ALTER TABLE links ADD COLUMN forward_query smallint NOT NULL DEFAULT 1;

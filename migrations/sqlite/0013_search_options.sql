-- Runs are searched together with the options that they have of menus, and by their channel. So the search index is made
-- again, run by run. What is in it is found until then: a search only relies on options when the index is where it was.

ALTER TABLE search_indexes ADD COLUMN options_from INTEGER NOT NULL DEFAULT 0;

UPDATE search_indexes SET options_from = indexed_change, indexed_change = 0;

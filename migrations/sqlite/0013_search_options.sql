-- Runs are searched together with the options that they have of menus, and by their channel. So the search index is made
-- again, run by run; what is in it is found until then.

UPDATE search_indexes SET indexed_change = 0;

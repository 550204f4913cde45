-- Search over all runs. The words of a run are kept by its document, a number that grows with the time of its creation, so
-- that what is found last is found first. They are put there after the run was written: up to which write, and under which
-- number the words of an organization are kept, says search_indexes.

CREATE TABLE search_indexes (
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    number INTEGER NOT NULL,
    indexed_change INTEGER NOT NULL,
    indexed_run BLOB NOT NULL,
    PRIMARY KEY (organization_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX search_numbers ON search_indexes (number);

CREATE TABLE search_docs (
    organization_id BLOB NOT NULL,
    run_id BLOB NOT NULL,
    document INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (organization_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX search_docs_by_document ON search_docs (organization_id, document);

-- The words themselves, as each database keeps them. Here all organizations share one table, and so its numbers.
CREATE UNIQUE INDEX search_words_documents ON search_docs (document);
CREATE VIRTUAL TABLE search_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '_'");
CREATE VIRTUAL TABLE search_words_vocabulary USING fts5vocab (search_words, instance);

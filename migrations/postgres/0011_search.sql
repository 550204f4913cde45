-- Search over all runs. The words of a run are kept by its document, a number that grows with the time of its creation, so
-- that what is found last is found first. They are put there after the run was written: up to which write, and under which
-- number the words of an organization are kept, says search_indexes.

CREATE TABLE search_indexes (
    organization_id UUID NOT NULL REFERENCES organizations (id),
    number BIGINT NOT NULL,
    indexed_change BIGINT NOT NULL,
    indexed_run UUID NOT NULL,
    PRIMARY KEY (organization_id)
);

CREATE UNIQUE INDEX search_numbers ON search_indexes (number);

CREATE TABLE search_docs (
    organization_id UUID NOT NULL,
    run_id UUID NOT NULL,
    document BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, run_id)
);

CREATE UNIQUE INDEX search_docs_by_document ON search_docs (organization_id, document);

-- The words themselves, as each database keeps them.
CREATE TABLE search_words (organization_id UUID NOT NULL, document BIGINT NOT NULL, words TSVECTOR NOT NULL, PRIMARY KEY (organization_id, document));
CREATE INDEX search_words_by_word ON search_words USING gin (words);

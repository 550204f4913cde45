-- What lists are found, counted and summed by: all runs of an organization in blocks in order of time, and what was changed
-- since the blocks were made. An organization that has runs and no index yet gets it when the database is opened
-- (store/migrate/index_runs.rs). Nothing else is kept to tell runs apart by what the menus offer.

CREATE TABLE run_indexes (
    organization_id BLOB NOT NULL PRIMARY KEY REFERENCES organizations (id),
    change INTEGER NOT NULL,
    fold INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    runs INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE run_index_blocks (
    organization_id BLOB NOT NULL,
    begins_at INTEGER NOT NULL,
    fold INTEGER NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (organization_id, begins_at)
) STRICT;

CREATE TABLE run_index_changes (
    organization_id BLOB NOT NULL,
    change INTEGER NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (organization_id, change)
) STRICT;

DROP TABLE run_counts;
DROP INDEX runs_by_status;
DROP INDEX runs_by_source;
DROP INDEX runs_by_model;
DROP INDEX runs_by_workflow;
DROP INDEX runs_by_ai_employee;
DROP INDEX runs_by_duration_class;
DROP INDEX runs_by_token_class;
DROP INDEX runs_by_creation;
CREATE INDEX runs_by_creation ON workflow_runs (organization_id, created_at, id);
ALTER TABLE workflow_runs DROP COLUMN duration_class;
ALTER TABLE workflow_runs DROP COLUMN token_class;

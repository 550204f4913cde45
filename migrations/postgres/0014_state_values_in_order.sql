-- The runs of a state value in the order of lists, so that the newest are read and not all of them.

DROP INDEX runs_by_state_value;
ALTER TABLE run_state_values ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;

UPDATE run_state_values SET created_at = runs.created_at FROM workflow_runs AS runs
WHERE runs.organization_id = run_state_values.organization_id AND runs.id = run_state_values.run_id;

CREATE INDEX runs_by_state_value ON run_state_values (organization_id, digest, created_at, run_id);

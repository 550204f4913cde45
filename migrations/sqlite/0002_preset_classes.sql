-- The class of a duration and of a token total: the position of the menu's range in which it lies. A list of one
-- preset is then in order by its index, and a free range reads no rows but those it answers.

ALTER TABLE workflow_runs ADD COLUMN duration_class INTEGER;
ALTER TABLE workflow_runs ADD COLUMN token_class INTEGER;

UPDATE workflow_runs SET
    duration_class = CASE WHEN duration_ms < 1000 THEN 0 WHEN duration_ms < 10000 THEN 1 WHEN duration_ms < 60000 THEN 2 WHEN duration_ms >= 60000 THEN 3 END,
    token_class = CASE WHEN total_tokens < 100 THEN 0 WHEN total_tokens < 1000 THEN 1 WHEN total_tokens < 10000 THEN 2 WHEN total_tokens >= 10000 THEN 3 END;

DROP INDEX runs_by_creation;
DROP INDEX runs_by_completion;
DROP INDEX runs_by_finish;
DROP INDEX runs_by_duration;
DROP INDEX runs_by_tokens;

-- What free ranges compare stands in the index in which they walk.
CREATE INDEX runs_by_creation ON workflow_runs (organization_id, created_at, id, duration_ms, total_tokens);
CREATE INDEX runs_by_completion ON workflow_runs (organization_id, completed_at, created_at, id) WHERE completed_at IS NOT NULL;
CREATE INDEX runs_by_finish ON workflow_runs (organization_id, finished_at, created_at, id) WHERE finished_at IS NOT NULL;
CREATE INDEX runs_by_duration_class ON workflow_runs (organization_id, duration_class, created_at, id, duration_ms) WHERE duration_class IS NOT NULL;
CREATE INDEX runs_by_token_class ON workflow_runs (organization_id, token_class, created_at, id, total_tokens) WHERE token_class IS NOT NULL;

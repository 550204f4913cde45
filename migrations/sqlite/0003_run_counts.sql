-- How many runs there are of one value of one facet, by the hour of their creation: kept up as runs are written, so that
-- the total of a list is a sum. Ids are written in hexadecimal.

CREATE TABLE run_counts (
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    hour INTEGER NOT NULL,
    runs INTEGER NOT NULL,
    PRIMARY KEY (organization_id, facet, value, hour)
) STRICT, WITHOUT ROWID;

INSERT INTO run_counts (organization_id, facet, value, hour, runs)
SELECT organization_id, facet, value, (created_at - ((created_at % 3600000000) + 3600000000) % 3600000000) / 3600000000, count(*)
FROM (
    SELECT organization_id, created_at, 'all' AS facet, '' AS value FROM workflow_runs
    UNION ALL SELECT organization_id, created_at, 'status', status FROM workflow_runs
    UNION ALL SELECT organization_id, created_at, 'source', source FROM workflow_runs
    UNION ALL SELECT organization_id, created_at, 'model', model FROM workflow_runs
    UNION ALL SELECT organization_id, created_at, 'workflow', lower(hex(workflow_id)) FROM workflow_runs
    UNION ALL SELECT organization_id, created_at, 'ai_employee', lower(hex(ai_employee_id)) FROM workflow_runs WHERE ai_employee_id IS NOT NULL
    UNION ALL SELECT organization_id, created_at, 'duration_class', CAST(duration_class AS TEXT) FROM workflow_runs
    UNION ALL SELECT organization_id, created_at, 'token_class', CAST(token_class AS TEXT) FROM workflow_runs
) AS facts
WHERE value IS NOT NULL
GROUP BY 1, 2, 3, 4;

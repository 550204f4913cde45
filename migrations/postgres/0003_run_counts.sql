-- How many runs there are of one value of one facet, by the hour of their creation: kept up as runs are written, so that
-- the total of a list is a sum. Ids are written in hexadecimal.

CREATE TABLE run_counts (
    organization_id UUID NOT NULL REFERENCES organizations (id),
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    hour BIGINT NOT NULL,
    runs BIGINT NOT NULL,
    PRIMARY KEY (organization_id, facet, value, hour)
);

INSERT INTO run_counts (organization_id, facet, value, hour, runs)
SELECT organization_id, facet, value, (created_at - ((created_at % 3600000000) + 3600000000) % 3600000000) / 3600000000, count(*)
FROM (
    SELECT organization_id, created_at, 'all' AS facet, '' AS value FROM workflow_runs
    UNION ALL SELECT organization_id, created_at, 'status', status FROM workflow_runs
    UNION ALL SELECT organization_id, created_at, 'source', source FROM workflow_runs
    UNION ALL SELECT organization_id, created_at, 'model', model FROM workflow_runs
    UNION ALL SELECT organization_id, created_at, 'workflow', replace(workflow_id::text, '-', '') FROM workflow_runs
    UNION ALL SELECT organization_id, created_at, 'ai_employee', replace(ai_employee_id::text, '-', '') FROM workflow_runs WHERE ai_employee_id IS NOT NULL
    UNION ALL SELECT organization_id, created_at, 'duration_class', CAST(duration_class AS TEXT) FROM workflow_runs
    UNION ALL SELECT organization_id, created_at, 'token_class', CAST(token_class AS TEXT) FROM workflow_runs
) AS facts
WHERE value IS NOT NULL
GROUP BY 1, 2, 3, 4;

-- Parts of runs as they were posted by themselves: what is known of each, and whether its run shows it, which it does not
-- when its document has a better account or is not there yet. A part whose run was named without its skill has none here.

CREATE TABLE posted_parts (
    organization_id UUID NOT NULL,
    run_id UUID NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    workflow_id UUID,
    updated_at BIGINT,
    is_shown BOOLEAN NOT NULL,
    packed BYTEA NOT NULL,
    PRIMARY KEY (organization_id, run_id, kind, id)
);

-- Runs that were here and are not any more, so that whoever watches is told, and a link to one says what became of it: its
-- spans turned out to be another's (`moved`), or a rule of the organization took it away (`retention`, and the rule's words).
CREATE TABLE removed_runs (
    organization_id UUID NOT NULL REFERENCES organizations (id),
    run_id UUID NOT NULL,
    change BIGINT NOT NULL,
    removed_at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    rule TEXT,
    PRIMARY KEY (organization_id, run_id)
);

CREATE INDEX removed_by_change ON removed_runs (organization_id, change, run_id);

-- After how many days runs are taken away; null keeps them.
ALTER TABLE organizations ADD COLUMN retention_days BIGINT;

-- When a run was written last, by the clock of whoever wrote it here. What goes on at this moment counts as written now.
ALTER TABLE workflow_runs ADD COLUMN written_at BIGINT NOT NULL DEFAULT 0;

UPDATE workflow_runs SET written_at = CAST(extract(epoch FROM now()) AS BIGINT) * 1000000 WHERE status IN ('pending', 'running', 'suspended');

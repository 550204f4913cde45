-- The writes of an organization, numbered in their order: a run says by which one it came and which one wrote it last. So
-- whoever knows up to which number they have been told is told the rest from an index.

ALTER TABLE organizations ADD COLUMN last_change INTEGER NOT NULL DEFAULT 0;
ALTER TABLE workflow_runs ADD COLUMN first_change INTEGER NOT NULL DEFAULT 1;
ALTER TABLE workflow_runs ADD COLUMN last_change INTEGER NOT NULL DEFAULT 1;

-- What was there before is one write.
UPDATE organizations SET last_change = 1;

CREATE INDEX runs_by_change ON workflow_runs (organization_id, last_change, id);

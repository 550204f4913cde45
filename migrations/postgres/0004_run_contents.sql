-- What lies inside a run lies together: its document in one row, packed, and the steps that do not fit there in further
-- ones. A row begins with the step of this number; the messages that are longer than their preview stand beside the first.
-- What lists show of it stands in the run: the compressed state and the cost lines.

CREATE TABLE run_contents (
    organization_id UUID NOT NULL,
    run_id UUID NOT NULL,
    first_step BIGINT NOT NULL,
    steps BIGINT NOT NULL,
    packed_messages BYTEA,
    packed_content BYTEA NOT NULL,
    PRIMARY KEY (organization_id, run_id, first_step),
    FOREIGN KEY (organization_id, run_id) REFERENCES workflow_runs (organization_id, id) ON DELETE CASCADE
);

ALTER TABLE workflow_runs ADD COLUMN packed_list_state BYTEA;
ALTER TABLE workflow_runs ADD COLUMN costs TEXT;

-- A program that does not know this yet finds nothing to write into, rather than write what would be lost.
ALTER TABLE run_payloads RENAME TO old_run_payloads;
ALTER TABLE step_logs RENAME TO old_step_logs;
ALTER TABLE token_history RENAME TO old_token_history;
ALTER TABLE attachments RENAME TO old_attachments;
ALTER TABLE voice_transcripts RENAME TO old_voice_transcripts;

-- The contents of every run were repacked between the step before and this one (store/migrate/repack.rs).

DROP TABLE old_voice_transcripts;
DROP TABLE old_attachments;
DROP TABLE old_token_history;
DROP TABLE old_step_logs;
DROP TABLE old_run_payloads;
ALTER TABLE workflow_runs DROP COLUMN list_state;

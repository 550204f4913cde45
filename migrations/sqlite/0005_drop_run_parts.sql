-- The contents of every run were repacked between the step before and this one (store/migrate/repack.rs).

DROP TABLE voice_transcripts;
DROP TABLE attachments;
DROP TABLE token_history;
DROP TABLE step_logs;
DROP TABLE run_payloads;
ALTER TABLE workflow_runs DROP COLUMN list_state;

-- Where statistics do not know an organization yet, PostgreSQL takes it to have a row at most, and looks for runs by their ids
-- among all of its rows. By default they are renewed when a tenth of a table has changed, which for a new organization beside
-- large ones is very late. After so many changes instead, however large the table is.

ALTER TABLE workflow_runs SET (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
ALTER TABLE run_contents SET (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
ALTER TABLE run_state_values SET (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
ALTER TABLE posted_parts SET (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
ALTER TABLE trace_batches SET (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
ALTER TABLE trace_runs SET (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
ALTER TABLE removed_runs SET (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
ALTER TABLE conversations SET (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
ALTER TABLE search_docs SET (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);

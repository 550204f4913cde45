-- Spans as they were received, some at a time, and which runs a trace is part of. A run that is a trace, or several, is made
-- again from all of its spans whenever more of them come.

CREATE TABLE trace_batches (
    organization_id BLOB NOT NULL,
    trace_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    packed_spans BLOB NOT NULL,
    PRIMARY KEY (organization_id, trace_id, number)
) STRICT;

CREATE TABLE trace_runs (
    organization_id BLOB NOT NULL,
    trace_id BLOB NOT NULL,
    run_id BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    is_shown INTEGER NOT NULL,
    PRIMARY KEY (organization_id, trace_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX traces_of_run ON trace_runs (organization_id, run_id);
CREATE INDEX hidden_traces ON trace_runs (organization_id, received_at) WHERE NOT is_shown;

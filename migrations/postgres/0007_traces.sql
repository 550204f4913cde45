-- Spans as they were received, some at a time, and which runs a trace is part of. A run that is a trace, or several, is made
-- again from all of its spans whenever more of them come.

CREATE TABLE trace_batches (
    organization_id UUID NOT NULL,
    trace_id UUID NOT NULL,
    number BIGINT NOT NULL,
    packed_spans BYTEA NOT NULL,
    PRIMARY KEY (organization_id, trace_id, number)
);

CREATE TABLE trace_runs (
    organization_id UUID NOT NULL,
    trace_id UUID NOT NULL,
    run_id UUID NOT NULL,
    received_at BIGINT NOT NULL,
    is_shown BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, trace_id, run_id)
);

CREATE INDEX traces_of_run ON trace_runs (organization_id, run_id);
CREATE INDEX hidden_traces ON trace_runs (organization_id, received_at) WHERE NOT is_shown;

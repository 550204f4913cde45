-- Organizations, people and their access, and runs with everything inside them.
-- Times are microseconds since 1970, money is billionths of a US dollar, `packed` columns are JSON behind a codec byte.
-- Every key begins with the organization, so that the rows of one lie together and PostgreSQL can be distributed by it.
-- Only `users` has none: a person may belong to several.

CREATE TABLE organizations (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE memberships (
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    role TEXT NOT NULL,
    PRIMARY KEY (organization_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX memberships_of_user ON memberships (user_id);

-- A session looks at one organization. It ends with the membership.
CREATE TABLE sessions (
    organization_id BLOB NOT NULL,
    secret_hash BLOB NOT NULL,
    user_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (organization_id, secret_hash),
    FOREIGN KEY (organization_id, user_id) REFERENCES memberships (organization_id, user_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE api_tokens (
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    secret_hash BLOB NOT NULL,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    PRIMARY KEY (organization_id, secret_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE ai_employees (
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE workflows (
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE conversations (
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    id BLOB NOT NULL,
    title TEXT,
    channel TEXT,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;

-- A flow is stored once, however many runs took it.
CREATE TABLE flow_snapshots (
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    digest BLOB NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (organization_id, digest)
) STRICT;

-- What lists read and filter by. Messages are cut to their preview; the whole of a longer one is in run_payloads.
CREATE TABLE workflow_runs (
    organization_id BLOB NOT NULL,
    id BLOB NOT NULL,
    workflow_id BLOB NOT NULL,
    ai_employee_id BLOB,
    conversation_id BLOB,
    channel TEXT,
    source TEXT NOT NULL,
    trigger_id TEXT,
    trigger_url TEXT,
    model TEXT,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    completed_at INTEGER,
    failed_at INTEGER,
    suspended_at INTEGER,
    cancelled_at INTEGER,
    finished_at INTEGER,
    updated_at INTEGER,
    duration_ms INTEGER,
    input_tokens INTEGER,
    output_tokens INTEGER,
    total_tokens INTEGER,
    flow_digest BLOB,
    has_long_message INTEGER NOT NULL,
    input_preview TEXT,
    output_preview TEXT,
    error_preview TEXT,
    failure TEXT,
    list_state TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, workflow_id) REFERENCES workflows (organization_id, id),
    FOREIGN KEY (organization_id, ai_employee_id) REFERENCES ai_employees (organization_id, id),
    FOREIGN KEY (organization_id, conversation_id) REFERENCES conversations (organization_id, id),
    FOREIGN KEY (organization_id, flow_digest) REFERENCES flow_snapshots (organization_id, digest)
) STRICT;

CREATE INDEX runs_by_creation ON workflow_runs (organization_id, created_at, id);
CREATE INDEX runs_by_status ON workflow_runs (organization_id, status, created_at, id);
CREATE INDEX runs_by_source ON workflow_runs (organization_id, source, created_at, id);
CREATE INDEX runs_by_model ON workflow_runs (organization_id, model, created_at, id);
CREATE INDEX runs_by_workflow ON workflow_runs (organization_id, workflow_id, created_at, id);
CREATE INDEX runs_by_ai_employee ON workflow_runs (organization_id, ai_employee_id, created_at, id);
CREATE INDEX runs_by_conversation ON workflow_runs (organization_id, conversation_id, created_at, id) WHERE conversation_id IS NOT NULL;
CREATE INDEX runs_by_trigger ON workflow_runs (organization_id, trigger_id, created_at, id) WHERE trigger_id IS NOT NULL;
CREATE INDEX runs_by_completion ON workflow_runs (organization_id, completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX runs_by_finish ON workflow_runs (organization_id, finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX runs_by_duration ON workflow_runs (organization_id, duration_ms) WHERE duration_ms IS NOT NULL;
CREATE INDEX runs_by_tokens ON workflow_runs (organization_id, total_tokens) WHERE total_tokens IS NOT NULL;

CREATE TABLE run_payloads (
    organization_id BLOB NOT NULL,
    run_id BLOB NOT NULL,
    input_message TEXT,
    output_message TEXT,
    error_message TEXT,
    packed_state BLOB,
    PRIMARY KEY (organization_id, run_id),
    FOREIGN KEY (organization_id, run_id) REFERENCES workflow_runs (organization_id, id) ON DELETE CASCADE
) STRICT;

-- One row for each exact pair of state.runtimeContext.state, found by the digest of key and value.
CREATE TABLE run_state_values (
    organization_id BLOB NOT NULL,
    run_id BLOB NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (organization_id, run_id, digest),
    FOREIGN KEY (organization_id, run_id) REFERENCES workflow_runs (organization_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX runs_by_state_value ON run_state_values (organization_id, digest, run_id);

CREATE TABLE step_logs (
    organization_id BLOB NOT NULL,
    run_id BLOB NOT NULL,
    id TEXT NOT NULL,
    position INTEGER NOT NULL,
    parent_id TEXT,
    step_id TEXT,
    name TEXT,
    kind TEXT,
    status TEXT,
    started_at INTEGER,
    ended_at INTEGER,
    duration_ms INTEGER,
    error TEXT,
    packed_payload BLOB,
    PRIMARY KEY (organization_id, run_id, id),
    FOREIGN KEY (organization_id, run_id) REFERENCES workflow_runs (organization_id, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX step_logs_in_order ON step_logs (organization_id, run_id, position);

CREATE TABLE token_history (
    organization_id BLOB NOT NULL,
    run_id BLOB NOT NULL,
    id TEXT NOT NULL,
    key_type TEXT NOT NULL,
    model TEXT,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cached_input_tokens INTEGER NOT NULL,
    usd_nanos INTEGER NOT NULL,
    PRIMARY KEY (organization_id, run_id, id),
    FOREIGN KEY (organization_id, run_id) REFERENCES workflow_runs (organization_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE attachments (
    organization_id BLOB NOT NULL,
    run_id BLOB NOT NULL,
    id BLOB NOT NULL,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (organization_id, run_id, id),
    FOREIGN KEY (organization_id, run_id) REFERENCES workflow_runs (organization_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE voice_transcripts (
    organization_id BLOB NOT NULL,
    run_id BLOB NOT NULL,
    id BLOB NOT NULL,
    position INTEGER NOT NULL,
    attachment_id BLOB,
    packed_turns BLOB NOT NULL,
    PRIMARY KEY (organization_id, run_id, id),
    FOREIGN KEY (organization_id, run_id) REFERENCES workflow_runs (organization_id, id) ON DELETE CASCADE
) STRICT;

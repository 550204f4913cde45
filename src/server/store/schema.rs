//! Tables and columns by name, as statements use them.

use sea_query::Iden;

macro_rules! table {
    ($($table:ident { $($column:ident),+ $(,)? })+) => {$(
        #[derive(Debug, Clone, Copy, Iden)]
        pub enum $table { Table, $($column),+ }
    )+};
}

table! {
    Organizations { Id, Name, CreatedAt, LastChange, RetentionDays }
    Users { Id, Email, PasswordHash, CreatedAt }
    Memberships { OrganizationId, UserId, Role }
    Sessions { OrganizationId, SecretHash, UserId, CreatedAt, SeenAt }
    ApiTokens { OrganizationId, SecretHash, Scopes, CreatedAt, RevokedAt }
    AiEmployees { OrganizationId, Id, Name }
    Workflows { OrganizationId, Id, Name }
    Conversations { OrganizationId, Id, Title, Channel }
    FlowSnapshots { OrganizationId, Digest, Packed }
    WorkflowRuns {
        OrganizationId, Id, WorkflowId, AiEmployeeId, ConversationId, Channel, Source, TriggerId, TriggerUrl, Model,
        Status, CreatedAt, StartedAt, CompletedAt, FailedAt, SuspendedAt, CancelledAt, FinishedAt, UpdatedAt,
        DurationMs, InputTokens, OutputTokens, TotalTokens, FlowDigest, HasLongMessage, InputPreview,
        OutputPreview, ErrorPreview, Failure, PackedListState, Costs, FirstChange, LastChange, WrittenAt,
    }
    RunIndexes { OrganizationId, Change, Fold, Pending, Runs }
    RunIndexBlocks { OrganizationId, BeginsAt, Fold, Packed }
    RunIndexChanges { OrganizationId, Change, Packed }
    RunContents { OrganizationId, RunId, FirstStep, Steps, PackedMessages, PackedContent }
    TraceBatches { OrganizationId, TraceId, Number, PackedSpans }
    TraceRuns { OrganizationId, TraceId, RunId, ReceivedAt, IsShown }
    PostedParts { OrganizationId, RunId, Kind, Id, WorkflowId, UpdatedAt, IsShown, Packed }
    RemovedRuns { OrganizationId, RunId, Change, RemovedAt, Reason, Rule }
    RunStateValues { OrganizationId, RunId, Digest, CreatedAt }
    SearchIndexes { OrganizationId, Number, IndexedChange, IndexedRun, OptionsFrom }
    SearchDocs { OrganizationId, RunId, Document, CreatedAt }
    SearchWords { OrganizationId, Document, Words }
}

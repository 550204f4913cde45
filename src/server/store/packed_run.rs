//! A run as its rows. Those of a whole run are worked out before a transaction begins, which then has only to store them.

use super::{
    error::StoreError,
    packed,
    run_content::{PackedContent, long_messages},
    schema::WorkflowRuns as Runs,
};
use crate::{
    domain::{
        account::Account,
        cost,
        document::{RunDocument, TokenTotals},
        ids::{AiEmployeeId, ConversationId, OrganizationId, RunId, WorkflowId},
        json::Json,
        run_facts::RunFacts,
        run_write::RunWrite,
        source::{self, SourceFacts},
        text::{PREVIEW_CHARS, cut},
        time::Timestamp,
    },
    server::aside::aside,
};
use sea_query::Value;
use sha2::{Digest, Sha256};

/// The rows of a run but for its source, which depends on what its conversation is known by.
#[derive(Debug)]
pub(super) struct PackedRun {
    pub run_id: RunId,
    pub workflow_id: WorkflowId,
    pub workflow_name: Option<String>,
    pub ai_employee: Option<(AiEmployeeId, Option<String>)>,
    pub conversation: Option<GivenConversation>,
    pub account: Account,
    /// Its digest and itself.
    pub flow: Option<(Vec<u8>, Json)>,
    /// As [`RECORD`] names them.
    pub record: Vec<Value>,
    pub content: PackedContent,
    /// With the source that the run has by itself.
    facts: RunFacts,
    channel: Option<String>,
    is_async: bool,
}

/// What a document says of its conversation.
#[derive(Debug)]
pub(super) struct GivenConversation {
    pub id: ConversationId,
    pub title: Option<String>,
    pub channel: Option<String>,
}

/// The columns of a run that its document decides alone.
pub(super) const RECORD: [Runs; 30] = [
    Runs::OrganizationId,
    Runs::Id,
    Runs::WorkflowId,
    Runs::AiEmployeeId,
    Runs::ConversationId,
    Runs::Channel,
    Runs::TriggerId,
    Runs::TriggerUrl,
    Runs::Model,
    Runs::Status,
    Runs::CreatedAt,
    Runs::StartedAt,
    Runs::CompletedAt,
    Runs::FailedAt,
    Runs::SuspendedAt,
    Runs::CancelledAt,
    Runs::FinishedAt,
    Runs::UpdatedAt,
    Runs::DurationMs,
    Runs::InputTokens,
    Runs::OutputTokens,
    Runs::TotalTokens,
    Runs::FlowDigest,
    Runs::HasLongMessage,
    Runs::InputPreview,
    Runs::OutputPreview,
    Runs::ErrorPreview,
    Runs::Failure,
    Runs::PackedListState,
    Runs::Costs,
];

impl PackedRun {
    /// Packs runs, which takes a while: payloads are compressed here.
    pub async fn all_of(organization_id: OrganizationId, writes: Vec<RunWrite>) -> Result<Vec<Self>, StoreError> {
        aside(move || writes.into_iter().map(|write| Self::of(organization_id, write)).collect()).await?
    }

    fn of(organization_id: OrganizationId, write: RunWrite) -> Result<Self, StoreError> {
        let content = PackedContent::of(organization_id, &write).map_err(packed::unwritable)?;
        let flow = write.document.flow.clone().map(|flow| (Sha256::digest(flow.as_str()).to_vec(), flow));
        let facts = facts(&write);
        let digest = flow.as_ref().map(|(digest, _)| digest.clone());
        let record = record(organization_id, &write, digest)?;
        let account = write.account();
        let RunWrite { run_id, workflow_id, document, is_async, .. } = write;
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Ok(Self {
            run_id,
            workflow_id,
            workflow_name: document.workflow_name,
            ai_employee: document.ai_employee_id.map(|id| (id, document.ai_employee_name)),
            conversation: document.conversation_id.map(|id| GivenConversation {
                id,
                title: given(document.conversation_title),
                channel: given(document.conversation_channel),
            }),
            account,
            flow,
            record,
            content,
            facts,
            channel: document.channel,
            is_async,
        })
    }

    /// About how many bytes it takes while it waits.
    pub fn weight(&self) -> usize {
        self.record.iter().map(weight_of).sum::<usize>() + self.content.weight()
    }

    /// What is listed and counted of the run, its conversation being known by this channel.
    pub fn facts(&self, conversation_channel: Option<&str>) -> RunFacts {
        let source = source::resolve(SourceFacts {
            conversation_channel,
            channel: self.channel.as_deref(),
            in_conversation: self.conversation.is_some(),
            is_async: self.is_async,
        });
        RunFacts { source: source.to_owned(), ..self.facts.clone() }
    }
}

/// About how many bytes a value takes.
pub(super) fn weight_of(value: &Value) -> usize {
    let content = match value {
        Value::String(Some(text)) => text.len(),
        Value::Bytes(Some(bytes)) => bytes.len(),
        _ => 0,
    };
    size_of::<Value>() + content
}

fn facts(write: &RunWrite) -> RunFacts {
    let document = &write.document;
    RunFacts {
        created_at: document.created_at,
        status: document.status,
        source: String::new(),
        model: document.model.clone(),
        workflow_id: write.workflow_id,
        ai_employee_id: document.ai_employee_id,
        duration_ms: document.duration(),
        total_tokens: document.token_totals().map(TokenTotals::total),
        cost: cost::total(&document.costs()),
    }
}

fn record(
    organization_id: OrganizationId,
    write: &RunWrite,
    flow_digest: Option<Vec<u8>>,
) -> Result<Vec<Value>, StoreError> {
    let document: &RunDocument = &write.document;
    let micros = |time: Option<Timestamp>| Value::from(time.map(Timestamp::micros));
    let preview = |message: &Option<String>| -> Value {
        message.as_deref().map(|message| cut(message, PREVIEW_CHARS).to_owned()).into()
    };
    let tokens = document.token_totals();
    let failure = write.failure.as_ref().map(serde_json::to_string).transpose().map_err(packed::unwritable)?;
    let costs = (!document.token_history.is_empty()).then(|| serde_json::to_string(&document.costs()));
    let costs = costs.transpose().map_err(packed::unwritable)?;
    Ok(vec![
        organization_id.0.into(),
        write.run_id.0.into(),
        write.workflow_id.0.into(),
        document.ai_employee_id.map(|id| id.0).into(),
        document.conversation_id.map(|id| id.0).into(),
        document.channel.clone().into(),
        document.trigger_id.clone().into(),
        document.trigger_url.clone().into(),
        document.model.clone().into(),
        document.status.as_str().into(),
        document.created_at.micros().into(),
        micros(document.started_at),
        micros(document.completed_at),
        micros(document.failed_at),
        micros(document.suspended_at),
        micros(document.cancelled_at),
        micros(document.finished_at()),
        micros(document.updated_at),
        document.duration().into(),
        tokens.map(|tokens| tokens.input).into(),
        tokens.map(|tokens| tokens.output).into(),
        tokens.map(TokenTotals::total).into(),
        flow_digest.into(),
        long_messages(document).iter().any(Option::is_some).into(),
        preview(&document.input_message),
        preview(&document.output_message),
        preview(&document.error_message),
        failure.into(),
        packed::pack(write.list_state.as_str()).into(),
        costs.into(),
    ])
}

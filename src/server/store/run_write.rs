//! Writing whole runs: a run with everything inside it and everything derived from it is one transaction.

use super::{
    counts::CountChanges,
    engine::{StoreError, Tx},
    org_db::OrgDb,
    packed,
    run_parts::{long_messages, unwritable},
    run_rows::{inconsistent, time},
    schema::{AiEmployees, Conversations, FlowSnapshots, WorkflowRuns as Runs, Workflows},
};
use crate::domain::{
    document::{RunDocument, TokenTotals},
    facet::Facts,
    failure::Failure,
    ids::{AiEmployeeId, ConversationId, RunId, WorkflowId},
    json::Json,
    range::{DurationPreset, NumberPreset, TokenPreset},
    source::{self, SourceFacts},
    text::{PREVIEW_CHARS, cut},
    time::Timestamp,
};
use sea_query::{Cond, Expr, ExprTrait, IntoIden, IntoTableRef, OnConflict, Query, SimpleExpr};
use sha2::{Digest, Sha256};
use sqlx::FromRow;
use uuid::Uuid;

/// A run to be written: its document, and what the rules made of it.
#[derive(Debug, Clone)]
pub struct RunWrite {
    pub run_id: RunId,
    pub workflow_id: WorkflowId,
    pub document: RunDocument,
    pub failure: Option<Failure>,
    pub list_state: Json,
    /// `runtimeContext.isAsync`, from which the source may follow.
    pub is_async: bool,
    /// The pairs of `runtimeContext.state` that can be asked for.
    pub state_values: Vec<(String, String)>,
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOutcome {
    Created,
    Replaced,
    /// What is stored is newer by the engine's clock, and stays.
    Stale,
    /// The run exists, in another workflow, and stays there.
    OtherWorkflow,
}

#[derive(FromRow)]
struct StoredRow {
    workflow_id: Uuid,
    updated_at: Option<i64>,
    created_at: i64,
    status: String,
    source: String,
    model: Option<String>,
    ai_employee_id: Option<Uuid>,
    duration_class: Option<i32>,
    token_class: Option<i32>,
}

#[derive(FromRow)]
struct SourceRow {
    source: String,
    created_at: i64,
}

#[derive(FromRow)]
struct ChannelRow {
    channel: Option<String>,
}

impl OrgDb {
    /// Writes runs in one transaction: all are on disk, whole, when this returns, or none is.
    pub async fn write_runs(&self, writes: &[RunWrite]) -> Result<Vec<WriteOutcome>, StoreError> {
        let mut tx = self.db.begin_alone(self.organization_id()).await?;
        let (mut outcomes, mut counts) = (Vec::with_capacity(writes.len()), CountChanges::default());
        for write in writes {
            outcomes.push(self.write_run(&mut tx, write, &mut counts).await?);
        }
        self.store_counts(&mut tx, counts).await?;
        tx.commit().await?;
        Ok(outcomes)
    }

    async fn write_run(
        &self,
        tx: &mut Tx,
        write: &RunWrite,
        counts: &mut CountChanges,
    ) -> Result<WriteOutcome, StoreError> {
        let stored = Query::select()
            .columns([
                Runs::WorkflowId,
                Runs::UpdatedAt,
                Runs::CreatedAt,
                Runs::Status,
                Runs::Source,
                Runs::Model,
                Runs::AiEmployeeId,
                Runs::DurationClass,
                Runs::TokenClass,
            ])
            .from(Runs::Table)
            .and_where(self.owns((Runs::Table, Runs::OrganizationId)))
            .and_where(Expr::col(Runs::Id).eq(write.run_id.0))
            .take();
        let stored: Option<StoredRow> = tx.fetch_optional(&stored).await?;
        if let Some(stored) = &stored {
            if stored.workflow_id != write.workflow_id.0 {
                return Ok(WriteOutcome::OtherWorkflow);
            }
            let given = write.document.updated_at.map(Timestamp::micros);
            if given.zip(stored.updated_at).is_some_and(|(given, stored)| given < stored) {
                return Ok(WriteOutcome::Stale);
            }
        }
        self.write_names(tx, write).await?;
        let channel = self.write_conversation(tx, write, counts).await?;
        let flow_digest = self.write_flow(tx, write.document.flow.as_ref()).await?;
        let facts = facts(write, channel.as_deref());
        self.upsert_run(tx, write, &facts, flow_digest).await?;
        counts.add(&facts);
        let created = stored.is_none();
        if let Some(stored) = stored {
            counts.take(&stored.facts()?);
            self.clear_run(tx, write.run_id).await?;
        }
        self.insert_payload(tx, write).await?;
        self.insert_state_values(tx, write).await?;
        self.insert_steps(tx, write).await?;
        self.insert_token_history(tx, write).await?;
        self.insert_files(tx, write).await?;
        Ok(if created { WriteOutcome::Created } else { WriteOutcome::Replaced })
    }

    /// Skill and teammate: made when not seen before, called by the name given, else by their id.
    async fn write_names(&self, tx: &mut Tx, write: &RunWrite) -> Result<(), StoreError> {
        let document = &write.document;
        self.write_name(
            tx,
            (Workflows::Table, [Workflows::OrganizationId, Workflows::Id, Workflows::Name]),
            write.workflow_id.0,
            document.workflow_name.as_deref(),
        )
        .await?;
        if let Some(id) = document.ai_employee_id {
            let table = (AiEmployees::Table, [AiEmployees::OrganizationId, AiEmployees::Id, AiEmployees::Name]);
            self.write_name(tx, table, id.0, document.ai_employee_name.as_deref()).await?;
        }
        Ok(())
    }

    async fn write_name<C: IntoIden + Copy + 'static>(
        &self,
        tx: &mut Tx,
        (table, [organization, id_column, name_column]): (impl IntoTableRef, [C; 3]),
        id: Uuid,
        name: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut known = OnConflict::columns([organization, id_column]);
        let name = name.filter(|name| !name.is_empty());
        if name.is_some() {
            known.update_column(name_column)
        } else {
            known.do_nothing()
        };
        let insert = Query::insert()
            .into_table(table)
            .columns([organization, id_column, name_column])
            .values_panic([
                self.organization_id().0.into(),
                id.into(),
                name.map_or_else(|| id.to_string(), str::to_owned).into(),
            ])
            .on_conflict(known)
            .take();
        tx.execute(&insert).await.map(drop)
    }

    /// The conversation, and the channel by which it is known now. When that channel becomes known or changes,
    /// the sources of the runs before follow it.
    async fn write_conversation(
        &self,
        tx: &mut Tx,
        write: &RunWrite,
        counts: &mut CountChanges,
    ) -> Result<Option<String>, StoreError> {
        let Some(id) = write.document.conversation_id else { return Ok(None) };
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let (title, channel) = (given(&write.document.conversation_title), given(&write.document.conversation_channel));
        let stored = Query::select()
            .column(Conversations::Channel)
            .from(Conversations::Table)
            .and_where(self.owns((Conversations::Table, Conversations::OrganizationId)))
            .and_where(Expr::col(Conversations::Id).eq(id.0))
            .take();
        let stored = tx.fetch_optional::<ChannelRow>(&stored).await?;
        let mut known = OnConflict::columns([Conversations::OrganizationId, Conversations::Id]);
        let changed: Vec<_> =
            [title.as_ref().map(|_| Conversations::Title), channel.as_ref().map(|_| Conversations::Channel)]
                .into_iter()
                .flatten()
                .collect();
        if changed.is_empty() {
            known.do_nothing()
        } else {
            known.update_columns(changed)
        };
        let insert = Query::insert()
            .into_table(Conversations::Table)
            .columns([Conversations::OrganizationId, Conversations::Id, Conversations::Title, Conversations::Channel])
            .values_panic([self.organization_id().0.into(), id.0.into(), title.into(), channel.clone().into()])
            .on_conflict(known)
            .take();
        tx.execute(&insert).await?;
        let before = stored.and_then(|row| row.channel);
        match &channel {
            Some(channel) if before.as_ref() != Some(channel) => {
                self.follow_channel(tx, id, channel, write.run_id, counts).await?;
            }
            _ => {}
        }
        Ok(channel.or(before))
    }

    /// The other runs of the conversation; the one that is being written gets its source by itself.
    async fn follow_channel(
        &self,
        tx: &mut Tx,
        id: ConversationId,
        channel: &str,
        written: RunId,
        counts: &mut CountChanges,
    ) -> Result<(), StoreError> {
        let others = Cond::all()
            .add(self.owns((Runs::Table, Runs::OrganizationId)))
            .add(Expr::col(Runs::ConversationId).eq(id.0))
            .add(Expr::col(Runs::Id).ne(written.0));
        let select = Query::select()
            .columns([Runs::Source, Runs::CreatedAt])
            .from(Runs::Table)
            .cond_where(others.clone())
            .take();
        for row in tx.fetch_all::<SourceRow>(&select).await? {
            counts.move_source(time(row.created_at)?, &row.source, channel);
        }
        let update = Query::update().table(Runs::Table).value(Runs::Source, channel).cond_where(others).take();
        tx.execute(&update).await.map(drop)
    }

    /// The digest of the run's flow, which is stored if it is new.
    async fn write_flow(&self, tx: &mut Tx, flow: Option<&Json>) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(flow) = flow else { return Ok(None) };
        let digest = Sha256::digest(flow.as_str()).to_vec();
        let insert = Query::insert()
            .into_table(FlowSnapshots::Table)
            .columns([FlowSnapshots::OrganizationId, FlowSnapshots::Digest, FlowSnapshots::Packed])
            .values_panic([self.organization_id().0.into(), digest.clone().into(), packed::pack(flow.as_str()).into()])
            .on_conflict(
                OnConflict::columns([FlowSnapshots::OrganizationId, FlowSnapshots::Digest]).do_nothing().to_owned(),
            )
            .take();
        tx.execute(&insert).await?;
        Ok(Some(digest))
    }

    async fn upsert_run(
        &self,
        tx: &mut Tx,
        write: &RunWrite,
        facts: &Facts,
        flow_digest: Option<Vec<u8>>,
    ) -> Result<(), StoreError> {
        let document = &write.document;
        let micros = |time: Option<Timestamp>| SimpleExpr::from(time.map(Timestamp::micros));
        let tokens = document.token_totals();
        let failure = write.failure.as_ref().map(serde_json::to_string).transpose().map_err(unwritable)?;
        let columns: Vec<(Runs, SimpleExpr)> = vec![
            (Runs::OrganizationId, self.organization_id().0.into()),
            (Runs::Id, write.run_id.0.into()),
            (Runs::WorkflowId, write.workflow_id.0.into()),
            (Runs::AiEmployeeId, document.ai_employee_id.map(|id| id.0).into()),
            (Runs::ConversationId, document.conversation_id.map(|id| id.0).into()),
            (Runs::Channel, document.channel.clone().into()),
            (Runs::Source, facts.source.as_str().into()),
            (Runs::TriggerId, document.trigger_id.clone().into()),
            (Runs::TriggerUrl, document.trigger_url.clone().into()),
            (Runs::Model, document.model.clone().into()),
            (Runs::Status, document.status.as_str().into()),
            (Runs::CreatedAt, document.created_at.micros().into()),
            (Runs::StartedAt, micros(document.started_at)),
            (Runs::CompletedAt, micros(document.completed_at)),
            (Runs::FailedAt, micros(document.failed_at)),
            (Runs::SuspendedAt, micros(document.suspended_at)),
            (Runs::CancelledAt, micros(document.cancelled_at)),
            (Runs::FinishedAt, micros(document.finished_at())),
            (Runs::UpdatedAt, micros(document.updated_at)),
            (Runs::DurationMs, document.duration().into()),
            (Runs::DurationClass, facts.duration_class.into()),
            (Runs::InputTokens, tokens.map(|tokens| tokens.input).into()),
            (Runs::OutputTokens, tokens.map(|tokens| tokens.output).into()),
            (Runs::TotalTokens, tokens.map(TokenTotals::total).into()),
            (Runs::TokenClass, facts.token_class.into()),
            (Runs::FlowDigest, flow_digest.into()),
            (Runs::HasLongMessage, long_messages(document).iter().any(Option::is_some).into()),
            (Runs::InputPreview, preview(document.input_message.as_deref())),
            (Runs::OutputPreview, preview(document.output_message.as_deref())),
            (Runs::ErrorPreview, preview(document.error_message.as_deref())),
            (Runs::Failure, failure.into()),
            (Runs::ListState, write.list_state.as_str().into()),
        ];
        let (names, values): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
        let upsert = Query::insert()
            .into_table(Runs::Table)
            .columns(names.clone())
            .values_panic(values)
            .on_conflict(
                OnConflict::columns([Runs::OrganizationId, Runs::Id])
                    .update_columns(names.into_iter().skip(2))
                    .to_owned(),
            )
            .take();
        tx.execute(&upsert).await.map(drop)
    }
}

/// What the rules make of a run that is listed and counted.
fn facts(write: &RunWrite, conversation_channel: Option<&str>) -> Facts {
    let document = &write.document;
    let source = source::resolve(SourceFacts {
        conversation_channel,
        channel: document.channel.as_deref(),
        in_conversation: document.conversation_id.is_some(),
        is_async: write.is_async,
    });
    Facts {
        created_at: document.created_at,
        status: document.status,
        source: source.to_owned(),
        model: document.model.clone(),
        workflow_id: write.workflow_id,
        ai_employee_id: document.ai_employee_id,
        duration_class: document.duration().map(class_of::<DurationPreset>),
        token_class: document.token_totals().map(|tokens| class_of::<TokenPreset>(tokens.total())),
    }
}

fn class_of<P: NumberPreset>(number: i64) -> i32 {
    P::class_of(number.try_into().unwrap_or_default())
}

impl StoredRow {
    /// What was counted of the run when it was written.
    fn facts(self) -> Result<Facts, StoreError> {
        Ok(Facts {
            created_at: time(self.created_at)?,
            status: self.status.parse().map_err(inconsistent)?,
            source: self.source,
            model: self.model,
            workflow_id: WorkflowId(self.workflow_id),
            ai_employee_id: self.ai_employee_id.map(AiEmployeeId),
            duration_class: self.duration_class,
            token_class: self.token_class,
        })
    }
}

fn preview(message: Option<&str>) -> SimpleExpr {
    message.map(|message| cut(message, PREVIEW_CHARS).to_owned()).into()
}

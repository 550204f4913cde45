//! What of runs is searched, read from where it is stored.

use super::{
    error::StoreError,
    org_db::Snapshot,
    packed,
    run_content::{LongMessages, SearchedContent},
    run_index::{FACTS, FactsRow},
    run_rows::inconsistent,
    schema::{RunContents, WorkflowRuns as Runs},
};
use crate::{
    domain::ids::{ConversationId, RunId},
    server::{aside::aside, search::document::SearchedRun},
};
use sea_query::{Cond, Expr, ExprTrait, Order, Query};
use sqlx::FromRow;
use uuid::Uuid;

#[derive(FromRow)]
struct TextsRow {
    id: Uuid,
    conversation_id: Option<Uuid>,
    workflow_name: Option<String>,
    ai_employee_name: Option<String>,
    #[sqlx(flatten)]
    facts: FactsRow,
    input_preview: Option<String>,
    output_preview: Option<String>,
    error_preview: Option<String>,
    packed_messages: Option<Vec<u8>>,
    packed_content: Option<Vec<u8>>,
}

impl Snapshot {
    /// The texts of runs, in no order. One that is not there is left out.
    pub async fn searched_runs(&mut self, ids: &[RunId]) -> Result<Vec<SearchedRun>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let inside = Cond::all()
            .add(self.owns((RunContents::Table, RunContents::OrganizationId)))
            .add(Expr::col((RunContents::Table, RunContents::RunId)).equals((Runs::Table, Runs::Id)));
        let mut select = Query::select()
            .columns(
                [Runs::Id, Runs::ConversationId, Runs::InputPreview, Runs::OutputPreview, Runs::ErrorPreview]
                    .into_iter()
                    .chain(FACTS)
                    .map(|column| (Runs::Table, column)),
            )
            .columns([
                (RunContents::Table, RunContents::PackedMessages),
                (RunContents::Table, RunContents::PackedContent),
            ])
            .from(Runs::Table)
            .left_join(RunContents::Table, inside)
            .and_where(self.owns((Runs::Table, Runs::OrganizationId)))
            .and_where(Expr::col((Runs::Table, Runs::Id)).is_in(ids.iter().map(|id| id.0)))
            .order_by((Runs::Table, Runs::Id), Order::Asc)
            .order_by((RunContents::Table, RunContents::FirstStep), Order::Asc)
            .take();
        self.join_names(&mut select);
        let rows: Vec<TextsRow> = self.tx.fetch_all(&select).await?;
        aside(move || TextsRow::read_all(rows)).await?
    }
}

impl TextsRow {
    /// The runs of rows, of which those of one run follow one another.
    fn read_all(rows: Vec<Self>) -> Result<Vec<SearchedRun>, StoreError> {
        let mut runs: Vec<SearchedRun> = Vec::new();
        for row in rows {
            let (id, content) = (RunId(row.id), row.content()?);
            match runs.last_mut().filter(|run| run.id == id) {
                Some(run) => run.steps.extend(content.steps),
                None => runs.push(row.read(content)?),
            }
        }
        Ok(runs)
    }

    fn content(&self) -> Result<SearchedContent, StoreError> {
        let content = self.packed_content.as_deref().map(packed::unpack_json).transpose();
        content.map(Option::unwrap_or_default).map_err(inconsistent)
    }

    fn read(self, content: SearchedContent) -> Result<SearchedRun, StoreError> {
        let long: Option<LongMessages<String>> =
            self.packed_messages.as_deref().map(packed::unpack_json).transpose().map_err(inconsistent)?;
        let [input, output, error] = long.unwrap_or_default();
        Ok(SearchedRun {
            id: RunId(self.id),
            conversation_id: self.conversation_id.map(ConversationId),
            skill: self.workflow_name.unwrap_or_default(),
            teammate: self.ai_employee_name,
            kind: self.facts.read()?.kind(),
            messages: [input.or(self.input_preview), output.or(self.output_preview), error.or(self.error_preview)],
            steps: content.steps,
            voice_transcripts: content.voice_transcripts,
        })
    }
}

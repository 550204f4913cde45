//! What lies inside a run, as one packed row: state, steps, token history, files and calls. The steps of a long run go on
//! in further rows, so that none of them is read for another.

use super::{
    engine::Tx,
    error::StoreError,
    insert_rows::insert_rows,
    org_db::{OrgDb, Snapshot},
    packed,
    packed_run::weight_of,
    run_rows::inconsistent,
    schema::{RunContents, RunStateValues},
};
use crate::domain::{
    document::{RunDocument, TokenUsage},
    ids::{OrganizationId, RunId},
    json::Json,
    run_write::RunWrite,
    step::{Attachment, StepLog, VoiceTranscript},
    text::{PREVIEW_CHARS, cut},
};
use sea_query::{Expr, ExprTrait, IntoColumnRef, IntoTableRef, Order, Query, SelectStatement, Value};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use sqlx::FromRow;

/// About how many bytes of steps one row takes; a single step may be longer.
const STEPS_AT_ONCE: usize = 64 * 1024;

type Rows = Vec<Vec<Value>>;

/// The rows of what lies inside one run, each table's in the order of its columns below.
#[derive(Debug)]
pub(super) struct PackedContent {
    contents: Rows,
    state_values: Rows,
}

pub(super) const CONTENT: [RunContents; 6] = [
    RunContents::OrganizationId,
    RunContents::RunId,
    RunContents::FirstStep,
    RunContents::Steps,
    RunContents::PackedMessages,
    RunContents::PackedContent,
];

const STATE_VALUE: [RunStateValues; 4] =
    [RunStateValues::OrganizationId, RunStateValues::RunId, RunStateValues::Digest, RunStateValues::CreatedAt];

/// The first row, as it is written.
#[derive(Serialize)]
struct Content<'a> {
    /// As it was given; that of the run may be measured.
    duration_ms: Option<i64>,
    state: Option<&'a Json>,
    token_history: &'a [TokenUsage],
    attachments: &'a [Attachment],
    voice_transcripts: &'a [VoiceTranscript],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    related_runs: &'a [RunId],
    steps: &'a [StepLog],
}

/// A further row, as it is written.
#[derive(Serialize)]
struct Steps<'a> {
    steps: &'a [StepLog],
}

/// The first row, less its steps, as it is read.
#[derive(Debug, Default, Deserialize)]
pub struct StoredContent {
    /// As it was given.
    pub duration_ms: Option<i64>,
    pub token_history: Vec<TokenUsage>,
    pub attachments: Vec<Attachment>,
    pub voice_transcripts: Vec<VoiceTranscript>,
    /// Left out where there are none.
    #[serde(default)]
    pub related_runs: Vec<RunId>,
}

/// The steps of any row, as they are read.
#[derive(Deserialize)]
struct StoredSteps {
    steps: Vec<StepLog>,
}

/// What of any row is searched, as it is read.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SearchedContent {
    pub steps: Vec<StepLog>,
    #[serde(default)]
    pub voice_transcripts: Vec<VoiceTranscript>,
}

/// The messages of a run that are longer than their preview: what came in, what went out, what went wrong.
pub(super) type LongMessages<T> = [Option<T>; 3];

#[derive(FromRow)]
struct PackedRow {
    packed_content: Vec<u8>,
}

#[derive(FromRow)]
struct ExtentRow {
    first_step: i64,
    steps: i64,
}

#[derive(FromRow)]
struct StepsRow {
    first_step: i64,
    #[sqlx(flatten)]
    packed: PackedRow,
}

/// The digest under which a pair of `state.runtimeContext.state` is found.
pub(super) fn state_digest(key: &str, value: &str) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update((key.len() as u64).to_le_bytes());
    hash.update(key);
    hash.update(value);
    hash.finalize()[..16].to_vec()
}

/// The messages that are longer than their preview, which alone are kept a second time.
pub(super) fn long_messages(document: &RunDocument) -> LongMessages<&str> {
    [&document.input_message, &document.output_message, &document.error_message]
        .map(|message| message.as_deref().filter(|message| cut(message, PREVIEW_CHARS).len() < message.len()))
}

impl PackedContent {
    /// Packs what lies inside a run.
    pub fn of(organization_id: OrganizationId, write: &RunWrite) -> Result<Self, serde_json::Error> {
        let key: [Value; 2] = [organization_id.0.into(), write.run_id.0.into()];
        let row = |values: Vec<Value>| key.iter().cloned().chain(values).collect::<Vec<_>>();
        let created_at = write.document.created_at.micros();
        let state_value =
            |(key, value): &(String, String)| row(vec![state_digest(key, value).into(), created_at.into()]);
        Ok(Self {
            contents: contents(&write.document)?.into_iter().map(row).collect(),
            state_values: write.state_values.iter().map(state_value).collect(),
        })
    }

    /// About how many bytes it takes while it waits.
    pub fn weight(&self) -> usize {
        self.contents.iter().chain(&self.state_values).flatten().map(weight_of).sum()
    }
}

/// The rows of a document, less their key.
pub(super) fn contents(document: &RunDocument) -> Result<Rows, serde_json::Error> {
    let messages = long_messages(document);
    let messages = messages.iter().any(Option::is_some).then(|| packed::pack_json(&messages)).transpose()?;
    let (steps, mut rest) = document.steps.split_at(fitting(&document.steps));
    let content = packed::pack_json(&Content {
        duration_ms: document.duration_ms,
        state: document.state.as_ref(),
        token_history: &document.token_history,
        attachments: &document.attachments,
        voice_transcripts: &document.voice_transcripts,
        related_runs: &document.related_runs,
        steps,
    })?;
    let mut first = steps.len();
    let mut rows = vec![vec![count(0), count(first), messages.into(), content.into()]];
    while !rest.is_empty() {
        let (steps, others) = rest.split_at(fitting(rest));
        let packed = packed::pack_json(&Steps { steps })?;
        rows.push(vec![count(first), count(steps.len()), None::<Vec<u8>>.into(), packed.into()]);
        first += steps.len();
        rest = others;
    }
    Ok(rows)
}

fn count(steps: usize) -> Value {
    i64::try_from(steps).unwrap_or(i64::MAX).into()
}

/// How many steps one row takes: one at least, if there is one.
fn fitting(steps: &[StepLog]) -> usize {
    let mut bytes = 0;
    let fitting = steps.iter().take_while(|step| {
        let is_first = bytes == 0;
        bytes += step.weight();
        is_first || bytes <= STEPS_AT_ONCE
    });
    fitting.count()
}

impl OrgDb {
    /// Takes away what lies inside runs that are being replaced.
    pub(super) async fn clear_contents(&self, tx: &mut Tx, ids: &[RunId]) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        self.clear(tx, RunContents::Table, [RunContents::OrganizationId, RunContents::RunId], ids).await?;
        self.clear(tx, RunStateValues::Table, [RunStateValues::OrganizationId, RunStateValues::RunId], ids).await
    }

    async fn clear<C: IntoColumnRef>(
        &self,
        tx: &mut Tx,
        table: impl IntoTableRef,
        [organization, run]: [C; 2],
        ids: &[RunId],
    ) -> Result<(), StoreError> {
        let delete = Query::delete()
            .from_table(table)
            .and_where(self.owns(organization))
            .and_where(Expr::col(run).is_in(ids.iter().map(|id| id.0)))
            .take();
        tx.execute(&delete).await.map(drop)
    }

    /// Stores what lies inside runs.
    pub(super) async fn insert_contents(&self, tx: &mut Tx, packed: &[&PackedContent]) -> Result<(), StoreError> {
        let all = |rows: fn(&PackedContent) -> &Rows| packed.iter().flat_map(|packed| rows(packed)).cloned().collect();
        insert_rows(tx, RunContents::Table, &CONTENT, all(|packed| &packed.contents), None).await?;
        insert_rows(tx, RunStateValues::Table, &STATE_VALUE, all(|packed| &packed.state_values), None).await
    }
}

impl Snapshot {
    /// What lies inside a run, less its steps; `None` when there is no such run.
    pub async fn content(&mut self, run_id: RunId) -> Result<Option<StoredContent>, StoreError> {
        let first = self.contents_of(run_id).and_where(Expr::col(RunContents::FirstStep).eq(0)).take();
        let row: Option<PackedRow> = self.tx.fetch_optional(&first).await?;
        row.map(PackedRow::read).transpose()
    }

    /// Step logs in order from `offset` on, at most `limit`, and how many the run has.
    pub async fn steps(&mut self, run_id: RunId, offset: u64, limit: usize) -> Result<(Vec<StepLog>, u64), StoreError> {
        let extents = Query::select()
            .columns([RunContents::FirstStep, RunContents::Steps])
            .from(RunContents::Table)
            .and_where(self.owns((RunContents::Table, RunContents::OrganizationId)))
            .and_where(Expr::col(RunContents::RunId).eq(run_id.0))
            .order_by(RunContents::FirstStep, Order::Asc)
            .take();
        let mut extents: Vec<ExtentRow> = self.tx.fetch_all(&extents).await?;
        let mut total = 0;
        for row in &extents {
            // Those after a gap go, too: see `take_steps`.
            if row.first_step != total {
                break;
            }
            total += row.steps;
        }
        extents.retain(|row| row.first_step < total);
        let from = i64::try_from(offset).unwrap_or(i64::MAX);
        let to = from.saturating_add(i64::try_from(limit).unwrap_or(i64::MAX));
        let wanted = extents.iter().filter(|row| row.first_step + row.steps > from && row.first_step < to);
        let wanted: Vec<_> = wanted.map(|row| row.first_step).collect();
        let total = u64::try_from(total).unwrap_or_default();
        let Some(first) = wanted.first() else { return Ok((Vec::new(), total)) };
        let passed = usize::try_from(from - first).unwrap_or_default();
        let rows = self
            .contents_of(run_id)
            .and_where(Expr::col(RunContents::FirstStep).is_in(wanted))
            .order_by(RunContents::FirstStep, Order::Asc)
            .take();
        let mut steps = Vec::new();
        for row in self.tx.fetch_all::<PackedRow>(&rows).await? {
            steps.extend(row.read::<StoredSteps>()?.steps);
        }
        Ok((steps.into_iter().skip(passed).take(limit).map(measured).collect(), total))
    }

    /// All step logs of a run in order, as they were written; `None` when some are [taken away](OrgDb::take_steps) already.
    pub(super) async fn all_steps(&mut self, run_id: RunId) -> Result<Option<Vec<StepLog>>, StoreError> {
        let mut rows = self.contents_of(run_id);
        rows.column(RunContents::FirstStep).order_by(RunContents::FirstStep, Order::Asc);
        let mut steps = Vec::new();
        for row in self.tx.fetch_all::<StepsRow>(&rows).await? {
            if usize::try_from(row.first_step) != Ok(steps.len()) {
                return Ok(None);
            }
            steps.append(&mut row.packed.read::<StoredSteps>()?.steps);
        }
        Ok(Some(steps))
    }

    /// One step log of a run; `None` when the run has no such step.
    pub async fn step(&mut self, run_id: RunId, id: &str) -> Result<Option<StepLog>, StoreError> {
        let rows = self.contents_of(run_id).order_by(RunContents::FirstStep, Order::Asc).take();
        for row in self.tx.fetch_all::<PackedRow>(&rows).await? {
            let mut steps = row.read::<StoredSteps>()?.steps.into_iter();
            if let Some(step) = steps.find(|step| step.id == id) {
                return Ok(Some(measured(step)));
            }
        }
        Ok(None)
    }

    fn contents_of(&self, run_id: RunId) -> SelectStatement {
        Query::select()
            .column(RunContents::PackedContent)
            .from(RunContents::Table)
            .and_where(self.owns((RunContents::Table, RunContents::OrganizationId)))
            .and_where(Expr::col(RunContents::RunId).eq(run_id.0))
            .take()
    }
}

/// A step as it is read, with its duration, given or not.
fn measured(step: StepLog) -> StepLog {
    StepLog { duration_ms: step.millis(), ..step }
}

impl PackedRow {
    fn read<T: DeserializeOwned>(self) -> Result<T, StoreError> {
        packed::unpack_json(&self.packed_content).map_err(inconsistent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_before_there_were_related_runs_has_none() {
        let before =
            r#"{"duration_ms":7,"state":null,"token_history":[],"attachments":[],"voice_transcripts":[],"steps":[]}"#;
        let content = PackedRow { packed_content: packed::pack(before) }.read::<StoredContent>().unwrap();
        assert_eq!((content.duration_ms, content.related_runs), (Some(7), Vec::new()));
    }
}

//! Spans as they were received, and the runs that they make: kept and made again in the transaction that takes more of
//! them, so that nothing depends on the order in which they come.

use super::{
    engine::Tx,
    error::StoreError,
    insert_rows::insert_rows,
    org_db::{OrgDb, Snapshot},
    packed,
    packed_run::PackedRun,
    run_index::IndexChanges,
    schema::{TraceBatches, TraceRuns},
};
use crate::{
    domain::{ids::RunId, removal::Removal, time::Timestamp},
    server::{
        aside::aside,
        otlp::{
            identity::{RunIdentity, RunKey, run_keys},
            run::{MappedRun, RunFile, run_of},
            span::{Span, SpanId, TraceId},
        },
    },
};
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query, SelectStatement};
use sqlx::FromRow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// The bytes of a file that came in a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TracedFile {
    pub run_id: RunId,
    pub file: RunFile,
}

/// What became of spans.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traced {
    /// The files that their runs have, still to be stored.
    pub files: Vec<TracedFile>,
    /// Runs that are none any more.
    pub removed: Vec<RunId>,
}

/// Spans of one row.
const SPANS_OF_BATCH: usize = 1_000;

#[derive(FromRow)]
struct BatchRow {
    trace_id: Uuid,
    number: i64,
    packed_spans: Vec<u8>,
}

#[derive(FromRow)]
pub(super) struct TraceRow {
    pub trace_id: Uuid,
    run_id: Uuid,
    received_at: i64,
    is_shown: bool,
}

/// What is known of a trace.
#[derive(Default)]
struct Trace {
    spans: BTreeMap<SpanId, Span>,
    /// The number of the next batch.
    next: i64,
}

type Traces = BTreeMap<TraceId, Trace>;

/// Spans of a trace that say something new.
struct Batch {
    /// The number of their first row.
    first: i64,
    spans: Vec<Span>,
}

impl Trace {
    /// Whether an account of a span says anything new.
    fn add(&mut self, span: Span) -> bool {
        match self.spans.get_mut(&span.data.span_id) {
            Some(known) => known.merge(span),
            None => self.spans.insert(span.data.span_id, span).is_none(),
        }
    }
}

impl OrgDb {
    /// Stores spans, and writes the runs that they are part of.
    pub(super) async fn store_spans(
        &self,
        view: &mut Snapshot,
        received: Vec<Span>,
        index: &mut IndexChanges,
    ) -> Result<Traced, StoreError> {
        let ids: BTreeSet<TraceId> = received.iter().map(|span| span.data.trace_id).collect();
        let Some(received_at) = received.iter().map(Span::received_at).max() else { return Ok(Traced::default()) };
        let mut traces = self.known_traces(&mut view.tx, &ids).await?;
        let before = self.runs_of_traces(&mut view.tx, &ids).await?;
        let mut news: BTreeMap<TraceId, Batch> = BTreeMap::new();
        for span in received {
            let trace_id = span.data.trace_id;
            let trace = traces.entry(trace_id).or_default();
            if trace.add(span.clone()) {
                news.entry(trace_id).or_insert_with(|| Batch { first: trace.next, spans: Vec::new() }).spans.push(span);
            }
        }
        let told: BTreeSet<TraceId> = news.keys().copied().collect();
        self.insert_batches(&mut view.tx, news).await?;
        let now: HashSet<(TraceId, RunId)> = self.pairs(&traces).collect();
        let touched: BTreeSet<RunId> = before.iter().chain(&now).map(|(_, run_id)| *run_id).collect();
        // A run may have other traces that none of these spans is of.
        let others = self.traces_of_runs(&mut view.tx, &touched).await?;
        let ours = self.runs_of_spans(&mut view.tx, &touched, &others).await?;
        self.part_traces(&mut view.tx, before.difference(&now)).await?;
        let others = others.into_iter().map(|row| stored_id(row.trace_id)).collect::<Result<BTreeSet<_>, _>>()?;
        let others = &others - &ids;
        traces.append(&mut self.known_traces(&mut view.tx, &others).await?);
        let of_news = now.iter().filter(|(trace_id, _)| told.contains(trace_id)).map(|(_, run_id)| *run_id);
        let left = before.difference(&now).map(|(_, run_id)| *run_id);
        let changed: BTreeSet<RunId> = of_news.chain(left).filter(|run_id| ours.contains(run_id)).collect();
        let mapped = self.map(traces, ours, |_| false).await?;
        let shown: HashSet<RunId> = mapped.iter().map(run_id_of).collect();
        self.join_traces(&mut view.tx, &now, received_at, &shown).await?;
        let files = mapped.iter().flat_map(|mapped| {
            let run_id = run_id_of(mapped);
            mapped.files.iter().map(move |file| TracedFile { run_id, file: file.clone() })
        });
        let files = files.collect();
        let removed = self.write_mapped(view, mapped, &changed, index).await?;
        Ok(Traced { files, removed })
    }

    /// Makes runs again from their spans. Those of which nothing came since `stale_before` are given up; those that are none
    /// any more are answered.
    pub(super) async fn remap(
        &self,
        view: &mut Snapshot,
        runs: &[RunId],
        stale_before: Timestamp,
        index: &mut IndexChanges,
    ) -> Result<Vec<RunId>, StoreError> {
        let runs: BTreeSet<RunId> = runs.iter().copied().collect();
        let rows = self.traces_of_runs(&mut view.tx, &runs).await?;
        let ours = self.runs_of_spans(&mut view.tx, &runs, &rows).await?;
        let ids = rows.iter().map(|row| stored_id(row.trace_id)).collect::<Result<_, _>>()?;
        let traces = self.known_traces(&mut view.tx, &ids).await?;
        let mut last: HashMap<RunId, i64> = HashMap::new();
        for row in rows {
            let last = last.entry(RunId(row.run_id)).or_insert(row.received_at);
            *last = Ord::max(row.received_at, *last);
        }
        let is_stale = move |run_id| last.get(&run_id).is_some_and(|last| *last < stale_before.micros());
        let mapped = self.map(traces, ours.clone(), is_stale).await?;
        let shown = mapped.iter().map(run_id_of).collect();
        self.show_traces(&mut view.tx, &shown).await?;
        self.write_mapped(view, mapped, &ours, index).await
    }

    /// Those runs that spans may write: made of spans, or not there at all. One that an engine wrote whole is the engine's.
    async fn runs_of_spans(
        &self,
        tx: &mut Tx,
        runs: &BTreeSet<RunId>,
        rows: &[TraceRow],
    ) -> Result<BTreeSet<RunId>, StoreError> {
        let there = self.stored_runs(tx, runs.iter().copied()).await?;
        let made: HashSet<RunId> = rows.iter().filter(|row| row.is_shown).map(|row| RunId(row.run_id)).collect();
        Ok(runs.iter().copied().filter(|run_id| made.contains(run_id) || !there.contains_key(run_id)).collect())
    }

    /// Notes that runs are an engine's now, which wrote them whole.
    pub(super) async fn disown_runs(&self, tx: &mut Tx, runs: &[&PackedRun]) -> Result<(), StoreError> {
        let update = Query::update()
            .table(TraceRuns::Table)
            .value(TraceRuns::IsShown, false)
            .and_where(self.owns((TraceRuns::Table, TraceRuns::OrganizationId)))
            .and_where(Expr::col(TraceRuns::RunId).is_in(runs.iter().map(|run| run.run_id.0)))
            .and_where(Expr::cust("is_shown"))
            .take();
        tx.execute(&update).await.map(drop)
    }

    /// The runs of a trace, for all traces.
    fn pairs<'a>(&'a self, traces: &'a Traces) -> impl Iterator<Item = (TraceId, RunId)> + 'a {
        traces.iter().flat_map(|(trace_id, trace)| {
            let spans: Vec<_> = trace.spans.values().cloned().collect();
            let keys = run_keys(*trace_id, &spans).into_iter();
            keys.map(|key| (*trace_id, self.identity(key).run_id())).collect::<HashSet<_>>()
        })
    }

    const fn identity(&self, key: RunKey) -> RunIdentity {
        RunIdentity { organization_id: self.organization_id(), key }
    }

    /// What spans make of these runs. A run that is none yet, or none any more, is not among them.
    async fn map(
        &self,
        traces: Traces,
        runs: BTreeSet<RunId>,
        is_stale: impl Fn(RunId) -> bool + Send + 'static,
    ) -> Result<Vec<MappedRun>, StoreError> {
        let organization_id = self.organization_id();
        let map = move || {
            let mut of_runs: BTreeMap<RunId, (RunIdentity, Vec<Span>)> = BTreeMap::new();
            for (trace_id, trace) in traces {
                let spans: Vec<_> = trace.spans.into_values().collect();
                for (key, span) in run_keys(trace_id, &spans).into_iter().zip(spans) {
                    let identity = RunIdentity { organization_id, key };
                    let run_id = identity.run_id();
                    if runs.contains(&run_id) {
                        of_runs.entry(run_id).or_insert_with(|| (identity, Vec::new())).1.push(span);
                    }
                }
            }
            let of_run = |(run_id, (identity, spans)): (RunId, (RunIdentity, Vec<Span>))| {
                run_of(&identity, &spans, is_stale(run_id))
            };
            of_runs.into_iter().filter_map(of_run).collect()
        };
        Ok(aside(map).await?)
    }

    /// Writes what changed of runs, and takes away those that are none any more, which it answers.
    async fn write_mapped(
        &self,
        view: &mut Snapshot,
        mapped: Vec<MappedRun>,
        changed: &BTreeSet<RunId>,
        index: &mut IndexChanges,
    ) -> Result<Vec<RunId>, StoreError> {
        let mapped: Vec<_> = mapped.into_iter().filter(|mapped| changed.contains(&run_id_of(mapped))).collect();
        let there: HashSet<RunId> = mapped.iter().map(run_id_of).collect();
        let stored = self.stored_runs(&mut view.tx, changed.iter().copied()).await?;
        let (stored, gone): (HashMap<_, _>, HashMap<_, _>) =
            stored.into_iter().partition(|(run_id, _)| there.contains(run_id));
        self.remove(&mut view.tx, &gone, &Removal::Moved, index).await?;
        let gone = gone.into_keys().collect();
        let writes = mapped.into_iter().map(|mapped| mapped.write).collect();
        let packed = PackedRun::all_of(self.organization_id(), writes).await?;
        if packed.is_empty() {
            return Ok(gone);
        }
        let runs: Vec<_> = packed.iter().collect();
        self.write_over(&mut view.tx, &runs, &stored, index).await?;
        let ids = packed.iter().map(|run| (run.run_id, run.workflow_id)).collect();
        self.rejoin_parts(view, &ids, index).await?;
        Ok(gone)
    }

    async fn known_traces(&self, tx: &mut Tx, ids: &BTreeSet<TraceId>) -> Result<Traces, StoreError> {
        let mut traces = Traces::new();
        if ids.is_empty() {
            return Ok(traces);
        }
        let select = Query::select()
            .columns([TraceBatches::TraceId, TraceBatches::Number, TraceBatches::PackedSpans])
            .from(TraceBatches::Table)
            .and_where(self.owns((TraceBatches::Table, TraceBatches::OrganizationId)))
            .and_where(Expr::col(TraceBatches::TraceId).is_in(ids.iter().map(uuid)))
            .order_by(TraceBatches::TraceId, Order::Asc)
            .order_by(TraceBatches::Number, Order::Asc)
            .take();
        let rows = tx.fetch_all::<BatchRow>(&select).await?;
        if rows.is_empty() {
            return Ok(traces);
        }
        let unpack = move || {
            for row in rows {
                let trace = traces.entry(stored_id(row.trace_id)?).or_default();
                trace.next = row.number + 1;
                let spans: Vec<Span> = packed::unpack_json(&row.packed_spans)
                    .map_err(|error| StoreError::Inconsistent { table: "trace_batches", problem: error.to_string() })?;
                for span in spans {
                    trace.add(span);
                }
            }
            Ok(traces)
        };
        aside(unpack).await?
    }

    async fn insert_batches(&self, tx: &mut Tx, news: BTreeMap<TraceId, Batch>) -> Result<(), StoreError> {
        let organization_id = self.organization_id();
        let pack = move || {
            let batches = news.iter().flat_map(|(trace_id, batch)| {
                (batch.first..).zip(batch.spans.chunks(SPANS_OF_BATCH)).map(move |numbered| (trace_id, numbered))
            });
            let row = |(trace_id, (number, spans)): (&TraceId, (i64, &[Span]))| {
                let packed = packed::pack_json(&spans)?;
                Ok(vec![organization_id.0.into(), uuid(trace_id).into(), number.into(), packed.into()])
            };
            batches.map(row).collect::<Result<_, serde_json::Error>>()
        };
        let rows = aside(pack).await?.map_err(packed::unwritable)?;
        let columns =
            [TraceBatches::OrganizationId, TraceBatches::TraceId, TraceBatches::Number, TraceBatches::PackedSpans];
        insert_rows(tx, TraceBatches::Table, &columns, rows, None).await
    }

    async fn runs_of_traces(
        &self,
        tx: &mut Tx,
        ids: &BTreeSet<TraceId>,
    ) -> Result<HashSet<(TraceId, RunId)>, StoreError> {
        let of_traces = Expr::col(TraceRuns::TraceId).is_in(ids.iter().map(uuid));
        let rows: Vec<TraceRow> = tx.fetch_all(self.select_traces().and_where(of_traces)).await?;
        rows.into_iter().map(|row| Ok((stored_id(row.trace_id)?, RunId(row.run_id)))).collect()
    }

    async fn traces_of_runs(&self, tx: &mut Tx, runs: &BTreeSet<RunId>) -> Result<Vec<TraceRow>, StoreError> {
        let of_runs = Expr::col(TraceRuns::RunId).is_in(runs.iter().map(|run_id| run_id.0));
        tx.fetch_all(self.select_traces().and_where(of_runs)).await
    }

    pub(super) fn select_traces(&self) -> SelectStatement {
        Query::select()
            .columns([TraceRuns::TraceId, TraceRuns::RunId, TraceRuns::ReceivedAt, TraceRuns::IsShown])
            .from(TraceRuns::Table)
            .and_where(self.owns((TraceRuns::Table, TraceRuns::OrganizationId)))
            .take()
    }

    /// Notes which runs traces are part of, and which of these runs are shown.
    async fn join_traces(
        &self,
        tx: &mut Tx,
        pairs: &HashSet<(TraceId, RunId)>,
        received_at: Timestamp,
        shown: &HashSet<RunId>,
    ) -> Result<(), StoreError> {
        let row = |(trace_id, run_id): &(TraceId, RunId)| {
            let is_shown = shown.contains(run_id);
            let organization_id = self.organization_id().0.into();
            vec![organization_id, uuid(trace_id).into(), run_id.0.into(), received_at.micros().into(), is_shown.into()]
        };
        let columns = [
            TraceRuns::OrganizationId,
            TraceRuns::TraceId,
            TraceRuns::RunId,
            TraceRuns::ReceivedAt,
            TraceRuns::IsShown,
        ];
        let again =
            OnConflict::columns(columns.into_iter().take(3)).update_columns(columns.into_iter().skip(3)).to_owned();
        insert_rows(tx, TraceRuns::Table, &columns, pairs.iter().map(row).collect(), Some(again)).await?;
        // The other traces of a run that is shown are, too.
        self.show_traces(tx, shown).await
    }

    async fn show_traces(&self, tx: &mut Tx, shown: &HashSet<RunId>) -> Result<(), StoreError> {
        let update = Query::update()
            .table(TraceRuns::Table)
            .value(TraceRuns::IsShown, true)
            .and_where(self.owns((TraceRuns::Table, TraceRuns::OrganizationId)))
            .and_where(Expr::col(TraceRuns::RunId).is_in(shown.iter().map(|run_id| run_id.0)))
            .and_where(Expr::cust("NOT is_shown"))
            .take();
        tx.execute(&update).await.map(drop)
    }

    /// Forgets that traces are part of runs.
    async fn part_traces(&self, tx: &mut Tx, pairs: impl Iterator<Item = &(TraceId, RunId)>) -> Result<(), StoreError> {
        for (trace_id, run_id) in pairs {
            let delete = Query::delete()
                .from_table(TraceRuns::Table)
                .and_where(self.owns((TraceRuns::Table, TraceRuns::OrganizationId)))
                .and_where(Expr::col(TraceRuns::TraceId).eq(uuid(trace_id)))
                .and_where(Expr::col(TraceRuns::RunId).eq(run_id.0))
                .take();
            tx.execute(&delete).await?;
        }
        Ok(())
    }
}

fn run_id_of(mapped: &MappedRun) -> RunId {
    mapped.write.run_id
}

const fn uuid(id: &TraceId) -> Uuid {
    Uuid::from_bytes(id.to_bytes())
}

fn stored_id(id: Uuid) -> Result<TraceId, StoreError> {
    TraceId::from_bytes(id.as_bytes())
        .ok_or_else(|| StoreError::Inconsistent { table: "trace_batches", problem: "an empty trace id".to_owned() })
}

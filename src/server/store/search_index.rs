//! The index follows the writes: the words of runs are put there some runs at a time, in the order in which these were
//! written last. They are made before the transaction that keeps them, so that no writer waits for that.

use super::{
    changes::ChangedRun,
    error::StoreError,
    org_db::{OrgDb, Snapshot},
    runs::count,
    schema::{SearchIndexes, WorkflowRuns as Runs},
    search_words::Mark,
};
use crate::{
    domain::{change::Position, ids::RunId, page::Total, time::Timestamp},
    server::aside::aside,
};
use sea_query::{Expr, ExprTrait, OnConflict, Query};
use sqlx::FromRow;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use uuid::Uuid;

/// Runs whose texts are in memory at once, each of which may be long.
const RUNS_AT_ONCE: usize = 16;
/// About how many words are put into the index at once.
const WORDS_AT_ONCE: usize = 200_000;

/// The words of some runs, which are kept by [`OrgDb::keep_words`].
#[derive(Debug)]
pub struct ReadyWords {
    /// After which run these are, in the order of writes, and up to which.
    from: Position,
    to: Position,
    words: Vec<Words>,
    /// A run that is passed by, and not found by its former words any more.
    passed: Option<RunId>,
    /// How many runs were asked for.
    pub most: u64,
    /// Whether there were no others.
    pub is_last: bool,
}

/// What came of putting words into the index.
#[derive(Debug, Clone, Copy)]
pub struct KeptWords {
    /// How many runs are searched now that were not before, or not as they are; `None` when the index stands elsewhere,
    /// as another server was faster.
    pub runs: Option<u64>,
    /// How many words these have, repeated ones and gaps included.
    pub words: u64,
    /// How long writers were kept out.
    pub held: Duration,
}

#[derive(FromRow)]
struct IndexRow {
    number: i64,
    indexed_change: i64,
    indexed_run: Uuid,
    options_from: i64,
}

#[derive(FromRow)]
struct WrittenRow {
    id: Uuid,
    last_change: i64,
    created_at: i64,
}

impl KeptWords {
    const fn nothing() -> Self {
        Self { runs: Some(0), words: 0, held: Duration::ZERO }
    }
}

/// How far the index has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Indexed {
    pub mark: Mark,
    /// Whether all runs have been indexed with the options that they have of menus.
    pub has_options: bool,
    position: Position,
}

/// Words of a run, with the number of the write that they are of.
type Words = (RunId, u64, Vec<Option<String>>);

impl OrgDb {
    /// Makes the words of runs that are not in the index as they are, at most so many: of the next ones, or of those after
    /// others whose words are about to be kept.
    pub async fn next_words(&self, after: Option<&ReadyWords>, most: u64) -> Result<ReadyWords, StoreError> {
        let mut snapshot = self.snapshot().await?;
        let from = match after {
            Some(ready) => ready.to,
            None => place_of(snapshot.indexed().await?),
        };
        let written = snapshot.changed_runs(from, most).await?;
        let (words, to) = snapshot.words_of(from, &written).await?;
        let is_last = (written.len() as u64) < most && written.last().is_none_or(|last| to == position_of(last));
        Ok(ReadyWords { from, to, words, passed: None, most, is_last })
    }

    /// Puts the next run into the index by itself, or goes past it when its words cannot be made or kept, so that it does not
    /// keep others out; the log says which.
    pub async fn index_next(&self) -> Result<KeptWords, StoreError> {
        let mut snapshot = self.snapshot().await?;
        let from = place_of(snapshot.indexed().await?);
        let written = snapshot.changed_runs(from, 1).await?;
        let words = snapshot.words_of(from, &written).await;
        drop(snapshot);
        let Some(next) = written.first() else { return Ok(KeptWords::nothing()) };
        let to = position_of(next);
        let ready = |words, passed| ReadyWords { from, to, words, passed, most: 1, is_last: false };
        let kept = match words {
            Ok((words, _)) => self.keep_words(&ready(words, None)).await,
            Err(error) => Err(error),
        };
        match kept {
            Err(error) if !error.is_passing() => {
                tracing::error!(%error, run_id = %next.id, "a run cannot be put into the search index");
                self.keep_words(&ready(Vec::new(), Some(next.id))).await
            }
            kept => kept,
        }
    }

    /// For whoever writes much, one transaction after the other: waits until writers of other processes had their turn.
    pub async fn let_others_in(&self) {
        tokio::time::sleep(self.db.gap()).await;
    }

    /// Puts words where they are looked up that were kept lately; until then they are found, though slower.
    pub async fn settle_words(&self) -> Result<(), StoreError> {
        self.db.settle_words().await
    }

    /// Keeps words, and that the index has come so far. Of what was written meanwhile, the words are made again later.
    pub async fn keep_words(&self, ready: &ReadyWords) -> Result<KeptWords, StoreError> {
        if ready.to == ready.from {
            return Ok(KeptWords::nothing());
        }
        let tx = self.db.begin_alone(self.organization_id()).await?;
        let began = Instant::now();
        let mut view = self.within(tx);
        let indexed = view.indexed().await?;
        if place_of(indexed) != ready.from {
            return Ok(KeptWords { runs: None, words: 0, held: began.elapsed() });
        }
        let mark = match indexed {
            Some(indexed) => indexed.mark,
            None => view.free_mark().await?,
        };
        let ids: Vec<_> = ready.words.iter().map(|(id, ..)| *id).chain(ready.passed).collect();
        let unchanged = view.unchanged(&ready.words).await?;
        let had = self.forget_words(&mut view.tx, &ids).await?;
        let placed = self.place(&mut view.tx, &unchanged, &had).await?;
        let words: HashMap<RunId, &[Option<String>]> =
            ready.words.iter().map(|(id, _, words)| (*id, &**words)).collect();
        let documents = placed.iter().filter_map(|run| Some((run.document, *words.get(&run.run_id)?)));
        let documents: Vec<_> = documents.collect();
        self.insert_words(&mut view.tx, mark, &documents).await?;
        self.note_position(&mut view, mark, ready.to).await?;
        view.tx.commit().await?;
        let words = documents.iter().map(|(_, words)| words.len() as u64).sum();
        Ok(KeptWords { runs: Some(placed.len() as u64), words, held: began.elapsed() })
    }

    async fn note_position(&self, view: &mut Snapshot, mark: Mark, to: Position) -> Result<(), StoreError> {
        let moved = OnConflict::column(SearchIndexes::OrganizationId)
            .update_columns([SearchIndexes::IndexedChange, SearchIndexes::IndexedRun])
            .to_owned();
        let insert = Query::insert()
            .into_table(SearchIndexes::Table)
            .columns([
                SearchIndexes::OrganizationId,
                SearchIndexes::Number,
                SearchIndexes::IndexedChange,
                SearchIndexes::IndexedRun,
            ])
            .values_panic([
                self.organization_id().0.into(),
                mark.0.into(),
                to.change.cast_signed().into(),
                to.run.0.into(),
            ])
            .on_conflict(moved)
            .take();
        view.tx.execute(&insert).await.map(drop)
    }

    /// Lets the index begin anew; what is in it stays until it is replaced.
    pub async fn restart_index(&self) -> Result<(), StoreError> {
        let start = Position::after(0);
        let update = Query::update()
            .table(SearchIndexes::Table)
            .value(SearchIndexes::IndexedChange, start.change.cast_signed())
            .value(SearchIndexes::IndexedRun, start.run.0)
            .and_where(self.owns((SearchIndexes::Table, SearchIndexes::OrganizationId)))
            .take();
        let mut tx = self.db.begin_alone(self.organization_id()).await?;
        tx.execute(&update).await?;
        tx.commit().await
    }
}

/// Where the index stands.
fn place_of(indexed: Option<Indexed>) -> Position {
    indexed.map_or(Position::after(0), |indexed| indexed.position)
}

/// Where one stands after a run.
const fn position_of(run: &ChangedRun) -> Position {
    Position { change: run.last_change, run: run.id }
}

impl Snapshot {
    /// The words of runs after a place, or of the first of them when these have very many, and how far that is.
    async fn words_of(&mut self, from: Position, written: &[ChangedRun]) -> Result<(Vec<Words>, Position), StoreError> {
        let (mut words, mut to, mut count) = (Vec::with_capacity(written.len()), from, 0);
        for some in written.chunks(RUNS_AT_ONCE) {
            let ids: Vec<_> = some.iter().map(|run| run.id).collect();
            let runs = self.searched_runs(&ids).await?;
            let changes: HashMap<RunId, u64> = some.iter().map(|run| (run.id, run.last_change)).collect();
            let of_some = move || -> Vec<Words> {
                runs.iter().filter_map(|run| Some((run.id, *changes.get(&run.id)?, run.words()))).collect()
            };
            let of_some = aside(of_some).await?;
            count += of_some.iter().map(|(_, _, words)| words.len()).sum::<usize>();
            words.extend(of_some);
            to = some.last().map_or(to, position_of);
            if count > WORDS_AT_ONCE {
                break;
            }
        }
        Ok((words, to))
    }

    /// How far the index has come; `None` when nothing was put there yet.
    pub(super) async fn indexed(&mut self) -> Result<Option<Indexed>, StoreError> {
        let select = Query::select()
            .columns([
                SearchIndexes::Number,
                SearchIndexes::IndexedChange,
                SearchIndexes::IndexedRun,
                SearchIndexes::OptionsFrom,
            ])
            .from(SearchIndexes::Table)
            .and_where(self.owns((SearchIndexes::Table, SearchIndexes::OrganizationId)))
            .take();
        let row: Option<IndexRow> = self.tx.fetch_optional(&select).await?;
        Ok(row.map(|row| Indexed {
            mark: Mark(row.number),
            has_options: row.indexed_change >= row.options_from,
            position: Position { change: row.indexed_change.unsigned_abs(), run: RunId(row.indexed_run) },
        }))
    }

    /// How many runs are not searched yet, or not as they are; no more than a search counts.
    pub async fn count_unindexed(&mut self) -> Result<u64, StoreError> {
        let from = place_of(self.indexed().await?);
        let place = Expr::tuple([Expr::col(Runs::LastChange), Expr::col(Runs::Id)]);
        let some = Query::select()
            .column(Runs::Id)
            .from(Runs::Table)
            .and_where(self.owns((Runs::Table, Runs::OrganizationId)))
            .and_where(place.gt(Expr::tuple([Expr::val(from.change.cast_signed()), Expr::val(from.run.0)])))
            .limit(Total::COUNTED)
            .take();
        self.tx.fetch_count(&count(some)).await
    }

    /// The number for an organization that has none: of all things that are kept apart by organization, the one that has
    /// to know of the others.
    async fn free_mark(&mut self) -> Result<Mark, StoreError> {
        self.tx.wait_for_all_organizations().await?;
        let last = Query::select().expr(Expr::col(SearchIndexes::Number).max()).from(SearchIndexes::Table).take();
        let last: Option<(Option<i64>,)> = self.tx.fetch_optional(&last).await?;
        Ok(Mark(last.and_then(|(last,)| last).unwrap_or_default() + 1))
    }

    /// Those runs that were not written again or taken away meanwhile.
    async fn unchanged(&mut self, words: &[Words]) -> Result<Vec<(RunId, Timestamp)>, StoreError> {
        let select = Query::select()
            .columns([Runs::Id, Runs::LastChange, Runs::CreatedAt])
            .from(Runs::Table)
            .and_where(self.owns((Runs::Table, Runs::OrganizationId)))
            .and_where(Expr::col(Runs::Id).is_in(words.iter().map(|(id, ..)| id.0)))
            .take();
        let rows: Vec<WrittenRow> = self.tx.fetch_once(&select).await?;
        let read: HashMap<RunId, u64> = words.iter().map(|(id, change, _)| (*id, *change)).collect();
        let unchanged =
            rows.into_iter().filter(|row| read.get(&RunId(row.id)) == Some(&row.last_change.unsigned_abs()));
        unchanged.map(|row| Ok((RunId(row.id), super::run_rows::time(row.created_at)?))).collect()
    }
}

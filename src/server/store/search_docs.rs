//! The document of each run: the number under which its words are kept, which grows with the time of its creation.

use super::{engine::Tx, error::StoreError, org_db::OrgDb, schema::SearchDocs};
use crate::domain::{ids::RunId, range::Range, time::Timestamp};
use sea_query::{Expr, ExprTrait, OnConflict, Query};
use sha2::{Digest, Sha256};
use sqlx::FromRow;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Bits of a document that tell runs of one millisecond apart.
const TIE_BITS: u32 = 20;
const TIES: i64 = 1 << TIE_BITS;
/// Milliseconds, before and after 1970, that the others have room for: to the year 2248. What is further away is of the
/// first or the last of them.
const MAX_MILLIS: i64 = i64::MAX >> TIE_BITS;
/// How often another number is tried where one is taken.
const ATTEMPTS: i64 = 1_000;

/// A run that gets a document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub run_id: RunId,
    pub document: i64,
}

#[derive(FromRow)]
struct DocumentRow {
    run_id: Uuid,
    document: i64,
}

/// The first document of the millisecond of another one.
pub(super) const fn first_of(document: i64) -> i64 {
    document - document.rem_euclid(TIES)
}

/// The last one of it.
pub(super) const fn last_of(document: i64) -> i64 {
    first_of(document) + (TIES - 1)
}

fn first_at(time: Timestamp) -> i64 {
    time.millis().clamp(-MAX_MILLIS, MAX_MILLIS) << TIE_BITS
}

/// Between which documents lie the runs that were created in a range.
pub(super) fn between(created: Option<Range<Timestamp>>) -> (i64, i64) {
    let range = created.unwrap_or_default();
    let from = range.from.map_or(i64::MIN, first_at);
    let to = range.to.map_or(i64::MAX, |to| first_at(to).saturating_add(TIES - 1));
    (from, to)
}

impl OrgDb {
    /// The documents that runs have.
    async fn documents_of(&self, tx: &mut Tx, ids: &[RunId]) -> Result<HashMap<RunId, i64>, StoreError> {
        let select = Query::select()
            .columns([SearchDocs::RunId, SearchDocs::Document])
            .from(SearchDocs::Table)
            .and_where(self.owns((SearchDocs::Table, SearchDocs::OrganizationId)))
            .and_where(Expr::col(SearchDocs::RunId).is_in(ids.iter().map(|id| id.0)))
            .take();
        let rows: Vec<DocumentRow> = tx.fetch_once(&select).await?;
        Ok(rows.into_iter().map(|row| (RunId(row.run_id), row.document)).collect())
    }

    /// Forgets the words of runs that are taken away, or that get others; which documents these had.
    pub(super) async fn forget_words(&self, tx: &mut Tx, ids: &[RunId]) -> Result<HashMap<RunId, i64>, StoreError> {
        let had = self.documents_of(tx, ids).await?;
        if had.is_empty() {
            return Ok(had);
        }
        self.delete_words(tx, &had.values().copied().collect::<Vec<_>>()).await?;
        let delete = Query::delete()
            .from_table(SearchDocs::Table)
            .and_where(self.owns((SearchDocs::Table, SearchDocs::OrganizationId)))
            .and_where(Expr::col(SearchDocs::RunId).is_in(ids.iter().map(|id| id.0)))
            .take();
        tx.execute(&delete).await?;
        Ok(had)
    }

    /// Gives runs that have none a document: the one that they had, where their time has not changed, or any of their time
    /// that is free.
    pub(super) async fn place(
        &self,
        tx: &mut Tx,
        runs: &[(RunId, Timestamp)],
        before: &HashMap<RunId, i64>,
    ) -> Result<Vec<Placed>, StoreError> {
        let mut placed = Vec::with_capacity(runs.len());
        let mut waiting: Vec<(RunId, Timestamp)> = runs.to_vec();
        let mut attempts = 0..ATTEMPTS;
        while !waiting.is_empty() {
            let Some(attempt) = attempts.next() else {
                let problem = format!("{} runs of one millisecond find no number", waiting.len());
                return Err(StoreError::Inconsistent { table: "search_docs", problem });
            };
            let mut insert = Query::insert()
                .into_table(SearchDocs::Table)
                .columns([SearchDocs::OrganizationId, SearchDocs::RunId, SearchDocs::Document, SearchDocs::CreatedAt])
                .on_conflict(OnConflict::new().do_nothing().to_owned())
                .returning(Query::returning().columns([SearchDocs::RunId, SearchDocs::Document]))
                .take();
            for (id, created_at) in &waiting {
                let first = first_at(*created_at);
                let had = before.get(id).copied().filter(|had| attempt == 0 && first_of(*had) == first);
                let document = had.unwrap_or_else(|| first + tie_of(*id, attempt));
                let organization_id = self.organization_id().0.into();
                insert.values_panic([organization_id, id.0.into(), document.into(), created_at.micros().into()]);
            }
            let rows: Vec<DocumentRow> = tx.fetch_once(&insert).await?;
            let found: HashSet<RunId> = rows.iter().map(|row| RunId(row.run_id)).collect();
            waiting.retain(|(run_id, _)| !found.contains(run_id));
            placed.extend(rows.into_iter().map(|row| Placed { run_id: RunId(row.run_id), document: row.document }));
        }
        Ok(placed)
    }
}

/// One of the numbers of a moment: by all digits of the id, as those of one machine may differ in few.
fn tie_of(id: RunId, attempt: i64) -> i64 {
    let mut digest = Sha256::new();
    digest.update(id.0.as_bytes());
    digest.update(attempt.to_be_bytes());
    let [first, second, third, ..] = digest.finalize()[..] else { return attempt.rem_euclid(TIES) };
    i64::from(u32::from_be_bytes([0, first, second, third])).rem_euclid(TIES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_lie_in_the_order_of_their_times() {
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        let times =
            ["1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00Z", "2026-11-21T14:00:00.001Z", "2200-01-01T00:00:00Z"];
        let firsts: Vec<i64> = times.iter().map(|text| first_at(time(text))).collect();
        assert!(firsts.is_sorted());
        assert!(firsts.iter().all(|first| first_of(first + TIES - 1) == *first && first_of(*first) == *first));
        assert!(first_at(Timestamp::MIN) < firsts[0] && firsts[3] < first_at(Timestamp::MAX));
        assert_eq!(between(None), (i64::MIN, i64::MAX));
        let range = Range { from: Some(Timestamp::MIN), to: Some(Timestamp::MAX) };
        let (from, to) = between(Some(range));
        assert!(from < to && from <= first_at(Timestamp::MIN) && to > first_at(Timestamp::MAX));
    }
}

//! How many runs there are of one value of one facet, hour by hour: kept up in the transaction that writes the runs, so
//! that the total of a list is a sum and no scan.

use super::{
    engine::{StoreError, Tx},
    org_db::{OrgDb, Snapshot},
    runs::text_is,
    schema::RunCounts,
};
use crate::domain::{
    facet::{Counted, Facet, Facts, WholeHours, end_of_hour, hour_of},
    filter::RunFilter,
    range::Range,
    time::Timestamp,
};
use sea_query::{Alias, Expr, ExprTrait, Func, Iden, OnConflict, Order, Query, SelectStatement, WindowStatement};
use sqlx::FromRow;
use std::collections::BTreeMap;

/// Rows of one insert; five columns of so many stay below what either database binds.
const ROWS_AT_ONCE: usize = 2_000;

/// Passing by fewer rows of an index is quicker than finding out where to enter it.
const WORTH_A_JUMP: u64 = 5_000;

/// Where a list is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// At the newest run before this time, else at its first.
    pub before: Option<Timestamp>,
    /// How many runs are passed by from there.
    pub skip: u64,
}

#[derive(Debug, Clone, Copy, Iden)]
enum Hours {
    Table,
    SoFar,
}

#[derive(FromRow)]
struct HourRow {
    hour: i64,
    runs: i64,
    so_far: i64,
}

/// What a transaction adds to the counts, always in one order, so that two writers do not wait for each other.
#[derive(Debug, Default)]
pub(super) struct CountChanges(BTreeMap<(Facet, String, i64), i64>);

impl CountChanges {
    /// A run that is there now.
    pub fn add(&mut self, facts: &Facts) {
        self.change(facts, 1);
    }

    /// A run that is not there any more, or not as it was.
    pub fn take(&mut self, facts: &Facts) {
        self.change(facts, -1);
    }

    /// A run that came at this time by another source than was known.
    pub fn move_source(&mut self, created_at: Timestamp, from: &str, to: &str) {
        for (source, change) in [(from, -1), (to, 1)] {
            *self.0.entry((Facet::Source, source.to_owned(), hour_of(created_at))).or_default() += change;
        }
    }

    fn change(&mut self, facts: &Facts, by: i64) {
        for (facet, value) in facts.values() {
            *self.0.entry((facet, value, hour_of(facts.created_at))).or_default() += by;
        }
    }
}

impl OrgDb {
    /// Adds what a transaction changed.
    pub(super) async fn store_counts(&self, tx: &mut Tx, changes: CountChanges) -> Result<(), StoreError> {
        let changes: Vec<_> = changes.0.into_iter().filter(|(_, change)| *change != 0).collect();
        for chunk in changes.chunks(ROWS_AT_ONCE) {
            let sum = Expr::col((RunCounts::Table, RunCounts::Runs))
                .add(Expr::col((Alias::new("excluded"), RunCounts::Runs)));
            let mut upsert = Query::insert()
                .into_table(RunCounts::Table)
                .columns([
                    RunCounts::OrganizationId,
                    RunCounts::Facet,
                    RunCounts::Value,
                    RunCounts::Hour,
                    RunCounts::Runs,
                ])
                .on_conflict(
                    OnConflict::columns([
                        RunCounts::OrganizationId,
                        RunCounts::Facet,
                        RunCounts::Value,
                        RunCounts::Hour,
                    ])
                    .value(RunCounts::Runs, sum)
                    .to_owned(),
                )
                .take();
            for ((facet, value, hour), change) in chunk {
                upsert.values_panic([
                    self.organization_id().0.into(),
                    facet.as_str().into(),
                    value.clone().into(),
                    (*hour).into(),
                    (*change).into(),
                ]);
            }
            tx.execute(&upsert).await?;
        }
        Ok(())
    }
}

impl Snapshot {
    /// What adds up to the total of a filter: the kept counts of whole hours with the runs before and after them, or where
    /// more is asked for than is kept, the runs themselves, counted in an index.
    pub(super) fn totals(&self, filter: &RunFilter) -> Vec<SelectStatement> {
        let Some((counted, WholeHours { hours, ends })) = Counted::by_hours(filter) else {
            return vec![self.count(filter)];
        };
        let of_end = |end| self.count(&RunFilter { started: Some(end), ..filter.clone() });
        std::iter::once(self.sum(&counted, hours)).chain(ends.into_iter().flatten().map(of_end)).collect()
    }

    /// The sum of the counts of some hours.
    fn sum(&self, counted: &Counted, hours: Range<i64>) -> SelectStatement {
        let sum = Expr::col(RunCounts::Runs).sum().cast_as(Alias::new("bigint"));
        let hour = || Expr::col(RunCounts::Hour);
        self.counted(counted)
            .expr(Func::coalesce([sum, Expr::val(0_i64)]))
            .and_where_option(hours.from.map(|from| hour().gte(from)))
            .and_where_option(hours.to.map(|to| hour().lt(to)))
            .take()
    }

    /// Where a list is entered to come to its `offset`th row without passing by all before it: at the end of the hour in
    /// which that row lies. The list itself when the way is short, or when what it asks for is not counted.
    pub(super) async fn enter(&mut self, filter: &RunFilter, offset: u64) -> Result<Entry, StoreError> {
        let start = Entry { before: None, skip: offset };
        let counted = Counted::of(filter).filter(|counted| offset >= WORTH_A_JUMP && counted.created.to.is_none());
        let Some(counted) = counted else { return Ok(start) };
        let newest_first = WindowStatement::new().order_by(RunCounts::Hour, Order::Desc).take();
        let so_far = Expr::col(RunCounts::Runs).sum();
        let hours = self
            .counted(&counted)
            .columns([RunCounts::Hour, RunCounts::Runs])
            .expr_window_as(so_far, newest_first, Hours::SoFar)
            .take();
        let so_far = || Expr::col(Hours::SoFar).cast_as(Alias::new("bigint"));
        let select = Query::select()
            .columns([RunCounts::Hour, RunCounts::Runs])
            .expr_as(so_far(), Hours::SoFar)
            .from_subquery(hours, Hours::Table)
            .and_where(so_far().gt(i64::try_from(offset).unwrap_or(i64::MAX)))
            .order_by(RunCounts::Hour, Order::Desc)
            .limit(1)
            .take();
        let Some(hour) = self.tx.fetch_optional::<HourRow>(&select).await? else { return Ok(start) };
        let newer = u64::try_from(hour.so_far - hour.runs).unwrap_or_default();
        Ok(Entry { before: end_of_hour(hour.hour), skip: offset.saturating_sub(newer) })
    }

    /// The counts of one value of one facet.
    fn counted(&self, counted: &Counted) -> SelectStatement {
        Query::select()
            .from(RunCounts::Table)
            .and_where(self.owns((RunCounts::Table, RunCounts::OrganizationId)))
            .and_where(Expr::col(RunCounts::Facet).eq(counted.facet.as_str()))
            .and_where(text_is(Expr::col(RunCounts::Value), &counted.value))
            .take()
    }
}

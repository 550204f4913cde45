//! Going through the runs of a list that the run index does not wholly know: by which index of the database, among which of
//! the runs, and how far.

use super::{
    error::StoreError,
    org_db::Snapshot,
    run_content::state_digest,
    runs::within,
    schema::{RunStateValues, WorkflowRuns as Runs},
};
use crate::{
    domain::{filter::RunFilter, page::Total, range::Range, time::Timestamp},
    server::run_index::taken_apart,
};
use sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};

/// Of the runs to which one part of a filter leads, so many are looked at, whether they fit the other parts.
pub(super) const LOOKED_AT: u64 = 20_000;

/// How the runs of a list are found.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Way {
    /// Few fit what the run index knows of the filter. They were created at these times, newest first.
    Among(Vec<i64>),
    /// One after the other, of this filter: the one that was asked for, or what of it is looked at.
    Through { filter: Box<RunFilter>, is_all: bool },
}

impl Way {
    /// Whether it leads to all runs of the list.
    pub(super) const fn is_whole(&self) -> bool {
        !matches!(self, Self::Through { is_all: false, .. })
    }
}

/// The part of a filter that leads to its runs, by an index of the database.
#[derive(Debug, Clone, Copy)]
enum Lead<'a> {
    /// The runs of a value, in order of creation.
    State(&'a str, &'a str),
    /// All runs, or those of a conversation or a trigger, in order of creation.
    Creation,
    /// All that completed.
    Completion,
    /// All that completed, failed or were cancelled.
    Finish,
}

impl<'a> Lead<'a> {
    fn of(filter: &'a RunFilter) -> Self {
        let few = filter.run_id.is_some() || filter.conversation_id.is_some();
        match filter.state.first_key_value() {
            Some((key, value)) if !few => Self::State(key, value),
            _ if few || filter.trigger_id.is_some() => Self::Creation,
            _ if filter.ended.is_some() => Self::Completion,
            _ if filter.finished.is_some() => Self::Finish,
            _ => Self::Creation,
        }
    }

    /// What of the filter the index itself answers.
    fn alone(self, filter: &RunFilter) -> RunFilter {
        let nothing = RunFilter::default();
        let RunFilter { run_id, conversation_id, trigger_id, started, ended, finished, .. } = filter.clone();
        match self {
            Self::State(key, value) => {
                RunFilter { state: [(key.to_owned(), value.to_owned())].into(), started, ..nothing }
            }
            Self::Creation => RunFilter { run_id, conversation_id, trigger_id, started, ..nothing },
            Self::Completion => RunFilter { ended, ..nothing },
            Self::Finish => RunFilter { finished, ..nothing },
        }
    }

    /// By what the index is in order.
    fn time(self) -> Expr {
        match self {
            Self::State(..) => Expr::col((RunStateValues::Table, RunStateValues::CreatedAt)),
            Self::Creation => Expr::col((Runs::Table, Runs::CreatedAt)),
            Self::Completion => Expr::col((Runs::Table, Runs::CompletedAt)),
            Self::Finish => Expr::col((Runs::Table, Runs::FinishedAt)),
        }
    }

    const fn is_in_order_of_creation(self) -> bool {
        matches!(self, Self::State(..) | Self::Creation)
    }

    /// A filter from a time on, of those by which the index is in order.
    fn since(self, filter: &RunFilter, time: Timestamp) -> RunFilter {
        let mut since = filter.clone();
        let range = match self {
            Self::State(..) | Self::Creation => &mut since.started,
            Self::Completion => &mut since.ended,
            Self::Finish => &mut since.finished,
        };
        *range = Some(Range { from: Some(time), to: range.and_then(|range| range.to) });
        since
    }
}

impl Snapshot {
    /// How the runs of a list are found.
    pub(super) async fn way(&mut self, filter: &RunFilter) -> Result<Way, StoreError> {
        let (lead, all) = (Lead::of(filter), Way::Through { filter: Box::new(filter.clone()), is_all: true });
        let alone = lead.alone(filter);
        if lead.is_in_order_of_creation() && alone == *filter {
            return Ok(all);
        }
        let index = self.index().await?;
        let known = index.ask_known(&taken_apart(filter).1);
        let few = index.count(&known);
        if few <= Total::COUNTED && self.time_of(lead, &alone, few + 1).await?.is_some() {
            let place = index.page(&known, 0, few);
            return Ok(Way::Among(place.map(|place| place.times).unwrap_or_default()));
        }
        Ok(match self.time_of(lead, &alone, LOOKED_AT).await? {
            None => all,
            Some(time) => Way::Through { filter: Box::new(lead.since(filter, time)), is_all: false },
        })
    }

    /// The time of a run by its number, counted from 1, from the last one back; `None` when there are not so many.
    async fn time_of(
        &mut self,
        lead: Lead<'_>,
        alone: &RunFilter,
        number: u64,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mut select = self.led_by(lead, alone);
        select.expr(lead.time()).order_by_expr(lead.time(), Order::Desc).limit(1).offset(number - 1);
        let time: Option<(i64,)> = self.tx.fetch_optional(&select).await?;
        time.map(|(time,)| super::run_rows::time(time)).transpose()
    }

    /// What is led to, as the index has it.
    fn led_by(&self, lead: Lead<'_>, alone: &RunFilter) -> SelectStatement {
        let Lead::State(key, value) = lead else {
            return Query::select().from(Runs::Table).cond_where(self.condition(alone)).take();
        };
        let column = |column| Expr::col((RunStateValues::Table, column));
        let mut select = Query::select()
            .from(RunStateValues::Table)
            .and_where(self.owns((RunStateValues::Table, RunStateValues::OrganizationId)))
            .and_where(column(RunStateValues::Digest).eq(state_digest(key, value)))
            .take();
        if let Some(started) = alone.started {
            select.cond_where(within(&column(RunStateValues::CreatedAt), started, Timestamp::micros));
        }
        select
    }

    /// The ids of the runs that fit a filter, newest first.
    pub(super) fn ids(&self, filter: &RunFilter) -> SelectStatement {
        self.walk(filter, Expr::col((Runs::Table, Runs::CreatedAt)))
    }

    /// The same of a filter that is [gone through](Way::Through) in a list. Where it leads to runs in another order, these are few,
    /// and are put in order: no database may rather go through all runs until there are enough.
    pub(super) fn ids_of_list(&self, filter: &RunFilter) -> SelectStatement {
        let created_at = Expr::col((Runs::Table, Runs::CreatedAt));
        let is_in_order = Lead::of(filter).is_in_order_of_creation();
        self.walk(filter, if is_in_order { created_at } else { created_at.add(0) })
    }

    fn walk(&self, filter: &RunFilter, created_at: Expr) -> SelectStatement {
        let lead = Lead::of(filter);
        let Lead::State(key, _) = lead else {
            return Query::select()
                .column((Runs::Table, Runs::Id))
                .from(Runs::Table)
                .cond_where(self.condition(filter))
                .order_by_expr(created_at, Order::Desc)
                .order_by((Runs::Table, Runs::Id), Order::Desc)
                .take();
        };
        let (alone, mut others) = (lead.alone(filter), filter.clone());
        let mut select = self.led_by(lead, &alone);
        if alone != *filter {
            others.state.remove(key);
            let same = Expr::col((Runs::Table, Runs::Id)).equals((RunStateValues::Table, RunStateValues::RunId));
            // CROSS, so that SQLite begins with the value, whose runs are in order.
            select.cross_join(Runs::Table).and_where(same).cond_where(self.condition(&others));
        }
        select
            .expr_as(Expr::col((RunStateValues::Table, RunStateValues::RunId)), Runs::Id)
            .order_by((RunStateValues::Table, RunStateValues::CreatedAt), Order::Desc)
            .order_by((RunStateValues::Table, RunStateValues::RunId), Order::Desc)
            .take()
    }
}

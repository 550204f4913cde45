//! Going through the runs of a list that the run index does not wholly know: by which index of the database, among which of
//! the runs, and how far.

use super::{
    error::StoreError,
    org_db::Snapshot,
    run_content::state_digest,
    run_page::newest_first,
    run_rows::time,
    runs::{has_id, within},
    schema::{RunStateValues, WorkflowRuns as Runs},
};
use crate::{
    domain::{filter::RunFilter, page::Total, range::Range, time::Timestamp},
    server::run_index::taken_apart,
};
use sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};

/// Of the runs to which one part of a filter leads, so many are looked at, whether they fit the other parts.
const LOOKED_AT: u64 = 20_000;

/// How the runs of a list are found.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Way {
    /// Few fit what the run index knows of the filter. They were created at these times, newest first.
    Among(Vec<i64>),
    /// One after the other.
    Through(Walk),
}

/// Which runs are gone through.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Walk {
    lead: Lead,
    /// The filter that was asked for, or what of it is looked at.
    filter: Box<RunFilter>,
    /// Whether it leads to all runs of the list.
    pub is_whole: bool,
}

/// The part of a filter that leads to its runs, by an index of the database.
#[derive(Debug, Clone, PartialEq)]
enum Lead {
    /// The runs that have a value under this key, in order of creation.
    State(String),
    /// All runs, or those of a conversation or a trigger, in order of creation.
    Creation,
    /// All that completed.
    Completion,
    /// All that completed, failed or were cancelled.
    Finish,
}

impl Way {
    /// Whether it leads to all runs of the list.
    pub const fn is_whole(&self) -> bool {
        match self {
            Self::Among(_) => true,
            Self::Through(walk) => walk.is_whole,
        }
    }
}

impl Walk {
    /// Through all runs of a filter, whatever it takes.
    pub fn all(filter: &RunFilter) -> Self {
        let state = filter.state.keys().next().filter(|_| !has_id(filter));
        let lead = state.cloned().map_or(Lead::Creation, Lead::State);
        Self { lead, filter: Box::new(filter.clone()), is_whole: true }
    }
}

impl Lead {
    /// Those that a filter has. The first one leads where none leads to few runs: when a run was created, if that is asked for.
    fn all(filter: &RunFilter) -> Vec<Self> {
        let ends = [(filter.ended, Self::Completion), (filter.finished, Self::Finish)];
        let ends = ends.into_iter().filter_map(|(range, lead)| range.map(|_| lead));
        let states = filter.state.keys().cloned().map(Self::State);
        let is_by_trigger = filter.trigger_id.is_some();
        let creation = (is_by_trigger || filter.started.is_some()).then_some(Self::Creation);
        let mut leads: Vec<Self> = match filter.started {
            Some(_) => states.chain(creation).chain(ends).collect(),
            None => ends.chain(states).chain(creation).collect(),
        };
        if leads.is_empty() {
            leads.push(Self::Creation);
        }
        leads
    }

    /// What of the filter the index itself answers.
    fn alone(&self, filter: &RunFilter) -> RunFilter {
        let nothing = RunFilter::default();
        let RunFilter { trigger_id, started, ended, finished, .. } = filter.clone();
        match self {
            Self::State(key) => {
                let pair = filter.state.get_key_value(key).map(|(key, value)| (key.clone(), value.clone()));
                RunFilter { state: pair.into_iter().collect(), started, ..nothing }
            }
            Self::Creation => RunFilter { trigger_id, started, ..nothing },
            Self::Completion => RunFilter { ended, ..nothing },
            Self::Finish => RunFilter { finished, ..nothing },
        }
    }

    /// By what the index is in order.
    fn time(&self) -> Expr {
        match self {
            Self::State(_) => Expr::col((RunStateValues::Table, RunStateValues::CreatedAt)),
            Self::Creation => Expr::col((Runs::Table, Runs::CreatedAt)),
            Self::Completion => Expr::col((Runs::Table, Runs::CompletedAt)),
            Self::Finish => Expr::col((Runs::Table, Runs::FinishedAt)),
        }
    }

    const fn is_in_order_of_creation(&self) -> bool {
        matches!(self, Self::State(_) | Self::Creation)
    }

    /// A filter from a time on, of those by which the index is in order.
    fn since(&self, filter: &RunFilter, time: Timestamp) -> RunFilter {
        let mut since = filter.clone();
        let range = match self {
            Self::State(_) | Self::Creation => &mut since.started,
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
        if let Some((_, way)) = self.way.as_ref().filter(|(of, _)| of == filter) {
            return Ok(way.clone());
        }
        let way = self.find_way(filter).await?;
        self.way = Some((filter.clone(), way.clone()));
        Ok(way)
    }

    async fn find_way(&mut self, filter: &RunFilter) -> Result<Way, StoreError> {
        if has_id(filter) {
            return Ok(Way::Through(Walk::all(filter)));
        }
        let leads = Lead::all(filter);
        let through = |lead: &Lead, filter: RunFilter, is_whole| {
            Way::Through(Walk { lead: lead.clone(), filter: Box::new(filter), is_whole })
        };
        if let Some(lead) = leads.iter().find(|lead| lead.is_in_order_of_creation() && lead.alone(filter) == *filter) {
            return Ok(through(lead, filter.clone(), true));
        }
        let index = self.index().await?;
        let known = index.ask_known(&taken_apart(filter).1);
        let fitting = index.count(&known);
        let are_few = fitting <= Total::COUNTED;
        let most = if are_few { fitting + 1 } else { LOOKED_AT };
        let mut first = None;
        for lead in &leads {
            let Some(time) = self.time_of(lead, filter, most).await? else {
                return Ok(through(lead, filter.clone(), true));
            };
            first.get_or_insert((lead, time));
        }
        Ok(match first {
            Some((lead, time)) if !are_few => through(lead, lead.since(filter, time), false),
            _ => Way::Among(index.page(&known, 0, fitting).map(|place| place.times).unwrap_or_default()),
        })
    }

    /// The time of a run by its number, counted from 1, of those to which is led, from the last one back; `None` when there are
    /// not so many.
    async fn time_of(&mut self, lead: &Lead, filter: &RunFilter, number: u64) -> Result<Option<Timestamp>, StoreError> {
        let mut select = self.led_by(lead, &lead.alone(filter));
        select.expr(lead.time()).order_by_expr(lead.time(), Order::Desc).limit(1).offset(number - 1);
        let found: Option<(i64,)> = self.tx.fetch_optional(&select).await?;
        found.map(|(micros,)| time(micros)).transpose()
    }

    /// What is led to, as the index has it.
    fn led_by(&self, lead: &Lead, alone: &RunFilter) -> SelectStatement {
        let Lead::State(_) = lead else {
            return Query::select().from(Runs::Table).cond_where(self.condition(alone)).take();
        };
        let column = |column| Expr::col((RunStateValues::Table, column));
        let digests = alone.state.iter().map(|(key, value)| state_digest(key, value));
        let mut select = Query::select()
            .from(RunStateValues::Table)
            .and_where(self.owns((RunStateValues::Table, RunStateValues::OrganizationId)))
            .and_where(column(RunStateValues::Digest).is_in(digests))
            .take();
        if let Some(started) = alone.started {
            select.cond_where(within(&column(RunStateValues::CreatedAt), started, Timestamp::micros));
        }
        select
    }

    /// The ids of the runs that are gone through, newest first.
    pub(super) fn ids(&self, Walk { lead, filter, .. }: &Walk) -> SelectStatement {
        let Lead::State(key) = lead else {
            let created_at = Expr::col((Runs::Table, Runs::CreatedAt));
            // What is few in another order is put in this one: no database may rather go through all runs until there are enough.
            let created_at = if lead.is_in_order_of_creation() { created_at } else { created_at.add(0) };
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
        if alone != **filter {
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

    /// The same of those of a filter that were created at some times.
    pub(super) fn ids_among(&self, filter: &RunFilter, mut times: Vec<i64>) -> SelectStatement {
        // Of few lengths, so that there are few such statements.
        let missing = times.len().next_power_of_two() - times.len();
        times.extend(times.last().copied().into_iter().cycle().take(missing));
        let mut select = Query::select()
            .column((Runs::Table, Runs::Id))
            .from(Runs::Table)
            .cond_where(self.condition(filter))
            .and_where(Expr::col((Runs::Table, Runs::CreatedAt)).is_in(times))
            .take();
        newest_first(&mut select);
        select
    }
}

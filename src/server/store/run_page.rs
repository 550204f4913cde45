//! Some rows of a list: where they lie, and the statement that finds them.

use super::{error::StoreError, org_db::Snapshot, run_walk::Way, schema::WorkflowRuns as Runs};
use crate::{
    domain::{
        filter::RunFilter,
        page::{Limit, PageRequest},
    },
    server::run_index::PagePlace,
};
use sea_query::{Cond, Expr, ExprTrait, Iden, Order, Query, SelectStatement};

/// The page of ids from which the rest of a list is joined.
#[derive(Debug, Clone, Copy, Iden)]
enum PageOfRuns {
    Table,
    Id,
}

/// Some rows of a list: how many come before them, and how many they are at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    pub offset: u64,
    pub limit: u64,
}

impl From<PageRequest> for Stretch {
    fn from(page: PageRequest) -> Self {
        Self { offset: page.offset(), limit: page.limit.get() }
    }
}

/// Where some rows of a list are entered.
pub(super) enum Entry {
    /// Its runs were created at these times, as the run index says.
    Known(PagePlace),
    /// At the newest run, passing by so many.
    Passing(u64),
    /// The same among what is looked at of a list, which is the runs of this filter.
    Through(Box<RunFilter>, u64),
}

impl Way {
    /// Where the rows are found that come after so many.
    pub(super) fn entry(self, skip: u64) -> Option<Entry> {
        match self {
            Self::Among(times) => (!times.is_empty()).then_some(Entry::Known(PagePlace { times, skip })),
            Self::Through { filter, .. } => Some(Entry::Through(filter, skip)),
        }
    }
}

impl Snapshot {
    /// Where a page of a list is found; `None` when it has no rows.
    pub(super) async fn enter_list(
        &mut self,
        filter: &RunFilter,
        page: PageRequest,
    ) -> Result<Option<Entry>, StoreError> {
        Ok(match self.enter(filter, page.into()).await? {
            Some(Entry::Passing(runs)) => self.way(filter).await?.entry(runs),
            known => known,
        })
    }

    /// Where some rows are found, whatever it takes; `None` when there are none.
    pub(super) async fn enter(&mut self, filter: &RunFilter, stretch: Stretch) -> Result<Option<Entry>, StoreError> {
        // One run is looked up, without what is known of all.
        if filter.run_id.is_some() {
            return Ok(Some(Entry::Passing(stretch.offset)));
        }
        let index = self.index().await?;
        Ok(match index.ask(filter) {
            Some(asked) => index.page(&asked, stretch.offset, stretch.limit).map(Entry::Known),
            None => Some(Entry::Passing(stretch.offset)),
        })
    }

    /// Some rows of a list, with nothing selected yet.
    pub(super) fn page_of_runs(&self, filter: &RunFilter, limit: u64, entry: Entry) -> SelectStatement {
        let mut select = match entry {
            Entry::Known(place) => self.known_page(filter, limit, place),
            Entry::Passing(runs) => self.page_after(self.ids(filter), limit, runs),
            Entry::Through(filter, runs) => self.page_after(self.ids_of_list(&filter), limit, runs),
        };
        newest_first(&mut select);
        select
    }

    /// The runs of these times, of which there are hardly more than are asked for.
    fn known_page(&self, filter: &RunFilter, limit: u64, PagePlace { mut times, skip }: PagePlace) -> SelectStatement {
        // As many as there are rows, so that a list of this length is always the same statement.
        let length = Ord::min(limit, Limit::MAX);
        let missing = usize::try_from(length).unwrap_or_default().saturating_sub(times.len());
        times.extend(times.last().copied().into_iter().cycle().take(missing));
        Query::select()
            .from(Runs::Table)
            .cond_where(self.condition(filter))
            .and_where(Expr::col((Runs::Table, Runs::CreatedAt)).is_in(times))
            .limit(limit)
            .offset(skip)
            .take()
    }

    /// The ids of a page come first, from an index alone; what is shown of them is joined to these few.
    fn page_after(&self, mut ids: SelectStatement, limit: u64, runs: u64) -> SelectStatement {
        let ids = ids.limit(limit).offset(runs).take();
        let of_page = Cond::all()
            .add(self.owns((Runs::Table, Runs::OrganizationId)))
            .add(Expr::col((Runs::Table, Runs::Id)).equals((PageOfRuns::Table, PageOfRuns::Id)));
        // LEFT, here and below, so that no planner begins with the larger side.
        Query::select().from_subquery(ids, PageOfRuns::Table).left_join(Runs::Table, of_page).take()
    }
}

/// The order of a list.
pub(super) fn newest_first(select: &mut SelectStatement) {
    select.order_by((Runs::Table, Runs::CreatedAt), Order::Desc).order_by((Runs::Table, Runs::Id), Order::Desc);
}

//! Some rows of a list: where they lie, and the statement that finds them.

use super::{
    error::StoreError,
    org_db::Snapshot,
    run_walk::{Walk, Way},
    schema::WorkflowRuns as Runs,
};
use crate::{
    domain::{filter::RunFilter, page::PageRequest},
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
    /// After so many of those that were created at these times.
    Among(Vec<i64>, u64),
    /// After so many that are gone through.
    Through(Walk, u64),
}

impl Way {
    /// Where the rows are found that come after so many.
    pub(super) fn entry(self, skip: u64) -> Option<Entry> {
        match self {
            Self::Among(times) => (!times.is_empty()).then_some(Entry::Among(times, skip)),
            Self::Through(walk) => Some(Entry::Through(walk, skip)),
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
        Ok(match self.known_place(filter, page.into()).await? {
            Some(place) => place.map(Entry::Known),
            None => self.way(filter).await?.entry(page.offset()),
        })
    }

    /// Where some rows are found, whatever it takes; `None` when there are none.
    pub(super) async fn enter(&mut self, filter: &RunFilter, stretch: Stretch) -> Result<Option<Entry>, StoreError> {
        Ok(match self.known_place(filter, stretch).await? {
            Some(place) => place.map(Entry::Known),
            None => Some(Entry::Through(Walk::all(filter), stretch.offset)),
        })
    }

    /// Where some rows lie, if any; `None` when the run index does not know it.
    async fn known_place(
        &mut self,
        filter: &RunFilter,
        stretch: Stretch,
    ) -> Result<Option<Option<PagePlace>>, StoreError> {
        // One run is looked up, without what is known of all.
        if filter.run_id.is_some() {
            return Ok(None);
        }
        let index = self.index().await?;
        Ok(index.ask(filter).map(|asked| index.page(&asked, stretch.offset, stretch.limit)))
    }

    /// Some rows of a list, with nothing selected yet.
    pub(super) fn page_of_runs(&self, filter: &RunFilter, limit: u64, entry: Entry) -> SelectStatement {
        let mut select = match entry {
            Entry::Known(place) => self.known_page(filter, limit, place),
            Entry::Among(times, runs) => self.page_after(self.ids_among(filter, times), limit, runs),
            Entry::Through(walk, runs) => self.page_after(self.ids(&walk), limit, runs),
        };
        newest_first(&mut select);
        select
    }

    /// The runs of these times, of which there are hardly more than are asked for.
    fn known_page(&self, filter: &RunFilter, limit: u64, PagePlace { mut times, skip }: PagePlace) -> SelectStatement {
        // As many as there are rows, so that a list of this length is always the same statement.
        let missing = usize::try_from(limit).unwrap_or_default().saturating_sub(times.len());
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

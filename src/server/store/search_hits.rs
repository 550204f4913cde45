//! The runs that a search finds, newest first, among those that fit a filter.

use super::{
    error::StoreError,
    org_db::Snapshot,
    run_rows::RunRow,
    runs::{Columns, count},
    schema::{SearchDocs, WorkflowRuns as Runs},
    search_docs::{first_of, last_of},
    search_words::Matching,
};
use crate::{
    domain::{
        filter::RunFilter,
        ids::RunId,
        page::{PageRequest, Total},
        run::Run,
    },
    server::search::query::SearchQuery,
};
use sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query, SelectStatement};
use sqlx::FromRow;
use uuid::Uuid;

/// Where no more are found, all of them are taken at once, and no database has to guess how few they are.
const FEW: usize = 500;

/// A page of what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    /// Newest first.
    pub ids: Vec<RunId>,
    /// What was found is not looked at beyond the newest [`Total::COUNTED`]; of the millisecond at that border it may be any
    /// runs.
    pub total: Total,
}

#[derive(FromRow)]
struct DocumentRow {
    document: i64,
}

/// A run, in the order in which runs are listed.
#[derive(FromRow, PartialEq, Eq, PartialOrd, Ord)]
struct HitRow {
    created_at: i64,
    run_id: Uuid,
}

#[derive(FromRow)]
struct FittingRow {
    run_id: Uuid,
    total: i64,
}

impl Snapshot {
    /// Searches the runs that fit a filter.
    pub async fn search(
        &mut self,
        query: &SearchQuery,
        filter: &RunFilter,
        page: PageRequest,
    ) -> Result<Hits, StoreError> {
        let Some(indexed) = self.indexed().await? else { return Ok(Hits::default()) };
        let matching = self.matching(indexed, query, filter).await?;
        let few = self.some_documents(&matching, FEW as u64 + 1);
        let few = self.fetch_documents(&few).await?;
        if few.len() <= FEW {
            let hits = self.hits_of(&few, filter).await?;
            return Ok(Hits {
                total: Total::from(hits.len() as u64),
                ids: part(hits, page.offset(), page.limit.get()),
            });
        }
        let found = count(self.some_documents(&matching, Total::COUNTED + 1));
        let found = Total::counted(self.tx.fetch_count(&found).await?);
        if *filter == RunFilter::default() {
            self.page_of_all(&matching, found, page).await
        } else {
            self.page_of_fitting(&matching, found, filter, page).await
        }
    }

    async fn page_of_all(&mut self, matching: &Matching, found: Total, page: PageRequest) -> Result<Hits, StoreError> {
        let nothing = Hits { ids: Vec::new(), total: found };
        let limit = Ord::min(found.rows.saturating_sub(page.offset()), page.limit.get());
        if limit == 0 {
            return Ok(nothing);
        }
        // Documents of one millisecond are in no order. So the one before the page and the one after it tell whether its
        // borders lie within one.
        let (from, to) = (page.offset().saturating_sub(1), page.offset() + limit + 1);
        let newest = self.newest_documents(matching, found.is_capped, to).await?.offset(from).limit(to - from).take();
        let newest = self.fetch_documents(&newest).await?;
        let (before, after) = newest.split_at(usize::from(page.offset() > 0).min(newest.len()));
        let (on_page, after) = after.split_at(size(limit).min(after.len()));
        let (Some(first), Some(last)) = (on_page.first(), on_page.last()) else { return Ok(nothing) };
        let is_torn = |one: Option<&i64>, other| one.is_some_and(|one| first_of(*one) == first_of(other));
        if !is_torn(before.last(), *first) && !is_torn(after.first(), *last) {
            let hits = self.hits_of(on_page, &RunFilter::default()).await?;
            return Ok(Hits { ids: part(hits, 0, limit), total: found });
        }
        let ahead = count(self.documents(&matching.between(*first, last_of(*first))));
        let ahead = self.tx.fetch_count(&ahead).await?.saturating_sub(1);
        // With a limit, so that SQLite asks its index for all of them at once, and not for each run of the organization.
        let mut around = self.documents(&matching.between(first_of(*last), last_of(*first)));
        let around = around.limit(i64::MAX.unsigned_abs()).take();
        let select = in_order(self.of_documents(around, &RunFilter::default()), ahead, on_page.len() as u64);
        let hits: Vec<HitRow> = self.tx.fetch_all(&select).await?;
        Ok(Hits { ids: part(hits, 0, limit), total: found })
    }

    async fn page_of_fitting(
        &mut self,
        matching: &Matching,
        found: Total,
        filter: &RunFilter,
        page: PageRequest,
    ) -> Result<Hits, StoreError> {
        let newest =
            self.newest_documents(matching, found.is_capped, Total::COUNTED).await?.limit(Total::COUNTED).take();
        let fitting = self.of_documents(newest, filter);
        // Both at once: to look at so many runs is what takes the time.
        let select = fitting.clone().expr_as(Expr::cust("COUNT(*) OVER ()"), Alias::new("total")).take();
        let select = in_order(select, page.offset(), page.limit.get());
        let rows: Vec<FittingRow> = self.tx.fetch_all(&select).await?;
        let fitting = match rows.first() {
            Some(row) => row.total.unsigned_abs(),
            None => self.tx.fetch_count(&count(fitting)).await?,
        };
        let ids = rows.into_iter().map(|row| RunId(row.run_id)).collect();
        Ok(Hits { ids, total: Total { rows: fitting, ..found } })
    }

    async fn fetch_documents(&mut self, select: &SelectStatement) -> Result<Vec<i64>, StoreError> {
        let rows: Vec<DocumentRow> = self.tx.fetch_all(select).await?;
        Ok(rows.into_iter().map(|row| row.document).collect())
    }

    /// The runs of few documents, as far as they fit a filter, newest first.
    async fn hits_of(&mut self, documents: &[i64], filter: &RunFilter) -> Result<Vec<HitRow>, StoreError> {
        if documents.is_empty() {
            return Ok(Vec::new());
        }
        let mut hits: Vec<HitRow> = self.tx.fetch_once(&self.of_documents(listed(documents), filter)).await?;
        hits.sort_unstable_by(|one, other| other.cmp(one));
        Ok(hits)
    }

    /// The runs of documents, as far as they fit a filter, in no order. They are joined as CROSS so that SQLite begins with the
    /// documents: of how few they are it knows nothing, and would go through all runs of the organization.
    fn of_documents(&self, documents: SelectStatement, filter: &RunFilter) -> SelectStatement {
        let found = Alias::new("hit");
        let of_document = Cond::all()
            .add(self.owns((SearchDocs::Table, SearchDocs::OrganizationId)))
            .add(Expr::col((SearchDocs::Table, SearchDocs::Document)).equals((found.clone(), SearchDocs::Document)));
        let mut select = Query::select()
            .columns([SearchDocs::CreatedAt, SearchDocs::RunId].map(|column| (SearchDocs::Table, column)))
            .from_subquery(documents, found)
            .cross_join(SearchDocs::Table)
            .cond_where(of_document)
            .take();
        if *filter != RunFilter::default() {
            let of_run = self
                .owns((Runs::Table, Runs::OrganizationId))
                .and(Expr::col((Runs::Table, Runs::Id)).equals((SearchDocs::Table, SearchDocs::RunId)));
            select.cross_join(Runs::Table).and_where(of_run).cond_where(self.condition(filter));
        }
        select
    }

    /// How the database finds the runs of few and of many documents; for the tests, which hold it to its indexes.
    pub async fn explain_search(
        &mut self,
        query: &SearchQuery,
        filter: &RunFilter,
    ) -> Result<[Vec<String>; 2], StoreError> {
        let Some(indexed) = self.indexed().await? else { return Ok(<[Vec<String>; 2]>::default()) };
        let matching = self.matching(indexed, query, filter).await?;
        let few = self.of_documents(listed(&[1, 2]), filter);
        let many = self.newest_documents(&matching, false, Total::COUNTED).await?;
        let many = self.of_documents(many.clone().limit(Total::COUNTED).take(), filter);
        Ok([self.tx.explain(&few).await?, self.tx.explain(&many).await?])
    }

    /// Runs by their ids, in no order.
    pub async fn runs_of(&mut self, ids: &[RunId], columns: Columns) -> Result<Vec<Run>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = Query::select()
            .from(Runs::Table)
            .and_where(self.owns((Runs::Table, Runs::OrganizationId)))
            .and_where(Expr::col((Runs::Table, Runs::Id)).is_in(ids.iter().map(|id| id.0)))
            .take();
        self.select_run(&mut select, columns);
        let rows: Vec<RunRow> = self.tx.fetch_all(&select).await?;
        rows.into_iter().map(|row| row.read(self.organization_id(), columns)).collect()
    }
}

/// A page of what is found, newest first.
fn in_order(mut found: SelectStatement, offset: u64, limit: u64) -> SelectStatement {
    found
        .order_by((SearchDocs::Table, SearchDocs::CreatedAt), Order::Desc)
        .order_by((SearchDocs::Table, SearchDocs::RunId), Order::Desc)
        .limit(limit)
        .offset(offset)
        .take()
}

/// Documents as if they were a table.
fn listed(documents: &[i64]) -> SelectStatement {
    Query::select()
        .expr_as(Expr::col(Alias::new("column1")), SearchDocs::Document)
        .from_values(documents.iter().copied(), Alias::new("listed"))
        .take()
}

fn part(hits: Vec<HitRow>, offset: u64, limit: u64) -> Vec<RunId> {
    hits.into_iter().skip(size(offset)).take(size(limit)).map(|hit| RunId(hit.run_id)).collect()
}

fn size(rows: u64) -> usize {
    rows.try_into().unwrap_or(usize::MAX)
}

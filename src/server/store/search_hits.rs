//! The runs that a search finds, newest first, among those that fit a filter.

use super::{
    error::StoreError,
    org_db::Snapshot,
    run_rows::RunRow,
    runs::Columns,
    schema::{SearchDocs, WorkflowRuns as Runs},
    search_docs::{between, first_of},
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
use sea_query::{Alias, Asterisk, Cond, Expr, ExprTrait, Func, Iden, Order, Query, SelectStatement};
use sqlx::FromRow;
use uuid::Uuid;

/// A page of what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    /// Newest first.
    pub ids: Vec<RunId>,
    /// What was found is not looked at beyond the newest [`Total::COUNTED`].
    pub total: Total,
}

/// The documents that match, from which the runs are joined.
#[derive(Debug, Clone, Copy, Iden)]
enum Hit {
    Table,
    Document,
}

#[derive(FromRow)]
struct HitRow {
    run_id: Uuid,
}

#[derive(FromRow)]
struct CountedRow {
    run_id: Uuid,
    total: i64,
}

#[derive(FromRow)]
struct DocumentRow {
    document: i64,
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
        let matching = self.matching(indexed.mark, query).await?;
        if *filter == RunFilter::default() {
            self.search_all(&matching, page).await
        } else {
            self.search_among(&matching, filter, page).await
        }
    }

    async fn search_all(&mut self, matching: &Matching, page: PageRequest) -> Result<Hits, StoreError> {
        let everything = between(None);
        let some = self.documents(matching, Hit::Document, everything).limit(Total::COUNTED + 1).take();
        let total = Total::counted(self.tx.fetch_count(&count(some)).await?);
        if page.offset() >= total.rows {
            return Ok(Hits { ids: Vec::new(), total });
        }
        // Documents of one millisecond are in no order: those of the last one on the page all take part.
        let last = Ord::min(page.offset() + page.limit.get(), total.rows) - 1;
        let last = self.newest_documents(matching, Hit::Document, everything).limit(1).offset(last).take();
        let last: Option<DocumentRow> = self.tx.fetch_optional(&last).await?;
        let from = last.map_or(i64::MIN, |row| first_of(row.document));
        let rows: Vec<HitRow> = self.tx.fetch_all(&self.page_since(matching, from, page)).await?;
        let ids = rows.into_iter().map(|row| RunId(row.run_id)).collect();
        Ok(Hits { ids, total })
    }

    /// A page of what is found, which begins with the newest and ends with no older document.
    fn page_since(&self, matching: &Matching, from: i64, page: PageRequest) -> SelectStatement {
        // With a limit, so that SQLite asks its index for all of them at once, and not for each run of the organization.
        let some =
            self.newest_documents(matching, Hit::Document, (from, i64::MAX)).limit(i64::MAX.unsigned_abs()).take();
        in_order(self.of_documents(some), page)
    }

    async fn search_among(
        &mut self,
        matching: &Matching,
        filter: &RunFilter,
        page: PageRequest,
    ) -> Result<Hits, StoreError> {
        let within = between(filter.started);
        let fitting = self.fitting(matching, filter);
        // Both at once: to look at so many runs is what takes the time.
        let select =
            in_order(fitting.clone(), page).expr_as(Expr::cust("COUNT(*) OVER ()"), Alias::new("total")).take();
        let rows: Vec<CountedRow> = self.tx.fetch_all(&select).await?;
        let fitting = match rows.first() {
            Some(row) => row.total.unsigned_abs(),
            None => self.tx.fetch_count(&count(fitting)).await?,
        };
        let ids = rows.into_iter().map(|row| RunId(row.run_id)).collect();
        let some = self.documents(matching, Hit::Document, within).limit(Total::COUNTED + 1).take();
        let is_capped = self.tx.fetch_count(&count(some)).await? > Total::COUNTED;
        Ok(Hits { ids, total: Total { rows: fitting, is_capped } })
    }

    /// The newest of what is found, as far as it fits a filter.
    fn fitting(&self, matching: &Matching, filter: &RunFilter) -> SelectStatement {
        let newest =
            self.newest_documents(matching, Hit::Document, between(filter.started)).limit(Total::COUNTED).take();
        let of_document = self
            .owns((Runs::Table, Runs::OrganizationId))
            .and(Expr::col((Runs::Table, Runs::Id)).equals((SearchDocs::Table, SearchDocs::RunId)));
        self.of_documents(newest)
            .cross_join(Runs::Table)
            .and_where(of_document)
            .cond_where(self.condition(filter))
            .take()
    }

    /// How the database finds a page; for the tests, which hold it to its indexes.
    pub async fn explain_search(&mut self, query: &SearchQuery, filter: &RunFilter) -> Result<Vec<String>, StoreError> {
        let Some(indexed) = self.indexed().await? else { return Ok(Vec::new()) };
        let matching = self.matching(indexed.mark, query).await?;
        let page = PageRequest::default();
        let rows = if *filter == RunFilter::default() {
            self.page_since(&matching, 0, page)
        } else {
            in_order(self.fitting(&matching, filter), page)
        };
        self.tx.explain(&rows).await
    }

    /// The runs of documents. They are joined as CROSS, here and above, so that SQLite begins with the documents: of how few
    /// they are it knows nothing, and would go through all runs of the organization.
    fn of_documents(&self, documents: SelectStatement) -> SelectStatement {
        let of_document = Cond::all()
            .add(self.owns((SearchDocs::Table, SearchDocs::OrganizationId)))
            .add(Expr::col((SearchDocs::Table, SearchDocs::Document)).equals((Hit::Table, Hit::Document)));
        Query::select()
            .column((SearchDocs::Table, SearchDocs::RunId))
            .from_subquery(documents, Hit::Table)
            .cross_join(SearchDocs::Table)
            .cond_where(of_document)
            .take()
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
fn in_order(mut found: SelectStatement, page: PageRequest) -> SelectStatement {
    found
        .order_by((SearchDocs::Table, SearchDocs::CreatedAt), Order::Desc)
        .order_by((SearchDocs::Table, SearchDocs::RunId), Order::Desc)
        .limit(page.limit.get())
        .offset(page.offset())
        .take()
}

fn count(of: SelectStatement) -> SelectStatement {
    Query::select().expr(Func::count(Expr::col(Asterisk))).from_subquery(of, Alias::new("found")).take()
}

//! Some rows of a table: how they are read in order, a few at a time, and written as they are.

use super::tables::{Kind, PEOPLE, Table};
use crate::{
    domain::ids::OrganizationId,
    server::store::{
        engine::{Cell, Cells, Tx},
        error::StoreError,
        insert_rows::insert_rows,
        schema::Memberships,
    },
};
use sea_query::{Cond, Expr, ExprTrait, Func, OnConflict, Order, Query, SelectStatement, Value};

/// Rows and bytes that are read at once; one row may have more.
const MAX_ROWS: u64 = 2_000;
const MAX_BYTES: i64 = 4 << 20;
/// What a row takes beside its texts and bytes, roughly.
const ROW_BYTES: i64 = 100;

pub type Row = Vec<Cell>;

/// What a row has in the columns by which rows are in order.
pub type Place = Vec<Cell>;

/// Whose rows of a table.
#[derive(Debug, Clone, Copy)]
enum Whose {
    Organization(OrganizationId),
    MembersOf(OrganizationId),
    Everybody,
}

/// Some rows of a table.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    pub table: &'static Table,
    whose: Whose,
}

/// The next rows of a part.
#[derive(Debug, Default)]
pub struct Page {
    pub rows: Vec<Row>,
    /// Up to where these are all; `None` when no others follow.
    pub upto: Option<Place>,
}

impl Part {
    pub const fn of(table: &'static Table, organization_id: OrganizationId) -> Self {
        Self { table, whose: Whose::Organization(organization_id) }
    }

    pub const fn members_of(organization_id: OrganizationId) -> Self {
        Self { table: &PEOPLE, whose: Whose::MembersOf(organization_id) }
    }

    pub const fn everybody() -> Self {
        Self { table: &PEOPLE, whose: Whose::Everybody }
    }

    /// Whether the other side may have more of them, which are no business of the copy.
    pub const fn is_of_people(self) -> bool {
        matches!(self.whose, Whose::MembersOf(_) | Whose::Everybody)
    }

    fn owns(self) -> Cond {
        let [(first, _), ..] = self.table.columns else { return Cond::all() };
        match self.whose {
            Whose::Organization(id) => Cond::all().add(Expr::col(*first).eq(id.0)),
            Whose::MembersOf(id) => {
                let members = Query::select()
                    .column(Memberships::UserId)
                    .from(Memberships::Table)
                    .and_where(Expr::col(Memberships::OrganizationId).eq(id.0))
                    .take();
                Cond::all().add(Expr::col(*first).in_subquery(members))
            }
            Whose::Everybody => Cond::all(),
        }
    }

    /// The columns by which rows are in order, as a statement compares them.
    fn ordered(self, tx: &Tx) -> Vec<Expr> {
        let column = |(name, kind): &(&'static str, Kind)| match kind {
            Kind::Text => tx.in_byte_order(name),
            _ => Expr::col(*name),
        };
        self.table.place().iter().map(column).collect()
    }

    fn values(self, place: &[Cell]) -> Result<Vec<Expr>, StoreError> {
        let columns = self.table.place().iter().zip(place);
        columns.map(|((_, kind), cell)| Ok(Expr::val(self.table.value(*kind, cell.clone())?))).collect()
    }

    /// What lies after a place, in order.
    fn after(self, tx: &Tx, after: Option<&Place>) -> Result<SelectStatement, StoreError> {
        let ordered = self.ordered(tx);
        let mut select = Query::select().from(self.table.name).cond_where(self.owns()).take();
        if let Some(after) = after {
            select.and_where(Expr::tuple(ordered.clone()).gt(Expr::tuple(self.values(after)?)));
        }
        for column in ordered {
            select.order_by_expr(column, Order::Asc);
        }
        Ok(select)
    }

    /// The next rows after a place, as many as are read at once.
    pub async fn page(self, tx: &mut Tx, after: Option<&Place>) -> Result<Page, StoreError> {
        let Some(upto) = self.end_of_page(tx, after).await? else { return Ok(Page::default()) };
        let is_before_end = Expr::tuple(self.ordered(tx)).lte(Expr::tuple(self.values(&upto.place)?));
        let mut select = self.after(tx, after)?;
        select.columns(self.table.columns.iter().map(|(name, _)| *name)).and_where(is_before_end);
        let rows: Vec<Cells> = tx.fetch_all(&select).await?;
        let rows = rows.into_iter().map(|Cells(row)| row).collect();
        Ok(Page { rows, upto: (!upto.is_last).then_some(upto.place) })
    }

    /// The place of the last row that is read with those before it; `None` when there are none.
    async fn end_of_page(self, tx: &mut Tx, after: Option<&Place>) -> Result<Option<End>, StoreError> {
        let long = self.table.columns.iter().filter(|(_, kind)| matches!(kind, Kind::Text | Kind::Bytes));
        let size = long.fold(Expr::val(ROW_BYTES), |sum, (name, _)| {
            let bytes = Func::cust("OCTET_LENGTH").arg(Expr::col(*name));
            sum.add(Func::coalesce([bytes.into(), Expr::val(0_i64)]))
        });
        let mut select = self.after(tx, after)?;
        select.columns(self.table.place().iter().map(|(name, _)| *name)).expr(size).limit(MAX_ROWS);
        let rows: Vec<Cells> = tx.fetch_all(&select).await?;
        let (mut bytes, mut end, all) = (0, None, rows.len());
        for (number, Cells(mut row)) in (1..).zip(rows) {
            if let Some(Cell::Int(size)) = row.pop() {
                bytes += size;
            }
            if bytes > MAX_BYTES && end.is_some() {
                break;
            }
            end = Some(End { place: row, is_last: number == all && (all as u64) < MAX_ROWS });
        }
        Ok(end)
    }

    /// The rows of these people.
    pub async fn people(self, tx: &mut Tx, places: &[Place]) -> Result<Page, StoreError> {
        let ids = places.iter().map(|place| Ok(Expr::tuple(self.values(place)?)));
        let ids = ids.collect::<Result<Vec<_>, StoreError>>()?;
        let select = Query::select()
            .columns(self.table.columns.iter().map(|(name, _)| *name))
            .from(self.table.name)
            .and_where(Expr::tuple(self.ordered(tx)).is_in(ids))
            .take();
        let rows: Vec<Cells> = tx.fetch_all(&select).await?;
        let mut rows: Vec<Row> = rows.into_iter().map(|Cells(row)| row).collect();
        rows.sort_by(|a, b| self.table.place_of(a).cmp(self.table.place_of(b)));
        Ok(Page { rows, upto: None })
    }

    /// Writes rows, over what is there under their keys.
    pub async fn write(self, tx: &mut Tx, rows: Vec<Row>) -> Result<(), StoreError> {
        let columns = self.table.columns;
        let value = |(cell, (_, kind)): (Cell, &(&'static str, Kind))| self.table.value(*kind, cell);
        let values = |row: Row| row.into_iter().zip(columns).map(value).collect::<Result<Vec<Value>, _>>();
        let rows = rows.into_iter().map(values).collect::<Result<_, _>>()?;
        let (key, rest) = self.table.key_and_rest();
        let mut again = OnConflict::columns(key);
        if rest.len() == 0 {
            again.do_nothing();
        } else {
            again.update_columns(rest);
        }
        let names: Vec<&'static str> = columns.iter().map(|(name, _)| *name).collect();
        insert_rows(tx, self.table.name, &names, rows, Some(again)).await
    }

    /// Deletes the rows at these places.
    pub async fn delete(self, tx: &mut Tx, places: &[Place]) -> Result<(), StoreError> {
        for place in places {
            let is_there = Expr::tuple(self.ordered(tx)).eq(Expr::tuple(self.values(place)?));
            let delete = Query::delete().from_table(self.table.name).cond_where(self.owns()).and_where(is_there).take();
            tx.execute(&delete).await?;
        }
        Ok(())
    }
}

/// Where a page ends.
struct End {
    place: Place,
    is_last: bool,
}

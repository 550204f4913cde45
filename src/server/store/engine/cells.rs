//! Rows as they lie there, of any table, the same on both databases.

use super::Tx;
use sea_query::Expr;
use sqlx::{
    ColumnIndex, Decode, FromRow, Row as _, Type, TypeInfo, ValueRef, error::BoxDynError, postgres::PgRow,
    sqlite::SqliteRow,
};
use uuid::Uuid;

/// A value: an id is its bytes, a truth 0 or 1. In their order, values of one column are in the order of both databases.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A row, value by value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cells(pub Vec<Cell>);

/// A value of one type, if it is of the kind that is stored.
fn read<'r, T, R>(row: &'r R, at: usize) -> Result<T, sqlx::Error>
where
    R: sqlx::Row,
    usize: ColumnIndex<R>,
    T: Decode<'r, R::Database> + Type<R::Database>,
{
    row.try_get(at)
}

fn unknown(at: usize, kind: &str) -> sqlx::Error {
    let source: BoxDynError = format!("values of the type {kind} are not known").into();
    sqlx::Error::ColumnDecode { index: at.to_string(), source }
}

impl FromRow<'_, SqliteRow> for Cells {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let cell = |at| {
            let value = row.try_get_raw(at)?;
            if value.is_null() {
                return Ok(Cell::Null);
            }
            match value.type_info().name() {
                "INTEGER" => read(row, at).map(Cell::Int),
                "TEXT" => read(row, at).map(Cell::Text),
                "BLOB" => read(row, at).map(Cell::Bytes),
                other => Err(unknown(at, other)),
            }
        };
        (0..row.len()).map(cell).collect::<Result<_, _>>().map(Self)
    }
}

impl FromRow<'_, PgRow> for Cells {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let cell = |at| {
            let value = row.try_get_raw(at)?;
            if value.is_null() {
                return Ok(Cell::Null);
            }
            match value.type_info().name() {
                "INT8" => read(row, at).map(Cell::Int),
                "BOOL" => read::<bool, _>(row, at).map(|truth| Cell::Int(truth.into())),
                "TEXT" => read(row, at).map(Cell::Text),
                "UUID" => read::<Uuid, _>(row, at).map(|id| Cell::Bytes(id.as_bytes().to_vec())),
                "BYTEA" => read(row, at).map(Cell::Bytes),
                other => Err(unknown(at, other)),
            }
        };
        (0..row.len()).map(cell).collect::<Result<_, _>>().map(Self)
    }
}

impl Tx {
    /// A column of texts in the order of their bytes, which is SQLite's anyway and PostgreSQL's when it is asked for.
    pub(in crate::server::store) fn in_byte_order(&self, column: &'static str) -> Expr {
        match self {
            Self::Sqlite(_) => Expr::col(column),
            Self::Postgres(_) => Expr::cust_with_exprs("$1 COLLATE \"C\"", [Expr::col(column)]),
        }
    }
}

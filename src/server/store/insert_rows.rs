//! Rows by the hundred, in as few statements as the databases take.

use super::engine::Tx;
use super::error::StoreError;
use sea_query::{IntoIden, IntoTableRef, OnConflict, Query, SimpleExpr, Value};

/// Values of one statement; SQLite takes 32,766 and PostgreSQL 65,535.
const MAX_BINDS: usize = 30_000;

/// Inserts rows, each with a value for each column. Without `on_conflict` one that is there is an error.
pub(super) async fn insert_rows<C: IntoIden + Copy>(
    tx: &mut Tx,
    table: impl IntoTableRef + Copy,
    columns: &[C],
    rows: Vec<Vec<Value>>,
    on_conflict: Option<OnConflict>,
) -> Result<(), StoreError> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut insert = Query::insert().into_table(table).columns(columns.iter().copied()).take();
        for row in rows.by_ref().take(MAX_BINDS / columns.len()) {
            insert.values_panic(row.into_iter().map(SimpleExpr::from));
        }
        if let Some(on_conflict) = &on_conflict {
            insert.on_conflict(on_conflict.clone());
        }
        tx.execute(&insert).await?;
    }
    Ok(())
}

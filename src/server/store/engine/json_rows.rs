//! Rows that a database hands over as one text, of JSON. For many rows at once: each value of each row that comes by itself is
//! copied and goes from thread to thread, which takes the driver several times longer than the database.

use super::Tx;
use crate::server::store::{error::StoreError, run_rows::unreadable};
use sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use std::{borrow::Cow, marker::PhantomData};

/// A value of such a row.
#[derive(Debug, Clone)]
pub enum JsonValue {
    /// An id, which is read as one.
    Id(Expr),
    /// An id that may not be there.
    OptionalId(Expr),
    /// A number or a text.
    Plain(Expr),
    /// Bytes, which are read by [`bytes`].
    Bytes(Expr),
    /// Several.
    Array(Vec<Self>),
}

impl JsonValue {
    fn expression(self, is_sqlite: bool) -> Expr {
        match self {
            // An id is bytes to SQLite. JSON has none; and where there are none, SQLite has a text without a letter.
            Self::Id(bytes) if is_sqlite => Func::cust("HEX").arg(bytes).into(),
            Self::OptionalId(bytes) | Self::Bytes(bytes) if is_sqlite => {
                Func::cust("NULLIF").arg(Func::cust("HEX").arg(bytes)).arg("").into()
            }
            Self::Bytes(bytes) => Func::cust("ENCODE").arg(bytes).arg("hex").into(),
            Self::Id(value) | Self::OptionalId(value) | Self::Plain(value) => value,
            Self::Array(values) => {
                let array = Func::cust(if is_sqlite { "JSON_ARRAY" } else { "JSON_BUILD_ARRAY" });
                array.args(values.into_iter().map(|value| value.expression(is_sqlite))).into()
            }
        }
    }
}

/// Reads [`JsonValue::Bytes`].
pub fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
    let text = Option::<Cow<'de, str>>::deserialize(deserializer)?;
    text.map(|text| hex::decode(&*text)).transpose().map_err(D::Error::custom)
}

/// Rows as the database handed them over.
pub struct JsonRows<R> {
    /// One a line: there is no line break within JSON that a database writes.
    lines: String,
    row: PhantomData<fn() -> R>,
}

impl<R> Default for JsonRows<R> {
    fn default() -> Self {
        Self { lines: String::new(), row: PhantomData }
    }
}

impl<R: DeserializeOwned> JsonRows<R> {
    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether there is one whose last value, which is 0 or 1, is 1.
    pub fn has_marked(&self) -> bool {
        self.lines.lines().any(is_marked)
    }

    /// Those before the first whose last value, which is 0 or 1, is 1.
    #[must_use]
    pub fn before_marked(mut self) -> Self {
        let unmarked = self.lines.split_inclusive('\n').take_while(|line| !is_marked(line.trim_end()));
        self.lines.truncate(unmarked.map(str::len).sum());
        self
    }

    /// All of them.
    pub fn read(&self) -> Result<Vec<R>, StoreError> {
        self.lines.lines().map(|line| serde_json::from_str(line).map_err(unreadable)).collect()
    }

    /// The last.
    pub fn last(&self) -> Result<Option<R>, StoreError> {
        self.lines.lines().next_back().map(serde_json::from_str).transpose().map_err(unreadable)
    }
}

fn is_marked(line: &str) -> bool {
    line.ends_with("1]")
}

impl Tx {
    /// The rows that a statement finds and puts into order, each of which is read from such a value.
    pub async fn fetch_json<R>(
        &mut self,
        mut rows: SelectStatement,
        value: JsonValue,
    ) -> Result<JsonRows<R>, StoreError> {
        let is_sqlite = matches!(self, Self::Sqlite(_));
        let row = || Alias::new("row");
        rows.expr_as(value.expression(is_sqlite).cast_as("TEXT"), row());
        let lines = Func::cust("STRING_AGG").arg(Expr::col(row())).arg("\n");
        let lines = Query::select().expr(lines).from_subquery(rows, Alias::new("rows")).take();
        let lines: Option<(Option<String>,)> = self.fetch_optional(&lines).await?;
        Ok(JsonRows { lines: lines.and_then(|(lines,)| lines).unwrap_or_default(), row: PhantomData })
    }
}

//! The two databases behind one handle, and how a statement runs on either.
//! No other file knows that there are two.

mod backup;
mod cells;
mod json_rows;
mod open;
mod place;
mod space;

pub use backup::{BackupError, backup};
pub(super) use cells::{Cell, Cells};
pub(super) use json_rows::{JsonRows, JsonValue, bytes};
pub use open::DbOptions;

use super::{
    changes::Bell,
    error::StoreError,
    run_index::{Folding, KeptIndexes},
    write_queue::WriteQueue,
};
use crate::domain::ids::OrganizationId;
use sea_query::{PostgresQueryBuilder, SqliteQueryBuilder};
use sea_query_sqlx::SqlxBinder;
use sqlx::{
    AssertSqlSafe, FromRow, PgPool, SqlitePool,
    postgres::{PgListener, PgPoolOptions, PgRow},
    sqlite::SqliteRow,
};
use std::{ops::Deref, sync::Arc, time::Duration};

/// By which servers tell each other of writes.
const CHANNEL: &str = "alloy_runs";
/// The number of PostgreSQL's lock for what is not kept apart by organization.
const ALL_ORGANIZATIONS: i64 = 0x616c_6c6f_7900;

/// A row struct that both databases can fill; derived by `sqlx::FromRow`.
pub trait Row: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> {}
impl<T: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>> Row for T {}

/// An open database, which many share.
#[derive(Debug, Clone)]
pub struct Db(Arc<Opened>);

/// What belongs to it.
#[derive(Debug)]
pub struct Opened {
    pub(super) pools: Pools,
    pub(super) queue: WriteQueue,
    pub(super) bell: Bell,
    pub(super) indexes: Arc<KeptIndexes>,
    pub(super) folding: Folding,
}

impl Deref for Db {
    type Target = Opened;

    fn deref(&self) -> &Opened {
        &self.0
    }
}

/// Its connections.
#[derive(Debug, Clone)]
pub(super) enum Pools {
    /// SQLite has one writer at a time; it gets a connection of its own, so that readers never wait for it. Those who read
    /// very much share one: who reads a page of runs does not queue behind them.
    Sqlite {
        readers: SqlitePool,
        bulk: SqlitePool,
        writer: SqlitePool,
    },
    Postgres(PgPool),
}

/// A transaction. Dropped before it is committed, it leaves no trace.
pub enum Tx {
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

impl Db {
    /// All rows of a query.
    pub async fn fetch_all<R: Row>(&self, statement: &impl SqlxBinder) -> Result<Vec<R>, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => {
                let (sql, values) = statement.build_sqlx(SqliteQueryBuilder);
                sqlx::query_as_with(AssertSqlSafe(sql), values).fetch_all(readers).await?
            }
            Pools::Postgres(pool) => {
                let (sql, values) = statement.build_sqlx(PostgresQueryBuilder);
                sqlx::query_as_with(AssertSqlSafe(sql), values).fetch_all(pool).await?
            }
        })
    }

    /// The first row of a query, if it has one.
    pub async fn fetch_optional<R: Row>(&self, statement: &impl SqlxBinder) -> Result<Option<R>, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => {
                let (sql, values) = statement.build_sqlx(SqliteQueryBuilder);
                sqlx::query_as_with(AssertSqlSafe(sql), values).fetch_optional(readers).await?
            }
            Pools::Postgres(pool) => {
                let (sql, values) = statement.build_sqlx(PostgresQueryBuilder);
                sqlx::query_as_with(AssertSqlSafe(sql), values).fetch_optional(pool).await?
            }
        })
    }

    /// The one number that a query answers.
    pub async fn fetch_count(&self, statement: &impl SqlxBinder) -> Result<u64, StoreError> {
        let row: Option<(i64,)> = self.fetch_optional(statement).await?;
        Ok(number(row))
    }

    /// Begins a transaction that may write. SQLite's takes the write lock at once: one that began as a reader
    /// would be refused when it turns writer, whatever the timeout.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => {
                let pool = pool.clone();
                Tx::Postgres(unbroken(async move { pool.begin().await }).await?)
            }
        })
    }

    /// Begins a transaction that only reads, and sees one moment however long it lasts.
    pub async fn begin_reading(&self) -> Result<Tx, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => {
                let pool = pool.clone();
                Tx::Postgres(
                    unbroken(async move { pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await })
                        .await?,
                )
            }
        })
    }

    /// The same for whoever reads very much, transaction after transaction.
    pub async fn begin_reading_much(&self) -> Result<Tx, StoreError> {
        match &self.pools {
            Pools::Sqlite { bulk, .. } => Ok(Tx::Sqlite(bulk.begin().await?)),
            Pools::Postgres(_) => self.begin_reading().await,
        }
    }

    /// Who writes runs one after the other: everybody on SQLite, each organization on PostgreSQL.
    pub(super) fn lane(&self, organization_id: OrganizationId) -> Option<OrganizationId> {
        match self.pools {
            Pools::Sqlite { .. } => None,
            Pools::Postgres(_) => Some(organization_id),
        }
    }

    /// Begins a transaction that is alone in writing the runs of an organization. SQLite has one writer anyway.
    pub async fn begin_alone(&self, organization_id: OrganizationId) -> Result<Tx, StoreError> {
        let mut tx = self.begin().await?;
        if let Tx::Postgres(tx) = &mut tx {
            let (high, low) = organization_id.0.as_u64_pair();
            let key = (high ^ low).cast_signed();
            sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(key).execute(&mut **tx).await?;
        }
        Ok(tx)
    }

    /// How long nothing has to be written for a writer of another process to have its turn: SQLite's look for the lock every
    /// 100 ms, after some time (`sqliteDefaultBusyCallback`), PostgreSQL's stand in line.
    pub(super) fn gap(&self) -> Duration {
        match self.pools {
            Pools::Sqlite { .. } => Duration::from_millis(110),
            Pools::Postgres(_) => Duration::ZERO,
        }
    }

    /// Puts words where they are looked up that were only noted so far. PostgreSQL would do that within one of the transactions
    /// that note some, for which writers wait (GIN's pending list).
    pub(super) async fn settle_words(&self) -> Result<(), StoreError> {
        if let Pools::Postgres(pool) = &self.pools {
            sqlx::query("SELECT gin_clean_pending_list('search_words_by_word')").execute(pool).await?;
        }
        Ok(())
    }

    /// How long a write of another process may go unheard. SQLite has no way to tell them; PostgreSQL does, but a message
    /// may be lost with a connection.
    pub fn longest_silence(&self) -> Duration {
        match self.pools {
            Pools::Sqlite { .. } => Duration::from_millis(500),
            Pools::Postgres(_) => Duration::from_secs(2),
        }
    }

    /// Tells other servers that runs of an organization were written. After the transaction and not in it, where PostgreSQL
    /// would let one commit after the other.
    pub(super) async fn notify_others(&self, organization_id: OrganizationId) -> Result<(), StoreError> {
        if let Pools::Postgres(pool) = &self.pools {
            let notify = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(organization_id.to_string());
            match notify.execute(pool).await {
                // A program that ends does not wait for it.
                Ok(_) | Err(sqlx::Error::PoolClosed) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Rings the bell for what other servers write, without end.
    pub async fn hear_others(&self) {
        let Pools::Postgres(pool) = &self.pools else { return };
        loop {
            if let Err(error) = self.hear_until_it_fails(pool).await {
                tracing::warn!(%error, "writes of other servers are not heard of at once");
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// By a connection of its own, which no request has to wait for.
    async fn hear_until_it_fails(&self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let own = PgPoolOptions::new().max_connections(1).connect_lazy_with((*pool.connect_options()).clone());
        let mut listener = PgListener::connect_with(&own).await?;
        listener.listen(CHANNEL).await?;
        loop {
            if let Ok(organization_id) = listener.recv().await?.payload().parse() {
                self.bell.ring(organization_id);
            }
        }
    }

    /// Runs one statement that writes; how many rows it touched.
    pub async fn execute(&self, statement: &impl SqlxBinder) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let rows = tx.execute(statement).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Closes all connections, so that nothing is left to a crash recovery.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { readers, bulk, writer } => {
                readers.close().await;
                bulk.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

fn number(row: Option<(i64,)>) -> u64 {
    row.and_then(|(count,)| u64::try_from(count).ok()).unwrap_or_default()
}

/// Begins in a task of its own, because a BEGIN that is cut off leaves the connection in a transaction that the driver
/// does not know of.
async fn unbroken<T: Send + 'static>(
    begin: impl Future<Output = Result<T, sqlx::Error>> + Send + 'static,
) -> Result<T, sqlx::Error> {
    tokio::spawn(begin).await.map_err(|_| sqlx::Error::WorkerCrashed)?
}

impl Tx {
    /// For the little that is not kept apart by organization: waits until no other transaction is at it, to the end of this
    /// one. SQLite has one writer anyway.
    pub(super) async fn wait_for_all_organizations(&mut self) -> Result<(), StoreError> {
        if let Self::Postgres(tx) = self {
            sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(ALL_ORGANIZATIONS).execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// All rows of a query, as this transaction sees them.
    pub async fn fetch_all<R: Row>(&mut self, statement: &impl SqlxBinder) -> Result<Vec<R>, StoreError> {
        self.fetch(statement, true).await
    }

    /// The same for a statement that is hardly ever the same again, as it names one row after the other; it is not kept
    /// prepared.
    pub async fn fetch_once<R: Row>(&mut self, statement: &impl SqlxBinder) -> Result<Vec<R>, StoreError> {
        self.fetch(statement, false).await
    }

    async fn fetch<R: Row>(&mut self, statement: &impl SqlxBinder, is_kept: bool) -> Result<Vec<R>, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => {
                let (sql, values) = statement.build_sqlx(SqliteQueryBuilder);
                sqlx::query_as_with(AssertSqlSafe(sql), values).persistent(is_kept).fetch_all(&mut **tx).await?
            }
            Self::Postgres(tx) => {
                let (sql, values) = statement.build_sqlx(PostgresQueryBuilder);
                sqlx::query_as_with(AssertSqlSafe(sql), values).persistent(is_kept).fetch_all(&mut **tx).await?
            }
        })
    }

    /// The one number that a query answers, as this transaction sees it.
    pub async fn fetch_count(&mut self, statement: &impl SqlxBinder) -> Result<u64, StoreError> {
        let row: Option<(i64,)> = self.fetch_optional(statement).await?;
        Ok(number(row))
    }

    /// How the database goes about a query, a line a step; for the tests and `make bench`, which hold it to its indexes.
    pub async fn explain(&mut self, statement: &impl SqlxBinder) -> Result<Vec<String>, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => {
                let (sql, values) = statement.build_sqlx(SqliteQueryBuilder);
                let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
                let steps =
                    sqlx::query_as_with::<_, (i64, i64, i64, String), _>(sql, values).fetch_all(&mut **tx).await?;
                steps.into_iter().map(|(_, _, _, step)| step).collect()
            }
            Self::Postgres(tx) => {
                let (sql, values) = statement.build_sqlx(PostgresQueryBuilder);
                let sql = AssertSqlSafe(format!("EXPLAIN (COSTS OFF) {sql}"));
                let steps = sqlx::query_as_with::<_, (String,), _>(sql, values).fetch_all(&mut **tx).await?;
                steps.into_iter().map(|(step,)| step).collect()
            }
        })
    }

    /// The first row of a query, if it has one, as this transaction sees it.
    pub async fn fetch_optional<R: Row>(&mut self, statement: &impl SqlxBinder) -> Result<Option<R>, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => {
                let (sql, values) = statement.build_sqlx(SqliteQueryBuilder);
                sqlx::query_as_with(AssertSqlSafe(sql), values).fetch_optional(&mut **tx).await?
            }
            Self::Postgres(tx) => {
                let (sql, values) = statement.build_sqlx(PostgresQueryBuilder);
                sqlx::query_as_with(AssertSqlSafe(sql), values).fetch_optional(&mut **tx).await?
            }
        })
    }

    /// Runs a statement; how many rows it touched. Not kept prepared: one that writes many rows is hardly ever the same
    /// again, and would drive out those that are.
    pub async fn execute(&mut self, statement: &impl SqlxBinder) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => {
                let (sql, values) = statement.build_sqlx(SqliteQueryBuilder);
                sqlx::query_with(AssertSqlSafe(sql), values).persistent(false).execute(&mut **tx).await?.rows_affected()
            }
            Self::Postgres(tx) => {
                let (sql, values) = statement.build_sqlx(PostgresQueryBuilder);
                sqlx::query_with(AssertSqlSafe(sql), values).persistent(false).execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    /// Makes everything durable. Without it everything is undone.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

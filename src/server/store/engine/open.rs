//! How the two databases are opened.

use super::{Db, Opened, Pools};
use crate::server::store::{error::OpenError, migrate};
use sqlx::{
    ConnectOptions, Connection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, str::FromStr, sync::Arc, time::Duration};

/// Bytes of a page of a new SQLite file: several packed runs lie in one, where they would leave half of a smaller one empty.
const SQLITE_PAGE: u32 = 8192;

/// How long those wait for their turn who read very much. They share one connection, which finds its pages in memory.
const BULK_PATIENCE: Duration = Duration::from_secs(30);

/// What a database connection needs.
#[derive(Debug, Clone)]
pub struct DbOptions {
    /// `sqlite://FILE`, `sqlite::memory:` or `postgres://…`.
    pub url: String,
    /// Connections for readers, and on PostgreSQL for everybody.
    pub connections: u32,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
}

impl Db {
    /// Opens the database, making an SQLite file that is not there, and brings its schema up to date.
    pub async fn open(options: &DbOptions) -> Result<Self, OpenError> {
        let pools = if options.url.starts_with("sqlite:") {
            open_sqlite(options).await?
        } else if options.url.starts_with("postgres://") || options.url.starts_with("postgresql://") {
            open_postgres(options).await?
        } else {
            return Err(OpenError::UnknownScheme);
        };
        let (queue, bell, indexes, folding) = Default::default();
        let db = Self(Arc::new(Opened { pools, queue, bell, indexes, folding }));
        migrate::run(&db).await?;
        Ok(db)
    }
}

async fn open_sqlite(options: &DbOptions) -> Result<Pools, OpenError> {
    let connect = SqliteConnectOptions::from_str(&options.url)
        .map_err(OpenError::BadUrl)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true)
        .pragma("temp_store", "memory")
        .disable_statement_logging();
    let memory = options.url.contains(":memory:") || options.url.contains("mode=memory");
    if !memory && let Some(folder) = connect.get_filename().parent().filter(|folder| *folder != Path::new("")) {
        std::fs::create_dir_all(folder)
            .map_err(|error| OpenError::Folder { folder: folder.display().to_string(), error })?;
    }
    // SQLite rolls back by itself when the disk is full, and then the driver no longer knows where it stands:
    // such a connection is not used again. One that is in order when it is given back stays so, and is not tried once more:
    // that would take as long as to read a row.
    let pool = || {
        SqlitePoolOptions::new()
            .acquire_timeout(options.acquire_timeout)
            .test_before_acquire(false)
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
    };
    // A database in memory is gone with its one connection, so that is never closed.
    let writer = pool().max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
    // The first two only matter to a file that is new or written anew; and the last two take the lock of writers, for which a
    // reader would wait.
    let how = connect.clone().page_size(SQLITE_PAGE);
    let how = how.auto_vacuum(SqliteAutoVacuum::Incremental).optimize_on_close(true, 400);
    let writer = writer.connect_with(how).await.map_err(OpenError::Connect)?;
    if memory {
        return Ok(Pools::Sqlite { readers: writer.clone(), bulk: writer.clone(), writer });
    }
    let bulk = pool().max_connections(1).acquire_timeout(BULK_PATIENCE);
    let bulk = bulk.connect_lazy_with(connect.clone());
    let readers = pool().max_connections(options.connections);
    let readers = readers.connect_with(connect).await.map_err(OpenError::Connect)?;
    Ok(Pools::Sqlite { readers, bulk, writer })
}

async fn open_postgres(options: &DbOptions) -> Result<Pools, OpenError> {
    let connect = PgConnectOptions::from_str(&options.url)
        .map_err(OpenError::BadUrl)?
        .application_name("alloy-logs")
        // Whatever the server's or the role's default: acknowledged means on disk. And each question is planned for what it
        // asks: one plan for all would be made for an organization of average size, or while it was small. None takes so long that
        // to compile it would pay.
        .options([("synchronous_commit", "on"), ("plan_cache_mode", "force_custom_plan"), ("jit", "off")])
        .disable_statement_logging();
    PgPoolOptions::new()
        .acquire_timeout(options.acquire_timeout)
        .max_connections(options.connections)
        .connect_with(connect)
        .await
        .map(Pools::Postgres)
        .map_err(OpenError::Connect)
}

//! Why the database does not do what it is asked for.

use crate::server::aside::Panicked;
use std::sync::Arc;

/// Why a database cannot be opened; each is one line for whoever starts the program.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the database URL must begin with sqlite: or postgres://")]
    UnknownScheme,
    #[error("the database URL cannot be read: {0}")]
    BadUrl(sqlx::Error),
    #[error("the folder {folder} of the database cannot be made: {error}")]
    Folder { folder: String, error: std::io::Error },
    #[error("the database cannot be opened: {0}")]
    Connect(sqlx::Error),
    #[error(
        "the database is newer than this program (it has migration {version}): use the program that made it, or a later one"
    )]
    Newer { version: i64 },
    #[error("the database cannot be migrated: {0}")]
    Migrate(sqlx::migrate::MigrateError),
    #[error("what lies inside the runs of the database cannot be repacked: {0}")]
    Repack(StoreError),
    #[error("the runs of the database cannot be indexed: {0}")]
    Index(StoreError),
}

/// Why a statement failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No connection within the time allowed, or none to be had.
    #[error("the database cannot be reached: {0}")]
    Unavailable(sqlx::Error),
    #[error("the database refused a statement: {0}")]
    Database(sqlx::Error),
    /// A transaction that took longer than it may was given up.
    #[error("a write took too long")]
    TooSlow,
    /// More writes wait already than may.
    #[error("too many writes are waiting")]
    Busy,
    /// A transaction failed in which several wrote.
    #[error(transparent)]
    Shared(Arc<StoreError>),
    /// Our fault.
    #[error(transparent)]
    Panicked(#[from] Panicked),
    /// A row says what it cannot say.
    #[error("{table} holds a row that cannot be read: {problem}")]
    Inconsistent { table: &'static str, problem: String },
}

impl StoreError {
    /// Whether it is the fault of the moment, and the same may work later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::Busy | Self::TooSlow => true,
            Self::Shared(error) => error.is_passing(),
            Self::Database(_) | Self::Panicked(_) | Self::Inconsistent { .. } => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => {
                Self::Unavailable(error)
            }
            sqlx::Error::Database(ref cause) if cause.code().is_some_and(|code| is_passing(&code)) => {
                Self::Unavailable(error)
            }
            other => Self::Database(other),
        }
    }
}

/// Whether an error code is the fault of the moment: a lock, a full disk, a server that is shutting down.
fn is_passing(code: &str) -> bool {
    match code.parse::<u32>() {
        // PostgreSQL's codes have five characters, by class: connection, rollback, resources, locks, operator, system.
        _ if code.len() == 5 => {
            ["08", "40", "53", "55", "57", "58"].iter().any(|class| code.starts_with(class)) || code == "25006"
        }
        // SQLite's have a primary code in their low byte: busy, locked, memory, read-only, I/O, full, cannot open.
        Ok(code) => matches!(code & 0xff, 5 | 6 | 7 | 8 | 10 | 13 | 14),
        Err(_) => false,
    }
}

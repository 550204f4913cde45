//! A copy of an SQLite file as it is at one moment, made while others write.

use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::{
    ffi::OsString,
    fs::File,
    io,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("PostgreSQL is backed up by its own means: pg_dump --format=custom --file={0} \"$ALLOY_DATABASE_URL\"")]
    NotSqlite(String),
    #[error("{0} is there already, and is not written over")]
    IsThere(String),
    #[error("the database cannot be backed up: {0}")]
    Database(sqlx::Error),
    #[error("{0} cannot be written: {1}")]
    Write(String, io::Error),
}

/// Writes everything that is in a database into a new file, which is a database too. Nothing is changed in the first, not
/// even its schema brought up to date. The file has its name only when it is whole and on disk.
pub async fn backup(url: &str, file: &Path) -> Result<(), BackupError> {
    let name = || file.display().to_string();
    if !url.starts_with("sqlite:") {
        return Err(BackupError::NotSqlite(name()));
    }
    if file.exists() {
        return Err(BackupError::IsThere(name()));
    }
    let part = beside(file);
    let Some(path) = part.to_str() else {
        return Err(BackupError::Write(name(), io::ErrorKind::InvalidFilename.into()));
    };
    remove(&part).map_err(|error| BackupError::Write(name(), error))?;
    let options = SqliteConnectOptions::from_str(url)
        .map_err(BackupError::Database)?
        .create_if_missing(false)
        .busy_timeout(Duration::from_secs(5))
        .disable_statement_logging();
    let mut connection = options.connect().await.map_err(BackupError::Database)?;
    let written = sqlx::query("VACUUM INTO ?").bind(path).execute(&mut connection).await;
    let closed = connection.close().await;
    if let Err(error) = written.and(closed) {
        // What was written of it is of no use; why it failed is what is told.
        let _ = remove(&part);
        return Err(BackupError::Database(error));
    }
    finish(&part, file).map_err(|error| BackupError::Write(name(), error))
}

/// The file while it is written.
fn beside(file: &Path) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(".part");
    name.into()
}

fn remove(file: &Path) -> io::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn finish(part: &Path, file: &Path) -> io::Result<()> {
    File::open(part)?.sync_all()?;
    std::fs::rename(part, file)?;
    let folder = file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

//! Where a database is.

use super::{Db, Pools};
use crate::server::store::error::OpenError;
use sqlx::sqlite::SqliteConnectOptions;
use std::{path::Path, str::FromStr};

impl Db {
    /// Whether there is a database at a URL, or a server to be asked: [`open`](Self::open) makes an SQLite file that is not there.
    pub fn is_there(url: &str) -> Result<bool, OpenError> {
        if !url.starts_with("sqlite:") {
            return Ok(true);
        }
        let options = SqliteConnectOptions::from_str(url).map_err(OpenError::BadUrl)?;
        Ok(options.get_filename().is_file())
    }

    /// Whether two are one.
    pub fn is_same_as(&self, other: &Self) -> bool {
        match (&self.pools, &other.pools) {
            (Pools::Sqlite { writer, .. }, Pools::Sqlite { writer: other, .. }) => {
                let (one, other) = (writer.connect_options(), other.connect_options());
                let whole = |file: &Path| file.canonicalize().unwrap_or_else(|_| file.to_owned());
                whole(one.get_filename()) == whole(other.get_filename())
            }
            (Pools::Postgres(one), Pools::Postgres(other)) => {
                let (one, other) = (one.connect_options(), other.connect_options());
                (one.get_host(), one.get_port(), one.get_socket(), one.get_database())
                    == (other.get_host(), other.get_port(), other.get_socket(), other.get_database())
            }
            (Pools::Sqlite { .. }, Pools::Postgres(_)) | (Pools::Postgres(_), Pools::Sqlite { .. }) => false,
        }
    }
}

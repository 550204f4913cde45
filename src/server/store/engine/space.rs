//! Room on disk that is not needed any more. `PostgreSQL` looks after it by itself.

use super::{Db, Pools, StoreError};

/// Pages that are given back at once: others who write wait for it.
const PAGES_AT_ONCE: &str = "PRAGMA incremental_vacuum(64)";

/// So much of the file may lie free, to be written again: to give it back and take it again is work for nothing.
const FREE_SHARE: i64 = 10;

impl Db {
    /// Gives a little room back to the disk, where more than a tenth lies free. Whether there may be more to give.
    pub async fn give_back_room(&self) -> Result<bool, StoreError> {
        let Pools::Sqlite { writer, .. } = &self.pools else { return Ok(false) };
        let mut connection = writer.acquire().await?;
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut *connection).await?;
        let free: i64 = sqlx::query_scalar("PRAGMA freelist_count").fetch_one(&mut *connection).await?;
        if free * FREE_SHARE <= pages {
            return Ok(false);
        }
        sqlx::query(PAGES_AT_ONCE).execute(&mut *connection).await?;
        let still: i64 = sqlx::query_scalar("PRAGMA freelist_count").fetch_one(&mut *connection).await?;
        // A file of before cannot give back before it was written anew.
        Ok(still < free)
    }

    /// Writes the file anew, without what lies free in it. Takes as much room again meanwhile, and nobody else writes.
    pub async fn vacuum(&self) -> Result<(), StoreError> {
        if let Pools::Sqlite { writer, .. } = &self.pools {
            sqlx::query("VACUUM").execute(writer).await?;
        }
        Ok(())
    }
}

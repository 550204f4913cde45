//! Brings a database to the schema of this program, one transaction a step.

mod index_runs;
mod repack;

use super::engine::{Db, Pools};
use super::error::{OpenError, StoreError};
use sea_query::{Alias, Asterisk, Expr, ExprTrait, Func, Query};
use sqlx::migrate::{MigrateError, Migrator};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
pub(super) static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// The last step before the contents of runs are repacked, which SQL cannot do.
const BEFORE_REPACKING: i64 = 4;

/// Runs what is missing. A database that has more than this program knows is left as it is.
pub async fn run(db: &Db) -> Result<(), OpenError> {
    run_to(db, BEFORE_REPACKING).await?;
    if !is_done(db, BEFORE_REPACKING + 1).await.map_err(OpenError::Repack)? {
        Box::pin(repack::repack(db)).await.map_err(OpenError::Repack)?;
    }
    run_to(db, i64::MAX).await?;
    Box::pin(index_runs::index_runs(db)).await.map_err(OpenError::Index)
}

async fn is_done(db: &Db, version: i64) -> Result<bool, StoreError> {
    let done = Query::select()
        .expr(Func::count(Expr::col(Asterisk)))
        .from(Alias::new("_sqlx_migrations"))
        .and_where(Expr::col(Alias::new("version")).eq(version))
        .take();
    // By the connection that migrates: a reader that SQLite opened before would go on to know the schema of before.
    Ok(db.begin().await?.fetch_count(&done).await? == 1)
}

async fn run_to(db: &Db, version: i64) -> Result<(), OpenError> {
    let done = match &db.pools {
        Pools::Sqlite { writer, .. } => SQLITE.run_to(version, writer).await,
        Pools::Postgres(pool) => POSTGRES.run_to(version, pool).await,
    };
    done.map_err(|error| match error {
        MigrateError::VersionMissing(version) => OpenError::Newer { version },
        other => OpenError::Migrate(other),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Tables, columns and keys, without the types and without what fills them.
    fn shape(migrator: &Migrator) -> BTreeSet<String> {
        let mut shape = BTreeSet::new();
        let mut table = String::new();
        for migration in migrator.iter() {
            let lines = migration.sql.as_str().lines().map(str::trim).filter(|line| !line.starts_with("--"));
            let statements = lines.collect::<Vec<_>>().join("\n");
            let shaping = statements
                .split(";\n")
                .map(str::trim)
                .filter(|statement| !statement.starts_with("INSERT") && !statement.starts_with("UPDATE"))
                // The words of a full-text index, which is each database's own.
                .filter(|statement| !statement.contains("search_words"))
                // How PostgreSQL keeps a table.
                .filter(|statement| !statement.contains(" SET (autovacuum"));
            for line in shaping.flat_map(str::lines) {
                let mut words = line.split_whitespace();
                match words.next() {
                    Some("CREATE") => {
                        table = line.trim_end_matches('(').trim().to_owned();
                        shape.insert(table.clone());
                    }
                    Some("ALTER") => {
                        let words: Vec<_> = line.trim_end_matches(';').split_whitespace().collect();
                        let without_type = words.iter().enumerate().filter(|(place, _)| *place != 6);
                        shape.insert(without_type.map(|(_, word)| *word).collect::<Vec<_>>().join(" "));
                    }
                    Some(")" | ");" | ")STRICT") | None => {}
                    Some("PRIMARY" | "FOREIGN") => {
                        shape.insert(format!("{table}: {}", line.trim_end_matches(',')));
                    }
                    Some(column) => {
                        shape.insert(format!("{table}.{column} {}", words.skip(1).collect::<Vec<_>>().join(" ")));
                    }
                }
            }
        }
        shape
    }

    #[test]
    fn both_databases_have_the_same_tables_columns_keys_and_indexes() {
        assert_eq!(shape(&SQLITE), shape(&POSTGRES));
    }

    #[test]
    fn every_key_of_runs_and_access_begins_with_the_organization() {
        for fact in shape(&SQLITE) {
            if let Some((_, key)) = fact.split_once(": ") {
                assert!(key.contains("KEY (organization_id"), "{fact}");
            }
        }
    }
}

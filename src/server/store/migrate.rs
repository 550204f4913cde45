//! Brings a database to the schema of this program, one transaction a step.

use super::engine::{OpenError, Pools};
use sqlx::migrate::{MigrateError, Migrator};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Runs what is missing. A database that has more than this program knows is left as it is.
pub async fn run(pools: &Pools) -> Result<(), OpenError> {
    let done = match pools {
        Pools::Sqlite { writer, .. } => SQLITE.run(writer).await,
        Pools::Postgres(pool) => POSTGRES.run(pool).await,
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
                .filter(|statement| !statement.starts_with("INSERT") && !statement.starts_with("UPDATE"));
            for line in shaping.flat_map(str::lines) {
                let mut words = line.split_whitespace();
                match words.next() {
                    Some("CREATE") => {
                        table = line.trim_end_matches('(').trim().to_owned();
                        shape.insert(table.clone());
                    }
                    Some(")" | ");" | ")STRICT") | None => {}
                    Some("PRIMARY" | "FOREIGN") => {
                        shape.insert(format!("{table}: {}", line.trim_end_matches(',')));
                    }
                    Some("ALTER") => {
                        let words: Vec<_> = line.trim_end_matches(';').split_whitespace().collect();
                        assert_eq!((words[1], words[3], words[4]), ("TABLE", "ADD", "COLUMN"), "{line}");
                        shape.insert(format!("CREATE TABLE {}.{} {}", words[2], words[5], words[7..].join(" ")));
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
                assert!(key.contains("KEY (organization_id, "), "{fact}");
            }
        }
    }
}

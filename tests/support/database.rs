//! A fresh database of each kind.

use alloy_logs::{
    domain::ids::OrganizationId,
    server::{
        clock,
        store::{Db, DbOptions, OrgDb},
    },
};
use std::{path::Path, time::Duration};
use tempfile::TempDir;

/// A database of a test, gone with it.
pub struct TestDb {
    pub kind: &'static str,
    pub url: String,
    pub db: Db,
    _folder: Option<TempDir>,
}

/// The cluster that `make test` started. Without it only SQLite is tested, and a line says so.
#[expect(clippy::disallowed_methods, reason = "tests have no settings")]
pub fn postgres_url() -> Option<String> {
    let url = std::env::var("ALLOY_TEST_POSTGRES_URL").ok();
    if url.is_none() {
        eprintln!("ALLOY_TEST_POSTGRES_URL is not set: not tested on PostgreSQL (make test does)");
    }
    url
}

/// The URL of a new, empty PostgreSQL database.
pub async fn new_postgres_database(cluster: &str) -> String {
    let name = format!("t{}", clock::new_id().simple());
    let pool = sqlx::PgPool::connect(cluster).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&pool).await.unwrap();
    let (server, _) = cluster.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}

/// Opens a database as the program does.
pub async fn open(url: &str) -> Db {
    let options = DbOptions { url: url.to_owned(), connections: 4, acquire_timeout: Duration::from_secs(20) };
    Db::open(&options).await.unwrap()
}

/// One database of each kind, migrated and empty.
pub async fn both() -> Vec<TestDb> {
    both_after(async |_, _| {}).await
}

/// One database of each kind, migrated after something was done to it.
pub async fn both_after(prepare: impl AsyncFn(&'static str, &str)) -> Vec<TestDb> {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    prepare("SQLite", &url).await;
    let mut databases = vec![TestDb { kind: "SQLite", db: open(&url).await, url, _folder: Some(folder) }];
    if let Some(cluster) = postgres_url() {
        let url = new_postgres_database(&cluster).await;
        prepare("PostgreSQL", &url).await;
        databases.push(TestDb { kind: "PostgreSQL", db: open(&url).await, url, _folder: None });
    }
    databases
}

/// Brings an empty database as far as a migration, and runs statements in which `id'…'` is an id and `bytes'…'` are
/// bytes, both in hexadecimal.
pub async fn migrate_to(kind: &str, url: &str, version: i64, statements: &str) {
    if kind == "SQLite" {
        let pool = sqlx::SqlitePool::connect(&format!("{url}?mode=rwc")).await.unwrap();
        let migrator = sqlx::migrate::Migrator::new(Path::new("migrations/sqlite")).await.unwrap();
        migrator.run_to(version, &pool).await.unwrap();
        let sql = statements.replace("id'", "X'").replace("bytes'", "X'");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
        pool.close().await;
    } else {
        let pool = sqlx::PgPool::connect(url).await.unwrap();
        let migrator = sqlx::migrate::Migrator::new(Path::new("migrations/postgres")).await.unwrap();
        migrator.run_to(version, &pool).await.unwrap();
        let sql = statements.replace("id'", "uuid '").replace("bytes'", "bytea '\\x");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
        pool.close().await;
    }
}

impl TestDb {
    /// What is kept beside the runs is what they would make.
    pub async fn assert_kept(&self) {
        for organization in self.db.organizations().await.unwrap() {
            let organization_id = organization.id;
            let check = OrgDb::new(self.db.clone(), organization_id).check_index().await.unwrap();
            assert_eq!(check.differences, 0, "{}: the index of {organization_id} differs", self.kind);
        }
        let in_order = "SELECT count(*) FROM run_state_values AS pair JOIN workflow_runs AS run \
             ON (run.organization_id, run.id, run.created_at) = (pair.organization_id, pair.run_id, pair.created_at)";
        let pairs = "SELECT count(*) FROM run_state_values";
        assert_eq!(self.number(in_order.to_owned()).await, self.number(pairs.to_owned()).await, "{}", self.kind);
    }

    /// Runs statements.
    pub async fn execute(&self, sql: String) {
        let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
        if self.kind == "SQLite" {
            sql.execute(&sqlx::SqlitePool::connect(&self.url).await.unwrap()).await.unwrap();
        } else {
            sql.execute(&sqlx::PgPool::connect(&self.url).await.unwrap()).await.unwrap();
        }
    }

    /// The one number that a statement answers.
    pub async fn number(&self, sql: String) -> i64 {
        let sql = sqlx::AssertSqlSafe(sql);
        if self.kind == "SQLite" {
            let pool = sqlx::SqlitePool::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap()
        } else {
            let pool = sqlx::PgPool::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap()
        }
    }
}

/// A new organization of a database.
pub async fn organization(db: &Db) -> OrgDb {
    let id = OrganizationId(clock::new_id());
    assert!(db.insert_organization(id, &format!("Org {id}"), clock::now()).await.unwrap());
    OrgDb::new(db.clone(), id)
}

//! A fresh database of each kind.

use alloy_logs::{
    domain::ids::OrganizationId,
    server::{
        clock,
        store::{Db, DbOptions, OrgDb},
    },
};
use std::time::Duration;
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
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let mut databases = vec![TestDb { kind: "SQLite", db: open(&url).await, url, _folder: Some(folder) }];
    if let Some(cluster) = postgres_url() {
        let url = new_postgres_database(&cluster).await;
        databases.push(TestDb { kind: "PostgreSQL", db: open(&url).await, url, _folder: None });
    }
    databases
}

/// A new organization of a database.
pub async fn organization(db: &Db) -> OrgDb {
    let id = OrganizationId(clock::new_id());
    assert!(db.insert_organization(id, &format!("Org {id}"), clock::now()).await.unwrap());
    OrgDb::new(db.clone(), id)
}

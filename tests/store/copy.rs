//! Everything taken into another database.

use super::*;
use alloy_logs::{
    domain::{
        access::Role,
        ids::{OrganizationId, UserId},
    },
    server::store::{Copied, CopyError, Db},
};
use std::{future::poll_fn, pin::pin, task::Poll};

/// Tables that are made again instead of copied.
const MADE_AGAIN: [&str; 2] = ["run_index", "search_"];

/// A future that is dropped when it was waited for so many times.
async fn cut_off<T>(work: impl Future<Output = T>, after: usize) -> Option<T> {
    let (mut work, mut waited) = (pin!(work), 0);
    poll_fn(move |context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if waited == after => Poll::Ready(None),
        Poll::Pending => {
            waited += 1;
            Poll::Pending
        }
    })
    .await
}

/// Lets a database refuse the contents of a run.
async fn break_at(database: &database::TestDb, run_id: &uuid::Uuid) {
    let sql = if database.kind == "SQLite" {
        let id = run_id.simple();
        format!(
            "CREATE TRIGGER breaks BEFORE INSERT ON run_contents WHEN NEW.run_id = X'{id}' \
             BEGIN SELECT RAISE(ABORT, 'broken'); END"
        )
    } else {
        format!(
            "CREATE FUNCTION breaks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
             CREATE TRIGGER breaks BEFORE INSERT ON run_contents FOR EACH ROW WHEN (NEW.run_id = '{run_id}')
             EXECUTE FUNCTION breaks()"
        )
    };
    database.execute(sql).await;
}

/// A fresh database of the one kind or the other.
async fn database(kind: &str) -> database::TestDb {
    let mut databases = both().await;
    let found = databases.iter().position(|database| database.kind == kind).unwrap_or(0);
    databases.swap_remove(found)
}

/// Every row of an SQLite database, as SQL says it, by tables.
async fn dump(database: &database::TestDb) -> BTreeMap<String, Vec<String>> {
    let pool = sqlx::SqlitePool::connect(&database.url).await.unwrap();
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'").fetch_all(&pool).await.unwrap();
    let mut rows = BTreeMap::new();
    for table in tables {
        if table.starts_with("_sqlx") || MADE_AGAIN.iter().any(|made| table.starts_with(made)) {
            continue;
        }
        let columns = "SELECT group_concat('quote(' || name || ')', '||'',''||') FROM pragma_table_info(?)";
        let columns: String = sqlx::query_scalar(columns).bind(&table).fetch_one(&pool).await.unwrap();
        let select = sqlx::AssertSqlSafe(format!("SELECT {columns} AS row FROM {table} ORDER BY 1"));
        rows.insert(table, sqlx::query_scalar(select).fetch_all(&pool).await.unwrap());
    }
    rows
}

/// Everything of every organization, made again where it is made again. How many rows were written.
async fn copy(from: &Db, to: &Db) -> u64 {
    let mut written = from.copy_people_to(to).await.unwrap().written;
    for organization in from.organizations().await.unwrap() {
        let (source, target) = (OrgDb::new(from.clone(), organization.id), OrgDb::new(to.clone(), organization.id));
        source.copy_to(&target, |copied| written += copied.written).await.unwrap();
        target.rebuild_index().await.unwrap();
        let compared = source.compare_with(&target).await.unwrap();
        assert!(compared.iter().all(alloy_logs::server::store::Compared::is_same), "{compared:?}");
    }
    assert!(from.compare_people_with(to).await.unwrap().is_same());
    written
}

async fn person(db: &Db, name: &str) -> UserId {
    let id = UserId(clock::new_id());
    assert!(db.insert_user(id, &format!("{name}@example.com"), "no hash", clock::now()).await.unwrap());
    id
}

/// An organization with something in every table.
async fn with_everything(db: &Db, runs: u64) -> OrgDb {
    let org = organization(db).await;
    let user = person(db, &format!("ada-{}", org.organization_id())).await;
    org.add_member(user, Role::Admin).await.unwrap();
    org.insert_session(&[1; 32], user, clock::now(), clock::now()).await.unwrap();
    org.insert_token(&[2; 32], &[], clock::now()).await.unwrap();
    let mut documents: Vec<_> = (0..runs).map(|n| runs::document(&runs::full_run(n))).collect();
    let mut long = runs::full_run(runs);
    (long["created_at"], long["input_message"]) = (json!("2020-01-01T00:00:00Z"), json!("長い'".repeat(40_000)));
    documents.push(runs::document(&long));
    write(&org, &documents).await;
    // In the order of bytes these are not as people sort them.
    let steps = ["b", "B", "a", "Ä", "a'b", "é", "e", "_", "10", "9"];
    let parts = steps.map(|id| {
        let step = serde_json::from_value(json!({ "id": id })).unwrap();
        Posted { part: Part::Step(step), updated_at: None }
    });
    let edit = RunEdit { run_id: RunId(runs::id(1, 3)), workflow_id: None, change: Change::Parts(Vec::from(parts)) };
    ingest::edit(&org, edit).await.unwrap();
    let chat = ("gen_ai.operation.name", "chat");
    org.write_spans(spans::spans_of(1, clock::now(), &[(1, 0, Some(3), chat)]), 1).await.unwrap();
    let (_folder, files) = files();
    let days: RetentionDays = 700.try_into().unwrap();
    db.set_retention(org.organization_id(), Some(days)).await.unwrap();
    assert_eq!(Box::pin(retention::prune(&org, &files, days, &days.by_rule(), clock::now())).await.unwrap().runs, 1);
    org
}

#[tokio::test]
async fn a_copy_of_a_copy_on_another_kind_of_database_is_the_same() {
    let (first, between) = (database("SQLite").await, database("PostgreSQL").await);
    // As on the way to Citus.
    let (again, last) = (database("PostgreSQL").await, database("SQLite").await);
    person(&first.db, "nobody").await;
    for runs in [30, 7] {
        with_everything(&first.db, runs).await;
    }
    let expected = dump(&first).await;
    for (table, rows) in &expected {
        assert!(rows.len() >= 2, "{table} is empty");
    }
    let rows = expected.values().map(Vec::len).sum::<usize>();
    assert!(copy(&first.db, &between.db).await >= rows as u64 - 3);
    copy(&between.db, &again.db).await;
    copy(&again.db, &last.db).await;
    assert_eq!(dump(&last).await, expected);
    for database in [between, again, last] {
        database.assert_kept().await;
        // To do it again is to write nothing.
        assert_eq!(copy(&first.db, &database.db).await, 0, "{}", database.kind);
    }
}

#[tokio::test]
async fn a_copy_that_is_broken_off_again_and_again_comes_to_its_end() {
    for kind in ["SQLite", "PostgreSQL"] {
        let (first, second) = (database("SQLite").await, database(kind).await);
        // Of several megabytes, so that it takes several transactions.
        let org = with_everything(&first.db, 60).await;
        let mut random = ChaCha8Rng::seed_from_u64(7);
        for n in 100..150 {
            let mut big = runs::full_run(n);
            let noise = (0..8_000).map(|_| format!("{:032x}", random.random::<u128>()));
            big["steps"][0]["output"] = json!(noise.collect::<String>());
            write(&org, &[runs::document(&big)]).await;
        }
        let target = OrgDb::new(second.db.clone(), org.organization_id());
        for waits in [1, 3, 10, 20, 40] {
            assert!(Box::pin(cut_off(org.copy_to(&target, |_: Copied| {}), waits)).await.is_none(), "{kind}: {waits}");
        }
        // In the middle of a table.
        let contents = "SELECT count(*) FROM run_contents".to_owned();
        break_at(&second, &runs::id(1, 149)).await;
        assert!(org.copy_to(&target, |_| {}).await.is_err());
        let copied = second.number(contents.clone()).await;
        assert!(0 < copied && copied < first.number(contents).await, "{kind}: {copied}");
        second.execute(format!("DROP TRIGGER breaks{}", if kind == "SQLite" { "" } else { " ON run_contents" })).await;
        let mut waits = 60;
        while Box::pin(cut_off(org.copy_to(&target, |_| {}), waits)).await.is_none() {
            waits += 40;
        }
        copy(&first.db, &second.db).await;
        second.assert_kept().await;
        let back = database("SQLite").await;
        copy(&second.db, &back.db).await;
        assert_eq!(dump(&back).await, dump(&first).await, "{kind}");
    }
}

#[tokio::test]
async fn a_copy_follows_what_changed_and_leaves_others_alone() {
    for kind in ["SQLite", "PostgreSQL"] {
        let (first, second) = (database("SQLite").await, database(kind).await);
        let org = with_everything(&first.db, 12).await;
        let other = with_everything(&second.db, 5).await;
        copy(&first.db, &second.db).await;
        let target = OrgDb::new(second.db.clone(), org.organization_id());
        // Runs that go, one that has other values now, a member who is none any more, a new one.
        let (_folder, files) = files();
        let old = RetentionDays::try_from(1).unwrap();
        let later = clock::now().plus(chrono::TimeDelta::days(400));
        let mut other_values = runs::full_run(4);
        (other_values["created_at"], other_values["updated_at"]) = (json!("2290-01-01T00:00:00Z"), json!(runs::at(90)));
        other_values["state"]["runtimeContext"]["state"] = json!({ "plan": "free" });
        write(&org, &[runs::document(&other_values)]).await;
        assert_eq!(count(&target).await, 13);
        assert!(Box::pin(retention::prune(&org, &files, old, &old.by_hand(), later)).await.unwrap().runs > 5);
        let new = person(&first.db, "new").await;
        org.add_member(new, Role::Member).await.unwrap();
        let compared = org.compare_with(&target).await.unwrap();
        let differ: Vec<_> = compared.iter().filter(|table| !table.is_same()).map(|table| table.table).collect();
        assert!(differ.contains(&"workflow_runs") && differ.contains(&"memberships"), "{differ:?}");
        copy(&first.db, &second.db).await;
        second.assert_kept().await;
        assert_eq!(count(&target).await, count(&org).await);
        // The other organization and its people are as they were.
        assert_eq!(count(&other).await, 6, "{kind}");
        assert_eq!(second.number("SELECT count(*) FROM users".to_owned()).await, 3, "{kind}");
        // What was written there after it was copied is not lost.
        write(&target, &[runs::document(&runs::full_run(900))]).await;
        let refused = org.copy_to(&target, |_| {}).await;
        assert!(matches!(refused, Err(CopyError::Ahead { .. })), "{refused:?}");
        let again = OrgDb::new(second.db.clone(), OrganizationId(clock::new_id()));
        assert!(matches!(again.copy_to(&target, |_| {}).await, Err(CopyError::Gone(_))));
        // Nobody is taken for somebody else who has the same address.
        person(&first.db, "same").await;
        person(&second.db, "same").await;
        let refused = first.db.copy_people_to(&second.db).await;
        assert!(matches!(refused, Err(CopyError::Taken { table: "users" })), "{kind}: {refused:?}");
    }
}

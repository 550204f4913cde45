//! Runs that are kept no longer.

use super::*;

/// What is kept of runs, by tables.
const TABLES: [&str; 8] = [
    "workflow_runs",
    "run_contents",
    "run_state_values",
    "posted_parts",
    "trace_batches",
    "trace_runs",
    "conversations WHERE channel IS NULL",
    "conversations WHERE title IS NOT NULL",
];

const YEAR: &str = "2020-01-01T00:00:00Z";

async fn rows(database: &database::TestDb) -> Vec<(&'static str, i64)> {
    let mut rows = Vec::new();
    for table in TABLES {
        rows.push((table, database.number(format!("SELECT count(*) FROM {table}")).await));
    }
    rows
}

/// A whole run of the year.
fn run_of_year(n: u64, status: &str) -> alloy_logs::domain::document::RunDocument {
    let mut run = runs::full_run(n);
    (run["created_at"], run["status"]) = (json!(YEAR), json!(status));
    runs::document(&run)
}

/// Runs so old that they go: with a long one, a part that was posted, a file, and traces, one of them of two runs. One of
/// these.
async fn write_old(org: &OrgDb, files: &Files) -> RunId {
    let mut long = runs::full_run(500);
    long["created_at"] = json!(YEAR);
    // Conversations of their own, whose titles go with them; that of the others goes on.
    let mut last = long.clone();
    (long["conversation_id"], long["conversation_channel"]) = (json!(runs::id(4, 500)), json!(null));
    (last["id"], last["conversation_id"]) = (json!(runs::id(1, 501)), json!(runs::id(4, 501)));
    long["steps"] = (0..300).map(|n| json!({ "id": n.to_string(), "input": "x".repeat(900) })).collect();
    let mut old: Vec<_> = (0..90).map(|n| run_of_year(n, "failed")).collect();
    old.extend([runs::document(&last), runs::document(&long)]);
    write(org, &old).await;
    let step = serde_json::from_value(json!({ "id": "posted" })).unwrap();
    let parts = vec![Posted { part: Part::Step(step), updated_at: None }];
    let edit = RunEdit { run_id: RunId(runs::id(1, 3)), workflow_id: None, change: Change::Parts(parts) };
    ingest::edit(org, edit).await.unwrap();
    let attachment = AttachmentId(runs::id(5, 4));
    files.put(org.organization_id(), RunId(runs::id(1, 4)), attachment, "bytes").await.unwrap();
    let chat = ("gen_ai.operation.name", "chat");
    let now = YEAR.parse().unwrap();
    for spans in [
        spans::spans_of(1, now, &[(1, 0, Some(3), chat)]),
        spans::spans_of(2, now, &[(1, 0, Some(3), ("alloy.run.id", "one")), (2, 1, Some(3), chat)]),
        spans::spans_of(2, now, &[(3, 0, Some(3), ("alloy.run.id", "another")), (4, 3, Some(3), chat)]),
    ] {
        org.write_spans(spans, 1).await.unwrap();
    }
    RunId(uuid::Uuid::new_v5(&org.organization_id().0, b"one"))
}

#[tokio::test]
async fn runs_that_are_kept_no_longer_are_gone_wholly_and_no_others_are() {
    let (_folder, files) = files();
    // After the spans of these tests, and before any clock that runs them.
    let now: Timestamp = "2300-01-01T00:00:00Z".parse().unwrap();
    let days = |date: &str| {
        let date: Timestamp = date.parse().unwrap();
        u32::try_from(now.to_datetime().signed_duration_since(date.to_datetime()).num_days()).unwrap()
    };
    let before = |date: &str| RetentionDays::try_from(days(date).min(36_500)).unwrap();
    for database in both().await {
        let (org, other) = (organization(&database.db).await, organization(&database.db).await);
        write_old(&other, &files).await;
        let mut kept = runs::full_run(700);
        kept["created_at"] = json!("2290-01-01T00:00:00Z");
        write(&org, &[runs::document(&kept)]).await;
        let expected = rows(&database).await;
        let one_of_trace = write_old(&org, &files).await;
        let (all, from) = (count(&org).await, Position::after(org.last_change().await.unwrap()));

        let bound = before("2250-01-01T00:00:00Z");
        assert_eq!(org.count_expired(bound.before(now)).await.unwrap(), all - 1);
        // Spans stay for as long as they are another run's, too.
        let batches = || database.number("SELECT count(*) FROM trace_batches".to_owned());
        let before = batches().await;
        let taken = org.take_expired(vec![one_of_trace], bound.before(now), bound.by_rule()).await.unwrap();
        assert_eq!((taken.runs, batches().await), (vec![one_of_trace], before));
        assert_eq!(Box::pin(retention::prune(&org, &files, bound, &bound.by_rule(), now)).await.unwrap().runs, all - 2);
        assert_eq!(rows(&database).await, expected, "{}", database.kind);
        assert_eq!((count(&org).await, count(&other).await), (1, all - 1));
        assert_eq!(detail(&org, &kept).await.run.id, RunId(runs::id(1, 700)));
        database.assert_kept().await;

        let gone = org.removed_run(RunId(runs::id(1, 3))).await.unwrap().unwrap();
        assert_eq!(gone.removal, bound.by_rule());
        assert_eq!(other.removed_run(RunId(runs::id(1, 3))).await.unwrap(), None);
        let told = run_changes::after(&org, &RunFilter::default(), from, 1_000).await.unwrap();
        let left = |change: &Told| matches!(change, Told::Left(run) if run.status.is_none());
        assert_eq!(told.runs.iter().filter(|(_, change)| change.as_ref().is_some_and(left)).count() as u64, all - 1);
        let size = async |org: &OrgDb| {
            files.size(org.organization_id(), RunId(runs::id(1, 4)), AttachmentId(runs::id(5, 4))).await.unwrap()
        };
        assert_eq!((size(&org).await, size(&other).await), (None, Some(5)));
        assert_eq!(Box::pin(retention::prune(&org, &files, bound, &bound.by_rule(), now)).await.unwrap().runs, 0);
        // What comes again is there again.
        write(&org, &[run_of_year(3, "failed")]).await;
        assert_eq!(org.removed_run(RunId(runs::id(1, 3))).await.unwrap(), None);
    }
}

/// A long text that could not be packed much.
fn text(n: u64) -> String {
    let mixed = |at: u64| {
        let at = (at + n * 1_000_000).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (at ^ (at >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9).to_be_bytes()
    };
    (0..60_000_u64).flat_map(mixed).map(|letter| char::from(b'a' + letter % 26)).collect()
}

#[tokio::test]
async fn a_long_run_loses_its_steps_first_and_is_written_by_nobody_meanwhile() {
    let (_folder, files) = files();
    for database in both().await {
        let org = organization(&database.db).await;
        let long = |n: u64, status: &str| {
            let mut long = run_of_year(n, status);
            let step = |n: u64| serde_json::from_value(json!({ "id": n.to_string(), "output": text(n) })).unwrap();
            long.steps = (0..20).map(step).collect();
            long
        };
        let run = RunId(runs::id(1, 1));
        write(&org, &[long(1, "completed")]).await;
        let now = clock::now();
        let days = RetentionDays::try_from(30).unwrap();
        let due = org.expired_runs(days.before(now), 500).await.unwrap();
        assert_eq!((due.runs, due.is_long), (vec![run], true), "{}", database.kind);
        let rows = || database.number("SELECT count(*) FROM run_contents".to_owned());
        let all = rows().await;
        assert!(org.take_steps(run, days.before(now)).await.unwrap().is_some());
        let left = rows().await;
        assert!(all > left && left > 2, "{}: {left} of {all}", database.kind);
        // What is left is no run that could be written again.
        let patch = serde_json::from_value(json!({ "status": "running" })).unwrap();
        let edit = RunEdit { run_id: run, workflow_id: None, change: Change::Patch(patch) };
        assert_eq!(ingest::edit(&org, edit).await.unwrap(), WriteOutcome::Missing, "{}", database.kind);
        // Written whole, it is whole.
        write(&org, &[long(1, "completed")]).await;
        assert_eq!(rows().await, all, "{}", database.kind);
        assert!(org.take_steps(run, days.before(now)).await.unwrap().is_some());
        // Whoever goes on after that takes the rest.
        assert_eq!(Box::pin(retention::prune(&org, &files, days, &days.by_hand(), now)).await.unwrap().runs, 1);
        assert_eq!((count(&org).await, rows().await), (0, 0), "{}", database.kind);

        // One that could go on is whole until it goes.
        write(&org, &[long(2, "running")]).await;
        let later = now.plus(chrono::TimeDelta::days(31));
        assert_eq!(org.take_steps(RunId(runs::id(1, 2)), days.before(later)).await.unwrap(), None);
        assert_eq!(Box::pin(retention::prune(&org, &files, days, &days.by_hand(), later)).await.unwrap().runs, 1);
        database.assert_kept().await;
    }
}

#[tokio::test]
async fn of_long_runs_fewer_go_at_once() {
    for database in both().await {
        let org = organization(&database.db).await;
        for n in 0..12 {
            let mut long = run_of_year(n, "failed");
            (long.input_message, long.output_message) = (Some(text(n)), Some(text(100 + n)));
            write(&org, &[long]).await;
        }
        let now = clock::now();
        // The same of runs that are short, made of spans that say much.
        let traced = organization(&database.db).await;
        for n in 0..12 {
            let (said, chat) = (text(u64::from(n)), ("gen_ai.operation.name", "chat"));
            let spans = spans::spans_of(n + 1, now, &[(1, 0, Some(3), chat), (2, 1, Some(3), ("note", &said))]);
            traced.write_spans(spans, 1).await.unwrap();
        }
        for org in [org, traced] {
            let at_once = org.expired_runs(now, 500).await.unwrap().runs.len();
            assert!((1..12).contains(&at_once), "{}: {at_once}", database.kind);
            assert_eq!(count(&org).await, 12, "{}", database.kind);
        }
    }
}

#[tokio::test]
async fn a_run_that_goes_on_is_kept_while_something_is_written_of_it() {
    let (_folder, files) = files();
    for database in both().await {
        let org = organization(&database.db).await;
        let all = ["pending", "running", "suspended", "completed", "failed", "cancelled"];
        let written: Vec<_> = (0..).zip(all).map(|(n, status)| run_of_year(n, status)).collect();
        write(&org, &written).await;
        let now = clock::now();
        let days = RetentionDays::try_from(30).unwrap();
        // Of those that are named, the ones that are kept stay.
        let named = written[..4].iter().map(|run| run.id.unwrap()).collect();
        let taken = org.take_expired(named, days.before(now), days.by_rule()).await.unwrap();
        assert_eq!(taken.runs, [written[3].id.unwrap()], "{}", database.kind);
        assert_eq!(Box::pin(retention::prune(&org, &files, days, &days.by_hand(), now)).await.unwrap().runs, 2);
        let later = now.plus(chrono::TimeDelta::days(31));
        // Somebody writes one of those that were taken to be quiet.
        let quiet = org.expired_runs(days.before(later), 10).await.unwrap().runs;
        assert_eq!(quiet.len(), 3, "{}", database.kind);
        let taken = org.take_expired(quiet.clone(), days.before(now), days.by_rule()).await.unwrap();
        assert_eq!(taken.runs, []);
        assert_eq!(Box::pin(retention::prune(&org, &files, days, &days.by_hand(), later)).await.unwrap().runs, 3);
        assert_eq!(count(&org).await, 0);
        database.assert_kept().await;
    }
}

#[tokio::test]
async fn room_is_given_back_by_a_new_file_and_by_one_of_before_once_it_was_written_anew() {
    let (_folder, files) = files();
    let days = RetentionDays::try_from(30).unwrap();
    // The driver's own way makes a file that keeps what it has.
    let of_before = async |kind: &'static str, url: &str| database::migrate_to(kind, url, 8, "SELECT 1").await;
    for (databases, gives_back) in [(both().await, true), (database::both_after(of_before).await, false)] {
        let database = &databases[0];
        let org = organization(&database.db).await;
        let runs = (0..60).map(|n| {
            let mut run = run_of_year(n, "failed");
            let text = (0..20_000_u64).map(|at| char::from_u32(0x4e00 + u32::try_from(at * (n + 7) % 9_973).unwrap()));
            run.input_message = text.collect();
            run
        });
        write(&org, &runs.collect::<Vec<_>>()).await;
        let size = async || {
            database.number("PRAGMA wal_checkpoint(TRUNCATE)".to_owned()).await;
            database.number("PRAGMA page_count".to_owned()).await
        };
        let full = size().await;
        Box::pin(retention::prune(&org, &files, days, &days.by_hand(), clock::now())).await.unwrap();
        assert_eq!(size().await, full, "room is kept for what comes");
        retention::give_back_room(&database.db).await.unwrap();
        let given = size().await;
        assert_eq!(given < full * 3 / 4, gives_back, "{given} of {full}");
        database.db.vacuum().await.unwrap();
        assert!(size().await < full * 3 / 4);
        assert_eq!(database.number("PRAGMA auto_vacuum".to_owned()).await, 2);
        // A file of before keeps its pages as they are.
        assert_eq!(database.number("PRAGMA page_size".to_owned()).await == 8_192, gives_back);
    }
}

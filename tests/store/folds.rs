//! Changes of the run index are folded into its blocks while others write.

use super::*;
use futures_util::future::join_all;

#[tokio::test]
async fn nothing_is_lost_or_counted_twice_while_changes_are_folded() {
    const WRITERS: u64 = 6;
    const RUNS: u64 = 2_000;
    for database in both().await {
        let org = organization(&database.db).await;
        // Another server, which folds too.
        let other = OrgDb::new(open(&database.url).await, org.organization_id());
        let writers = (0..WRITERS).map(|writer| {
            let org = if writer.is_multiple_of(2) { org.clone() } else { other.clone() };
            tokio::spawn(async move {
                let run = |n: u64| {
                    let at = runs::at(i64::try_from((n * 7_919) % (WRITERS * RUNS)).unwrap());
                    let status = if n.is_multiple_of(3) { "failed" } else { "completed" };
                    runs::document(&json!({
                        "id": runs::id(1, n), "workflow_id": runs::id(2, 1), "status": status, "created_at": at, "completed_at": at
                    }))
                };
                for first in (writer * RUNS..(writer + 1) * RUNS).step_by(100) {
                    let some = (first..first + 100).map(|n| RunWrite::named(run(n)).unwrap());
                    ingest::write(&org, some.collect()).await.unwrap();
                    // Readers see what was written, whatever of it is in blocks by now.
                    assert!(count(&org).await >= first - writer * RUNS + 100);
                }
            })
        });
        for writer in join_all(writers).await {
            writer.unwrap();
        }
        database.assert_kept().await;
        assert_eq!((count(&org).await, count(&other).await), (WRITERS * RUNS, WRITERS * RUNS), "{}", database.kind);
        // What is left over is folded with a later write.
        let pending = "SELECT CAST(sum(pending) AS bigint) FROM run_indexes";
        let mut later = (0..).map(|n| runs::document(&runs::full_run(n)));
        while database.number(pending.to_owned()).await >= 4_096 {
            write(&org, &later.by_ref().take(1).collect::<Vec<_>>()).await;
        }
        assert!(database.number("SELECT count(*) FROM run_index_blocks".to_owned()).await > 0, "{}", database.kind);
        database.assert_kept().await;
    }
}

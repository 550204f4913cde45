//! Search over all runs, of many: their pages, how many are counted, and by which keys of the database they are found.

use super::{search::found, *};
use alloy_logs::{domain::page::Total, server::query::search_index};

#[tokio::test]
async fn p23_pages_of_many_are_in_order_and_more_than_is_counted_is_said_to_be_more() {
    const OLD: u64 = Total::COUNTED + 100;
    const RARE: u64 = 520;
    let words = |n: u64| {
        let (old, single) = (if n < OLD { "old" } else { "" }, if n < 600 { "single" } else { "" });
        format!("common w{} {old} {single}", n % 4)
    };
    // Many at one moment, so that their order is by their ids, but for the oldest.
    let run = |n: u64| {
        let seconds = i64::try_from(n).unwrap();
        let created_at = runs::at(if n < 600 { seconds - 600 } else { seconds / 700 });
        let (status, trigger) = if n.is_multiple_of(3) { ("failed", "third") } else { ("completed", "other") };
        runs::document(&json!({ "id": runs::id(1, n), "workflow_id": runs::id(2, 1), "status": status,
            "trigger_id": trigger, "model": if n < RARE { "rare" } else { "usual" }, "created_at": created_at,
            "input_message": words(n) }))
    };
    let documents: Vec<_> = (0..OLD + 3_000).map(run).collect();
    let all = RunFilter::default();
    let failed = RunFilter { status: Some(RunStatus::Failed), ..all.clone() };
    let rare = RunFilter { model: Some("rare".to_owned()), ..all.clone() };
    // What no menu offers is not among the words.
    let third = RunFilter { trigger_id: Some("third".to_owned()), ..all.clone() };
    let cases = [
        ("common", &all, 100, vec![1, 2, 8, 100, 101]),
        ("common", &all, 5, vec![1, 2]),
        ("common", &third, 100, vec![1, 20]),
        ("common", &failed, 100, vec![1, 20, 43, 44]),
        // All of them older than the newest that are counted.
        ("common", &rare, 100, vec![1, 6, 7]),
        // Of the 3,000 newest runs none has it: found by going further back, and by taking all.
        ("old", &all, 5, vec![1, 2, 300]),
        ("old", &all, 20, vec![1, 7, 500]),
        ("old", &third, 20, vec![1, 7]),
        ("old", &failed, 20, vec![1, 7]),
        ("w1", &all, 100, vec![1, 4, 33, 34]),
        ("w1", &failed, 100, vec![1, 4, 11, 12]),
        ("single", &all, 25, vec![1, 2, 24, 25]),
        ("single", &failed, 25, vec![1, 8, 9]),
    ];
    for database in both().await {
        let org = organization(&database.db).await;
        write(&org, &documents).await;
        search_index::catch_up(&org).await.unwrap();
        for (word, filter, limit, pages) in &cases {
            let has = (0..).zip(&documents).filter(|(n, _)| words(*n).split(' ').any(|other| other == *word));
            let has: Vec<_> = has.map(|(_, run)| run.clone()).collect();
            for page in pages {
                let request = PageRequest { page: (*page).try_into().unwrap(), limit: (*limit).try_into().unwrap() };
                let found = found(&org, word, filter, request).await;
                let ids: Vec<_> = found.page.rows.iter().map(|run| run.id).collect();
                let (mut expected, fitting) = oracle::list(&has, filter, request);
                let among = if **filter == third { has.len() as u64 } else { fitting };
                let is_capped = among > Total::COUNTED;
                if is_capped && request.offset() >= Total::COUNTED {
                    expected.clear();
                }
                let case = format!("{} {word} {page} of {limit}", database.kind);
                assert_eq!((ids, found.page.total.is_capped), (expected, is_capped), "{case}");
                let total = found.page.total.rows;
                if is_capped && **filter == third {
                    // A third of the newest that are counted, of which the last are any of one moment.
                    assert!((3_330..3_345).contains(&total), "{case}: {total}");
                } else {
                    assert_eq!(total, fitting.min(Total::COUNTED), "{case}");
                }
            }
        }
        // An index that is being made again, and had no options before, does without them.
        database.execute("UPDATE search_indexes SET options_from = indexed_change + 1".to_owned()).await;
        let found = found(&org, "common", &rare, PageRequest::default()).await;
        assert_eq!((found.page.total.rows, found.page.total.is_capped), (0, true), "{}", database.kind);
    }
}

#[tokio::test]
async fn p23_no_search_begins_with_all_runs() {
    // SQLite plans by the statement alone; what PostgreSQL does with a million runs is seen by the bench.
    let sqlite = &both().await[0];
    let org = organization(&sqlite.db).await;
    write(&org, &(0..3).map(|n| runs::document(&runs::full_run(n))).collect::<Vec<_>>()).await;
    search_index::catch_up(&org).await.unwrap();
    for (name, filter) in oracle::menu_filters() {
        let mut snapshot = org.snapshot().await.unwrap();
        let [few, many] = snapshot.explain_search(&"parcel order".parse().unwrap(), &filter).await.unwrap();
        for plan in [few, many] {
            // What is looked up in tables, and by what.
            let is_table = |step: &&String| step.contains("search_docs") || step.contains("workflow_runs");
            let read: Vec<_> = plan.iter().filter(is_table).collect();
            let of_run = filter.run_id.is_some();
            let by = [if of_run { "run_id=?" } else { "document=?" }, " AND id=?"];
            let is_read = |(step, by): (&&String, &str)| {
                step.starts_with("SEARCH") && !step.contains("AUTOMATIC") && step.contains(by)
            };
            let tables = if filter == RunFilter::default() { 1 } else { 2 };
            assert!(read.len() == tables && read.iter().zip(by).all(is_read), "{name}: {plan:?}");
        }
    }
}

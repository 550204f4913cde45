//! Lists, their totals and what menus offer, by the run index and without it.

use super::*;

/// So many data sets, each asked with so many filters: 2,000 combinations on each database.
const DATA_SETS: usize = 50;
const FILTERS: usize = 40;

#[tokio::test]
async fn lists_are_what_the_oracle_says() {
    for database in both().await {
        let (mut runner, mut fitting) = (TestRunner::deterministic(), 0);
        for set in 0..DATA_SETS {
            // Every organization has the same ids; they are other runs.
            let org = organization(&database.db).await;
            let runs = [0, 1, 12, 40, 90][set % 5];
            let mut documents: Vec<_> = (0..runs).map(|n| any(&runs::any_run(n), &mut runner)).collect();
            for document in &mut documents {
                document.updated_at = Some(runs::at(0).parse().unwrap());
            }
            write(&org, &documents).await;
            // Some are other runs by now, but of the same skill.
            for (n, document) in (0..).zip(&mut documents).step_by(3) {
                let workflow_id = document.workflow_id;
                *document = any(&runs::any_run(n), &mut runner);
                document.workflow_id = workflow_id;
                document.updated_at = Some(runs::at(1).parse().unwrap());
            }
            write(&org, &documents).await;
            let options = filter_options::filter_options(&org, &RunFilter::default(), alloy_logs::server::clock::now())
                .await
                .unwrap();
            let models: BTreeSet<_> = documents.iter().filter_map(|document| document.model.clone()).collect();
            assert!(models.iter().eq(&options.models), "{}", database.kind);
            assert!(options.models.is_sorted() && options.channels.is_sorted(), "{}", database.kind);
            let skills: BTreeSet<_> = documents.iter().filter_map(|document| document.workflow_id).collect();
            assert_eq!(options.skills.iter().map(|skill| skill.id).collect::<BTreeSet<_>>(), skills);
            for case in 0..FILTERS {
                let filter = if case == 0 { RunFilter::default() } else { any(&oracle::any_filter(), &mut runner) };
                let request = PageRequest {
                    page: (case as u64 % 3 + 1).try_into().unwrap(),
                    limit: [25, 10, 1, 100][case % 4].try_into().unwrap(),
                };
                let page = list_runs::summaries(&org, &filter, request).await.unwrap();
                let expected = oracle::list(&documents, &filter, request);
                let ids: Vec<_> = page.rows.iter().map(|run| run.id).collect();
                assert_eq!((ids, page.total.rows), expected, "{} for {filter:?} {request:?}", database.kind);
                let api = list_runs::runs(&org, &filter, request, Columns::List).await.unwrap();
                assert_eq!(api.rows.iter().map(|run| run.id).collect::<Vec<_>>(), expected.0, "{}", database.kind);
                // Each stands where a link to it says.
                if let Some(last) = page.rows.last() {
                    let before = org.snapshot().await.unwrap().count_before(&filter, last.created_at, last.id).await;
                    let expected = request.offset() + page.rows.len() as u64 - 1;
                    assert_eq!(before.unwrap(), expected, "{} for {filter:?} {request:?}", database.kind);
                }
                fitting += usize::from(page.total.rows > 0);
            }
        }
        assert!(fitting > DATA_SETS * FILTERS / 5, "the filters meet something: {fitting}");
        database.assert_kept().await;
    }
}

#[tokio::test]
async fn a_page_far_down_is_the_one_that_the_oracle_finds() {
    let documents: Vec<_> = (0..6_200_u64)
        .map(|n| {
            // Ten at once, over seventeen hours; one in twelve failed.
            let status = if n % 12 == 0 { "failed" } else { "completed" };
            let created_at = runs::at(i64::try_from(n / 10 * 100).unwrap());
            let (id, workflow_id) = (runs::id(1, n), runs::id(2, n % 3));
            runs::document(&json!({ "id": id, "workflow_id": workflow_id, "status": status, "created_at": created_at }))
        })
        .collect();
    let all = RunFilter::default();
    let filters = [
        all.clone(),
        RunFilter { status: Some(RunStatus::Completed), ..all.clone() },
        RunFilter { started: Some(Range { from: Some(runs::at(777).parse().unwrap()), to: None }), ..all.clone() },
        RunFilter { started: Some(Range { from: None, to: Some(runs::at(61_234).parse().unwrap()) }), ..all },
    ];
    for database in both().await {
        let org = organization(&database.db).await;
        write(&org, &documents).await;
        for filter in &filters {
            for page in [1, 50, 51, 52, 55, 57, 60, 62, 63, 1_000_000_000] {
                let request = PageRequest { page: page.try_into().unwrap(), limit: 100.try_into().unwrap() };
                let answer = list_runs::summaries(&org, filter, request).await.unwrap();
                let ids: Vec<_> = answer.rows.iter().map(|run| run.id).collect();
                assert_eq!(
                    (ids, answer.total.rows),
                    oracle::list(&documents, filter, request),
                    "{} {page}",
                    database.kind
                );
            }
        }
    }
}

#[tokio::test]
async fn what_is_counted_run_by_run_is_counted_up_to_ten_thousand() {
    let run = |n: u64| {
        let at = runs::at(i64::try_from(n).unwrap());
        runs::document(&json!({
            "id": runs::id(1, n), "workflow_id": runs::id(2, 1), "status": "completed", "created_at": at, "completed_at": at,
            "conversation_id": runs::id(4, 1), "trigger_id": "nightly"
        }))
    };
    let documents: Vec<_> = (0..Total::COUNTED + 30).map(run).collect();
    let since = |second: i64| Some(Range { from: Some(runs::at(second).parse().unwrap()), to: None });
    let all = RunFilter::default();
    for database in both().await {
        let org = organization(&database.db).await;
        write(&org, &documents).await;
        for (filter, total) in [
            (all.clone(), Total::from(Total::COUNTED + 30)),
            (RunFilter { finished: since(0), ..all.clone() }, Total::counted(Total::COUNTED + 1)),
            (RunFilter { trigger_id: Some("nightly".to_owned()), ..all.clone() }, Total::counted(Total::COUNTED + 1)),
            (
                RunFilter { conversation_id: Some(ConversationId(runs::id(4, 1))), ..all.clone() },
                Total::from(Total::COUNTED + 30),
            ),
            (RunFilter { ended: since(30), ..all.clone() }, Total::from(Total::COUNTED)),
        ] {
            // The last page is there, however many are counted.
            let request = PageRequest { page: 101.try_into().unwrap(), limit: Limit::MAX.try_into().unwrap() };
            let page = list_runs::summaries(&org, &filter, request).await.unwrap();
            assert_eq!(page.total, total, "{} {filter:?}", database.kind);
            let ids: Vec<_> = page.rows.iter().map(|run| run.id).collect();
            assert_eq!(ids, oracle::list(&documents, &filter, request).0, "{} {filter:?}", database.kind);
        }
    }
}

#[tokio::test]
async fn of_many_runs_that_no_menu_tells_apart_the_newest_are_looked_at() {
    const LOOKED_AT: u64 = 20_000;
    const MORE: u64 = 40;
    const FAILED: u64 = Total::COUNTED + 30;
    let day = 86_400_000;
    let run = |n: u64| {
        let at = runs::at(i64::try_from(n).unwrap());
        runs::document(&json!({
            "id": runs::id(1, n), "workflow_id": runs::id(2, u64::from(n.is_multiple_of(500))), "trigger_id": "nightly",
            "conversation_id": runs::id(4, 1), "status": if n < FAILED { "failed" } else { "completed" }, "created_at": at, "completed_at": at,
            "duration_ms": if n == 7 { 90 * day } else { 1 },
            "state": { "runtimeContext": { "state": { "region": "eu", "vip": n.is_multiple_of(700) } } }
        }))
    };
    let documents: Vec<_> = (0..LOOKED_AT + MORE).map(run).collect();
    let all = RunFilter::default();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let eu = RunFilter { state: [pair("region", "eu")].into(), ..all.clone() };
    let vip = RunFilter { state: [pair("region", "eu"), pair("vip", "true")].into(), ..all.clone() };
    let (failed, few) = (Some(RunStatus::Failed), Some(WorkflowId(runs::id(2, 1))));
    let nightly = RunFilter { trigger_id: Some("nightly".to_owned()), ..all.clone() };
    let range = |from: i64, to: i64| Some(Range { from: runs::at(from).parse().ok(), to: runs::at(to).parse().ok() });
    let looked_at = |rows: u64| Total { rows, is_capped: true };
    let lists = [
        // Of all of these, the newest are looked at.
        (RunFilter { status: failed, ..eu.clone() }, looked_at(FAILED - MORE)),
        (RunFilter { status: failed, ..nightly.clone() }, looked_at(FAILED - MORE)),
        (RunFilter { status: failed, ended: range(0, 99_999), ..all.clone() }, looked_at(FAILED - MORE)),
        // A conversation is looked at whole.
        (
            RunFilter { status: failed, conversation_id: Some(ConversationId(runs::id(4, 1))), ..all.clone() },
            Total::from(FAILED),
        ),
        // Few fit the rest …
        (RunFilter { workflow_id: few, ..eu.clone() }, Total::from(41)),
        (RunFilter { workflow_id: few, ..nightly.clone() }, Total::from(41)),
        (RunFilter { workflow_id: few, finished: range(0, 99_999), ..all.clone() }, Total::from(41)),
        (RunFilter { workflow_id: Some(WorkflowId(runs::id(2, 9))), ..eu.clone() }, Total::from(0)),
        (RunFilter { duration: Some(Range { from: Some(60 * day), to: None }), ..all.clone() }, Total::from(1)),
        (RunFilter { tokens: Some(Range { from: Some(5_000_000_000), to: None }), ..all.clone() }, Total::from(0)),
        // … or not many are to be looked at.
        (vip, Total::from(29)),
        (RunFilter { ended: range(100, 400), ..nightly.clone() }, Total::from(300)),
        (RunFilter { status: failed, started: range(0, 9_000), ..eu.clone() }, Total::from(9_000)),
        (RunFilter { status: failed, finished: range(5_000, 12_000), ..all }, Total::from(FAILED - 5_000)),
    ];
    for database in both().await {
        let org = organization(&database.db).await;
        for some in documents.chunks(500) {
            let writes = some.iter().cloned().map(|document| RunWrite::named(document).unwrap());
            ingest::write(&org, writes.collect()).await.unwrap();
        }
        // A value alone has all pages, at whatever time.
        let at_any_time = RunFilter { started: range(0, 99_999), ..eu.clone() };
        let last = PageRequest { page: 201.try_into().unwrap(), limit: Limit::MAX.try_into().unwrap() };
        let ids: Vec<_> =
            list_runs::summaries(&org, &at_any_time, last).await.unwrap().rows.iter().map(|run| run.id).collect();
        assert_eq!(ids, oracle::list(&documents, &at_any_time, last).0, "{}", database.kind);
        for (filter, total) in &lists {
            for page in [1, total.rows.div_ceil(Limit::MAX).max(1), total.rows / Limit::MAX + 2] {
                let request = PageRequest { page: page.try_into().unwrap(), limit: Limit::MAX.try_into().unwrap() };
                let page = list_runs::summaries(&org, filter, request).await.unwrap();
                assert_eq!(page.total, *total, "{} {filter:?}", database.kind);
                let ids: Vec<_> = page.rows.iter().map(|run| run.id).collect();
                let (mut expected, _) = oracle::list(&documents, filter, request);
                expected.truncate(usize::try_from(total.rows.saturating_sub(request.offset())).unwrap());
                assert_eq!(ids, expected, "{} {filter:?} {request:?}", database.kind);
            }
            let plans = org.snapshot().await.unwrap().explain_list(filter, PageRequest::default()).await.unwrap();
            let mut steps = plans.rows.iter().chain(&plans.total);
            let scans =
                |step: &String| step.starts_with("SCAN workflow_runs") || step.starts_with("SCAN run_state_values");
            assert!(!steps.any(scans), "{filter:?}: {plans:?}");
            let summary = summary::summary(&org, filter, runs::at(0).parse().unwrap()).await.unwrap();
            assert_eq!(
                (summary.total, summary.total_capped),
                (total.rows, total.is_capped),
                "{} {filter:?}",
                database.kind
            );
        }
    }
}

#[tokio::test]
async fn no_list_scans_the_table_or_sorts_more_than_its_page() {
    // SQLite plans by the statement alone; what PostgreSQL does with a million runs is seen by `make bench`.
    let sqlite = &both().await[0];
    let org = organization(&sqlite.db).await;
    for (name, filter) in oracle::menu_filters() {
        let plans = org.snapshot().await.unwrap().explain_list(&filter, PageRequest::default()).await.unwrap();
        for step in plans.rows.iter().chain(&plans.total) {
            assert!(!step.starts_with("SCAN workflow_runs"), "{name}: {plans:?}");
        }
        // The page itself is put in order once more when it has been joined; that is the last step.
        let sorts = plans.rows.iter().filter(|step| step.contains("TEMP B-TREE")).count();
        assert!(sorts <= 1, "{name}: {plans:?}");
    }
}

#[tokio::test]
async fn an_index_that_is_wrong_is_found_and_made_again() {
    for database in both().await {
        let org = organization(&database.db).await;
        write(&org, &(0..3).map(|n| runs::document(&runs::full_run(n))).collect::<Vec<_>>()).await;
        assert_eq!(org.check_index().await.unwrap().differences, 0, "{}", database.kind);
        let id = org.organization_id().0.simple();
        let id = if database.kind == "SQLite" { format!("X'{id}'") } else { format!("'{id}'") };
        let sql = format!("DELETE FROM run_index_changes WHERE organization_id = {id} RETURNING 1");
        database
            .number(if database.kind == "SQLite" {
                sql
            } else {
                format!("WITH gone AS ({sql}) SELECT count(*) FROM gone")
            })
            .await;
        // Another server, which has nothing in memory.
        let other = OrgDb::new(open(&database.url).await, org.organization_id());
        let check = other.check_index().await.unwrap();
        assert_eq!((check.runs, check.differences, count(&other).await), (3, 3, 0), "{}", database.kind);
        let before = (org.stamp().await.unwrap(), org.last_change().await.unwrap());
        other.rebuild_index().await.unwrap();
        // Answers that were kept are not given any more; a copy is still a copy.
        assert_ne!(org.stamp().await.unwrap(), before.0, "{}", database.kind);
        assert_eq!(org.last_change().await.unwrap(), before.1, "{}", database.kind);
        assert_eq!((other.check_index().await.unwrap().differences, count(&other).await), (0, 3));
        // The first one hears of it, and goes on from there.
        write(&org, &[runs::document(&runs::full_run(7))]).await;
        assert_eq!((count(&org).await, count(&other).await), (4, 4), "{}", database.kind);
        database.assert_kept().await;
    }
}

//! Exports are all pages of their lists, with every message whole.

use super::*;
use alloy_logs::{
    domain::{document::TokenUsage, exported_run::ExportedRun},
    server::query::export::export,
};

/// More than are read at once.
const RUNS: u64 = 1_300;
const FILTERS: usize = 30;

async fn exported(org: &OrgDb, filter: &RunFilter) -> Vec<ExportedRun> {
    let (mut batches, mut all) = (export(org.clone(), filter.clone()), Vec::new());
    loop {
        let batch = batches.recv().await.unwrap().unwrap();
        if batch.is_empty() {
            return all;
        }
        all.extend(batch.read().unwrap());
    }
}

#[tokio::test]
async fn an_export_has_each_run_of_its_list_once_and_whole() {
    for database in both().await {
        let (mut runner, org) = (TestRunner::deterministic(), organization(&database.db).await);
        let text = proptest::option::weighted(0.8, "[^\0]{0,40}|[a-z\"\\\\\n\u{2028}=é漢😀]{0,700}");
        let documents: Vec<_> = (0..RUNS)
            .map(|n| {
                let mut document = any(&runs::any_run(n), &mut runner);
                document.input_message = any(&text, &mut runner);
                document.output_message = any(&text, &mut runner);
                document.error_message = any(&text, &mut runner);
                document
            })
            .collect();
        write(&org, &documents).await;
        let by_id: BTreeMap<_, _> = documents.iter().map(|document| (document.id.unwrap(), document)).collect();
        for case in 0..FILTERS {
            let any_filter = any(&oracle::any_filter(), &mut runner);
            let filter = match case {
                0 => RunFilter::default(),
                1..5 => RunFilter { started: any_filter.started, ..RunFilter::default() },
                _ => any_filter,
            };
            let exported = exported(&org, &filter).await;
            let ids: Vec<_> = exported.iter().map(|run| run.id).collect();
            assert_eq!(ids, oracle::all(&documents, &filter), "{} for {filter:?}", database.kind);
            for run in exported {
                let document = by_id[&run.id];
                let written = [&document.input_message, &document.output_message, &document.error_message];
                assert_eq!([&run.input_message, &run.output_message, &run.error_message], written, "{}", database.kind);
                assert_eq!((run.created_at, run.started_at), (document.created_at, document.started_at));
                assert_eq!((Some(run.workflow_id), &run.trigger_id), (document.workflow_id, &document.trigger_id));
                let sum = |tokens: fn(&TokenUsage) -> i64| {
                    let usages = &document.token_history;
                    (!usages.is_empty()).then(|| usages.iter().map(tokens).sum::<i64>())
                };
                let written = (sum(|usage| usage.input_tokens), sum(|usage| usage.output_tokens));
                assert_eq!((run.input_tokens, run.output_tokens), written, "{}", database.kind);
                assert_eq!(
                    (run.ai_employee_id, run.conversation_id, &run.model, run.status, run.duration_ms),
                    (
                        document.ai_employee_id,
                        document.conversation_id,
                        &document.model,
                        document.status,
                        document.duration()
                    ),
                );
            }
        }
    }
}

#[tokio::test]
async fn an_export_of_a_time_goes_on_where_it_was() {
    // SQLite plans by the statement alone.
    let sqlite = &both().await[0];
    let org = organization(&sqlite.db).await;
    let place = (runs::at(50).parse().unwrap(), RunId(runs::id(1, 1)));
    let [from, to] = [10, 90].map(|second| Some(runs::at(second).parse().unwrap()));
    for range in [None, Some(Range { from, to: None }), Some(Range { from: None, to }), Some(Range { from, to })] {
        let filter = RunFilter { started: range, ..RunFilter::default() };
        let plan = org.snapshot().await.unwrap().explain_export(filter, place).await.unwrap();
        let [step] = &plan[..] else { panic!("{range:?}: {plan:?}") };
        assert!(step.contains("runs_by_creation") && step.contains("(created_at,id)<(?,?)"), "{range:?}: {plan:?}");
    }
}

//! The query layer on both databases, against what a plain program over plain values answers.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use alloy_logs::{
    domain::{
        change::Position,
        cost::Usd,
        filter::RunFilter,
        ids::{OrganizationId, RunId, WorkflowId},
        json::Json,
        page::PageRequest,
        posted::{Part, Posted},
        range::Range,
        run::{Flow, RunDetail},
        run_edit::{Change, RunEdit},
        run_write::RunWrite,
        status::RunStatus,
        time::Timestamp,
    },
    server::{
        otlp::{
            receive::{self, Encoding},
            span::Span,
        },
        query::{
            filter_options,
            get_run::get_run,
            ingest, list_runs,
            run_changes::{self, Change as Told},
            traces,
        },
        store::{Columns, OrgDb, WriteOutcome},
    },
};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::{collections::BTreeSet, time::Duration};
use support::{
    database::{self, both, open, organization},
    oracle, runs,
};

/// Writes documents as the program does, in batches.
async fn write(org: &OrgDb, documents: &[alloy_logs::domain::document::RunDocument]) -> Vec<WriteOutcome> {
    let mut outcomes = Vec::new();
    for batch in documents.chunks(40) {
        let writes: Vec<_> = batch.iter().cloned().map(|document| RunWrite::named(document).unwrap()).collect();
        outcomes.extend(ingest::write(org, writes).await.unwrap());
    }
    outcomes
}

async fn count(org: &OrgDb) -> u64 {
    org.snapshot().await.unwrap().count_runs(&RunFilter::default()).await.unwrap()
}

async fn detail(org: &OrgDb, value: &serde_json::Value) -> RunDetail {
    let id: RunId = serde_json::from_value(value["id"].clone()).unwrap();
    get_run(org, id.into()).await.unwrap().unwrap()
}

/// So many data sets, each asked with so many filters: 2,000 combinations on each database.
const DATA_SETS: usize = 50;
const FILTERS: usize = 40;

/// The next value of a strategy.
fn any<S: Strategy>(strategy: &S, runner: &mut TestRunner) -> S::Value {
    strategy.new_tree(runner).unwrap().current()
}

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
            let options = filter_options::filter_options(&org).await.unwrap();
            let models: BTreeSet<_> = documents.iter().filter_map(|document| document.model.clone()).collect();
            // A model that no run has any more may still be offered.
            assert!(models.iter().all(|model| options.models.contains(model)), "{}", database.kind);
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
                assert_eq!((ids, page.total), expected, "{} for {filter:?} {request:?}", database.kind);
                let api = list_runs::runs(&org, &filter, request, Columns::List).await.unwrap();
                assert_eq!(api.rows.iter().map(|run| run.id).collect::<Vec<_>>(), expected.0, "{}", database.kind);
                // Each stands where a link to it says.
                if let Some(last) = page.rows.last() {
                    let before = org.snapshot().await.unwrap().count_before(&filter, last.created_at, last.id).await;
                    let expected = request.offset() + page.rows.len() as u64 - 1;
                    assert_eq!(before.unwrap(), expected, "{} for {filter:?} {request:?}", database.kind);
                }
                fitting += usize::from(page.total > 0);
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
                assert_eq!((ids, answer.total), oracle::list(&documents, filter, request), "{} {page}", database.kind);
            }
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
async fn a_run_that_is_replaced_is_read_as_one_of_its_versions() {
    for database in both().await {
        let org = organization(&database.db).await;
        let version = |steps: u64| {
            let mut value = runs::full_run(1);
            value["model"] = json!(steps.to_string());
            value["steps"] = (0..steps).map(|n| json!({ "id": n.to_string() })).collect();
            value["token_history"] = json!([{ "id": "t", "key_type": "own", "input_tokens": steps }]);
            value
        };
        write(&org, &[runs::document(&version(1))]).await;
        let writer = tokio::spawn({
            let org = org.clone();
            async move {
                for steps in 2..60 {
                    write(&org, &[runs::document(&version(steps))]).await;
                }
            }
        });
        while !writer.is_finished() {
            let read = detail(&org, &version(1)).await;
            let steps = read.steps_total;
            assert_eq!(read.run.model, Some(steps.to_string()), "{}", database.kind);
            assert_eq!(read.run.costs[0].input_tokens, i64::try_from(steps).unwrap(), "{}", database.kind);
        }
        writer.await.unwrap();
    }
}

#[tokio::test]
async fn a_run_comes_back_as_it_was_written() {
    let value = runs::full_run(1);
    for database in both().await {
        let org = organization(&database.db).await;
        assert_eq!(write(&org, &[runs::document(&value)]).await, [WriteOutcome::Created]);
        let detail = detail(&org, &value).await;
        let document = runs::document(&value);
        assert_eq!(detail.steps_total, 2);
        assert_eq!(detail.attachments, document.attachments);
        assert_eq!(detail.voice_transcripts, document.voice_transcripts);
        assert_eq!(detail.run.state, document.state);
        assert_eq!(detail.run.flow, Flow::Read(document.flow.clone()));
        assert_eq!(detail.run.input_message, document.input_message);
        assert_eq!((detail.run.duration_ms, detail.run.total_tokens), (Some(7_000), Some(4_622)));
        assert_eq!((detail.run.source.as_str(), detail.run.workflow_name.as_str()), ("employee_chat", "Refund triage"));
        let failure = detail.run.failure.as_ref().unwrap();
        assert_eq!(failure.reason().unwrap(), "ledger.create: 409: period 2026-10 is closed");
        assert_eq!(
            serde_json::to_value(&detail.run.costs).unwrap(),
            json!([
                { "key_type": "own", "input_tokens": 88, "output_tokens": 9, "cached_input_tokens": 0, "usd_cost": 0.0008 },
                { "key_type": "platform", "input_tokens": 3913, "output_tokens": 612, "cached_input_tokens": 2048, "usd_cost": 0.1192 }
            ])
        );
        let mut steps = document.steps.clone();
        for step in &mut steps {
            step.duration_ms = step.millis();
        }
        assert_eq!(detail.steps, steps);
    }
}

#[tokio::test]
async fn the_same_document_twice_is_one_run_and_a_newer_one_replaces_it() {
    for database in both().await {
        let mut value = runs::full_run(1);
        let org = organization(&database.db).await;
        value["updated_at"] = json!(runs::at(20));
        value["status"] = json!("failed");
        let document = runs::document(&value);
        assert_eq!(
            write(&org, &[document.clone(), document.clone()]).await,
            [WriteOutcome::Created, WriteOutcome::Replaced]
        );
        let first = detail(&org, &value).await;
        write(&org, &[document]).await;
        assert_eq!(detail(&org, &value).await, first);

        value["updated_at"] = json!(runs::at(19));
        value["status"] = json!("running");
        assert_eq!(write(&org, &[runs::document(&value)]).await, [WriteOutcome::Stale]);
        assert_eq!(detail(&org, &value).await, first);

        value["updated_at"] = json!(runs::at(21));
        value["status"] = json!("completed");
        value["steps"] = json!([]);
        assert_eq!(write(&org, &[runs::document(&value)]).await, [WriteOutcome::Replaced]);
        let last = detail(&org, &value).await;
        assert_eq!((last.steps_total, last.run.failure), (0, None));

        value["workflow_id"] = json!(runs::id(2, 9));
        assert_eq!(write(&org, &[runs::document(&value)]).await, [WriteOutcome::OtherWorkflow]);
        assert_eq!(count(&org).await, 1);
    }
}

#[tokio::test]
async fn p40_sources_follow_a_conversation_when_its_channel_becomes_known() {
    for database in both().await {
        let org = organization(&database.db).await;
        let mut early = runs::full_run(1);
        early["conversation_channel"] = json!(null);
        let mut late = runs::full_run(2);
        late["conversation_channel"] = json!("ally_chat");
        write(&org, &[runs::document(&early)]).await;
        assert_eq!(detail(&org, &early).await.run.source, "employee_chat");
        write(&org, &[runs::document(&late)]).await;
        assert_eq!(detail(&org, &early).await.run.source, "ally_chat");
        // A later document that does not know it leaves it known.
        write(&org, &[runs::document(&early)]).await;
        assert_eq!(detail(&org, &early).await.run.source, "ally_chat");
        // Several in one batch, one of them written before.
        let mut third = runs::full_run(3);
        third["conversation_channel"] = json!("phone_line");
        write(&org, &[runs::document(&early), runs::document(&third), runs::document(&runs::full_run(3))]).await;
        let of = |source: &str| RunFilter { source: Some(source.to_owned()), ..RunFilter::default() };
        let mut snapshot = org.snapshot().await.unwrap();
        assert_eq!(snapshot.count_runs(&of("employee_chat")).await.unwrap(), 3);
        assert_eq!(snapshot.count_runs(&of("ally_chat")).await.unwrap(), 0);
        drop(snapshot);
        database.assert_kept().await;
    }
}

#[tokio::test]
async fn long_messages_are_cut_on_pages_and_whole_for_the_api() {
    let mut value = runs::full_run(1);
    value["input_message"] = json!("長い".repeat(4_000));
    for database in both().await {
        let org = organization(&database.db).await;
        write(&org, &[runs::document(&value)]).await;
        let all = RunFilter::default();
        let page = list_runs::summaries(&org, &all, PageRequest::default()).await.unwrap();
        assert_eq!(page.rows[0].input_message.as_ref().unwrap().chars().count(), 500);
        for columns in [Columns::List, Columns::Full] {
            let page = list_runs::runs(&org, &all, PageRequest::default(), columns).await.unwrap();
            assert_eq!(page.rows[0].input_message.as_deref(), value["input_message"].as_str());
            assert_eq!(page.rows[0].error_message.as_deref(), Some("the run failed"));
        }
    }
}

#[tokio::test]
async fn a_conversation_without_a_title_is_named_once_however_many_ask() {
    for database in both().await {
        let org = organization(&database.db).await;
        let mut first = runs::full_run(1);
        first["conversation_title"] = json!(null);
        first["input_message"] = json!(null);
        let mut second = runs::full_run(2);
        second["conversation_title"] = json!(null);
        second["created_at"] = json!(runs::at(15));
        second["input_message"] = json!("Where is my parcel?\nIt is late.");
        write(&org, &[runs::document(&first), runs::document(&second)]).await;
        let asked = (0..8).map(|n| {
            let (org, value) = (org.clone(), if n % 2 == 0 { first.clone() } else { second.clone() });
            tokio::spawn(async move { detail(&org, &value).await.run.conversation_title })
        });
        for title in asked.collect::<Vec<_>>() {
            assert_eq!(title.await.unwrap().as_deref(), Some("Where is my parcel?"), "{}", database.kind);
        }
    }
}

#[tokio::test]
async fn writers_at_once_do_not_fail_each_other() {
    for database in both().await {
        let org = organization(&database.db).await;
        let writers = (0..8_u64).map(|writer| {
            let org = org.clone();
            tokio::spawn(async move {
                for n in 0..10 {
                    write(&org, &[runs::document(&runs::full_run(writer * 100 + n))]).await;
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        assert_eq!(count(&org).await, 80, "{}", database.kind);
        database.assert_kept().await;
    }
}

#[tokio::test]
async fn of_many_writers_of_one_run_the_newest_wins_by_the_engines_clock() {
    for database in both().await {
        let org = organization(&database.db).await;
        let writers = (0..12_i64).map(|n| {
            let org = org.clone();
            tokio::spawn(async move {
                let mut value = runs::full_run(1);
                // 0, 5, 10, 3, 8, … : in no order.
                value["updated_at"] = json!(runs::at(n * 5 % 12));
                value["model"] = json!(format!("model {}", n * 5 % 12));
                write(&org, &[runs::document(&value)]).await;
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let last = detail(&org, &runs::full_run(1)).await;
        assert_eq!((last.run.model.as_deref(), last.steps_total), (Some("model 11"), 2), "{}", database.kind);
    }
}

#[tokio::test]
async fn what_lay_in_tables_of_its_own_is_repacked() {
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    // A codec byte that says that what follows is plain.
    let packed = |text: &str| format!("bytes'00{}'", hex(text));
    let id = |kind, n| format!("id'{}'", runs::id(kind, n).simple());
    let (org, run, long) = (id(9, 1), id(1, 1), "long ".repeat(200));
    let list_state =
        r#"{"currentStepId":"s1","error":null,"runtimeContext":{"userId":null,"isAsync":null},"steps":[]}"#;
    let payload = r#"{"input":{"order":1.0},"output":null,"tool_calls":[{"id":"c","name":"t"}]}"#;
    let turns = r#"[{"speaker":"caller","text":"Hello?","start_ms":0,"end_ms":900}]"#;
    let statements = [
        format!("INSERT INTO organizations VALUES ({org}, 'Old', 0)"),
        format!("INSERT INTO workflows VALUES ({org}, {}, 'Refund triage')", id(2, 1)),
        format!(
            "INSERT INTO workflow_runs (organization_id, id, workflow_id, source, status, created_at, started_at, \
             completed_at, finished_at, duration_ms, has_long_message, input_preview, output_preview, list_state) \
             VALUES ({org}, {run}, {}, 'api', 'completed', 1000000, 2000000, 5000000, 5000000, 3000, CAST(1 AS BOOLEAN), \
             'short', 'long', '{list_state}')",
            id(2, 1)
        ),
        format!("INSERT INTO run_counts VALUES ({org}, 'all', '', 0, 1)"),
        format!("INSERT INTO run_payloads VALUES ({org}, {run}, NULL, '{long}', NULL, {})", packed(r#"{"n":1.0}"#)),
        format!(
            "INSERT INTO step_logs VALUES ({org}, {run}, 'b', 1, 'a', NULL, 'Second', 'tool', 'completed', 3000000, \
             4000000, 1000, NULL, {})",
            packed(payload)
        ),
        format!(
            "INSERT INTO step_logs VALUES ({org}, {run}, 'a', 0, NULL, NULL, 'First', NULL, NULL, NULL, NULL, NULL, 'e', NULL)"
        ),
        format!("INSERT INTO token_history VALUES ({org}, {run}, 't', 'platform', NULL, 3, 2, 1, 500000000)"),
        format!("INSERT INTO attachments VALUES ({org}, {run}, {}, 0, 'a.pdf', 'application/pdf', 7)", id(5, 1)),
        format!("INSERT INTO voice_transcripts VALUES ({org}, {run}, {}, 0, NULL, {})", id(6, 1), packed(turns)),
    ]
    .join(";\n");
    let prepare = async |kind: &'static str, url: &str| database::migrate_to(kind, url, 3, &statements).await;
    for database in database::both_after(prepare).await {
        let org = OrgDb::new(database.db.clone(), OrganizationId(runs::id(9, 1)));
        let id = RunId(runs::id(1, 1));
        let RunDetail { run, steps, steps_total, attachments, voice_transcripts } =
            get_run(&org, id.into()).await.unwrap().unwrap();
        assert_eq!((run.input_message.as_deref(), run.output_message.as_deref()), (Some("short"), Some(long.as_str())));
        assert_eq!((run.duration_ms, run.state.unwrap().as_str()), (Some(3_000), r#"{"n":1.0}"#));
        assert_eq!((run.costs[0].input_tokens, run.costs[0].usd_cost), (3, Some(Usd::from_nanos(500_000_000))));
        let [first, second] = steps.as_slice() else { panic!("{steps:?}") };
        assert_eq!((first.id.as_str(), first.error.as_deref(), steps_total), ("a", Some("e"), 2));
        assert_eq!((second.parent_id.as_deref(), second.duration_ms), (Some("a"), Some(1_000)));
        assert_eq!(second.input.as_ref().unwrap().as_str(), r#"{"order":1.0}"#);
        assert_eq!((second.tool_calls[0].name.as_str(), attachments[0].size), ("t", 7));
        assert_eq!(voice_transcripts[0].turns[0].text, "Hello?");
        let page = list_runs::runs(&org, &RunFilter::default(), PageRequest::default(), Columns::List).await.unwrap();
        assert_eq!(page.rows[0].state.as_ref().unwrap().as_str(), list_state);
        assert_eq!(page.rows[0].output_message.as_deref(), Some(long.as_str()));
    }
}

/// Something that an engine says of a run.
#[derive(Clone)]
enum Said {
    Document(serde_json::Value),
    Parts(Vec<Part>, Option<i64>),
}

/// What an engine may say of one run: by its clock, each at another time; or without, and then nothing that contradicts
/// what is as final.
fn anything_said(random: &mut ChaCha8Rng) -> Vec<Said> {
    let has_clock = random.random_bool(0.7);
    let mut clocks: Vec<i64> = (1..30).collect();
    clocks.shuffle(random);
    let mut clock = || clocks.pop().filter(|_| has_clock);
    let step = |name: &str, is_final: bool, told: u32| {
        let id = u32::from(name.as_bytes()[0]);
        json!({
            "id": name, "name": name, "started_at": runs::at(i64::from(id % 7)),
            "ended_at": is_final.then(|| runs::at(60)), "status": if is_final { "failed" } else { "running" },
            "output": if has_clock { told } else { u32::from(is_final) }, "error": is_final.then_some("it broke"),
        })
    };
    let usage = |told: u32| {
        let told = if has_clock { told } else { 1 };
        json!({ "id": "t", "key_type": "platform", "input_tokens": told, "usd_cost": told })
    };
    let mut said = Vec::new();
    for (told, is_final) in [(1, false), (2, true)] {
        let steps: Vec<_> =
            ["a", "b"].iter().filter(|_| random.random_bool(0.7)).map(|id| step(id, is_final, told)).collect();
        // Without clocks there is one document, or an end would take away what it does not name.
        if has_clock || is_final {
            said.push(Said::Document(json!({
                "id": runs::id(1, 1), "workflow_id": runs::id(2, 1), "created_at": runs::at(0),
                "status": if is_final { "failed" } else { "running" }, "failed_at": is_final.then(|| runs::at(61)),
                "updated_at": clock().map(runs::at), "input_message": format!("said {told}"),
                "steps": steps, "token_history": if random.random_bool(0.5) { json!([usage(told)]) } else { json!([]) },
            })));
        }
    }
    for told in 3..9 {
        let step = |name| Part::Step(serde_json::from_value(step(name, told % 2 == 0, told)).unwrap());
        let usage = || Part::TokenUsage(serde_json::from_value(usage(told)).unwrap());
        let parts = match random.random_range(0..4) {
            0 => vec![step("a")],
            1 => vec![step("b"), step("c")],
            2 => vec![usage()],
            _ => vec![step("c"), usage()],
        };
        said.push(Said::Parts(parts, clock()));
    }
    said
}

async fn say(org: &OrgDb, said: &Said) {
    match said {
        Said::Document(document) => {
            write(org, &[runs::document(document)]).await;
        }
        Said::Parts(parts, clock) => {
            let updated_at = clock.map(|clock| runs::at(clock).parse().unwrap());
            let parts = parts.iter().map(|part| Posted { part: part.clone(), updated_at }).collect();
            let (run_id, workflow_id) = (RunId(runs::id(1, 1)), Some(WorkflowId(runs::id(2, 1))));
            let outcome =
                ingest::edit(org, RunEdit { run_id, workflow_id, change: Change::Parts(parts) }).await.unwrap();
            assert!(matches!(outcome, WriteOutcome::Replaced | WriteOutcome::Waiting), "{outcome:?}");
        }
    }
}

#[tokio::test]
async fn what_is_said_of_a_run_comes_to_the_same_in_every_order() {
    for database in both().await {
        for seed in 0..30 {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let mut said = anything_said(&mut random);
            let mut first = None;
            for order in 0..4 {
                let org = organization(&database.db).await;
                for said in &said {
                    say(&org, said).await;
                }
                // Some of it arrives twice.
                say(&org, &said[random.random_range(0..said.len())]).await;
                let RunDetail { mut run, steps, .. } =
                    get_run(&org, RunId(runs::id(1, 1)).into()).await.unwrap().unwrap();
                run.organization_id = OrganizationId(runs::id(9, 1));
                let listed = list_runs::runs(&org, &RunFilter::default(), PageRequest::default(), Columns::List).await;
                let end = (run, steps, listed.unwrap().rows[0].state.clone());
                let is = first.get_or_insert_with(|| end.clone());
                assert_eq!(*is, end, "{}: seed {seed}, order {order}", database.kind);
                said.shuffle(&mut random);
            }
        }
        database.assert_kept().await;
    }
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_keeps_what_was_posted() {
    for database in both().await {
        let org = organization(&database.db).await;
        let run = runs::full_run(1);
        let (run_id, workflow_id) = (RunId(runs::id(1, 1)), Some(WorkflowId(runs::id(2, 1))));
        let patch = |text: &str| {
            let change = Change::Patch(Json::from_text(text.to_owned()).unwrap());
            ingest::edit(&org, RunEdit { run_id, workflow_id, change })
        };
        assert_eq!(patch("{}").await.unwrap(), WriteOutcome::Missing);
        write(&org, &[runs::document(&run)]).await;
        let before = detail(&org, &run).await;
        assert_eq!(patch("{}").await.unwrap(), WriteOutcome::Replaced);
        assert_eq!(detail(&org, &run).await, before, "{}", database.kind);
        let posted = serde_json::from_value(json!({ "id": "s3", "name": "Tell", "started_at": runs::at(20) })).unwrap();
        let change = Change::Parts(vec![Posted { part: Part::Step(posted), updated_at: None }]);
        ingest::edit(&org, RunEdit { run_id, workflow_id, change }).await.unwrap();
        let text = r#"{ "status": "completed", "failed_at": null, "completed_at": "2026-11-01T00:00:30Z", "error_message": null,
                        "state": { "runtimeContext": { "state": { "region": null, "vip": 1.50 } } }, "steps": [] }"#;
        assert_eq!(patch(text).await.unwrap(), WriteOutcome::Replaced);
        let after = detail(&org, &run).await;
        assert_eq!((after.run.status, after.run.duration_ms), (RunStatus::Completed, Some(19_000)));
        assert_eq!((after.run.failure.clone(), after.run.conversation_title.as_deref()), (None, Some("Order 88213")));
        assert_eq!((after.run.flow.clone(), &after.run.costs), (before.run.flow.clone(), &before.run.costs));
        assert!(after.run.state.as_ref().unwrap().as_str().contains(r#""state":{"n":7,"vip":1.50}"#));
        assert_eq!(after.steps.iter().map(|step| step.id.as_str()).collect::<Vec<_>>(), ["s3"]);
        let refused = patch(r#"{ "status": "done" }"#).await.unwrap();
        assert!(matches!(refused, WriteOutcome::Refused(faults) if faults[0].param == "status"));
        assert_eq!(patch(r#"{ "status": "running" }"#).await.unwrap(), WriteOutcome::Stale);
        let change = Change::Patch(Json::from_text("{}".to_owned()).unwrap());
        let elsewhere = RunEdit { run_id, workflow_id: Some(WorkflowId(runs::id(2, 2))), change };
        assert_eq!(ingest::edit(&org, elsewhere).await.unwrap(), WriteOutcome::OtherWorkflow);
        database.assert_kept().await;
    }
}

#[tokio::test]
async fn a_long_run_is_read_in_parts() {
    for database in both().await {
        let org = organization(&database.db).await;
        let mut run = runs::full_run(1);
        // Some of them too long for others to lie beside them.
        let step =
            |n: usize| json!({ "id": format!("s{n}"), "output": "x".repeat(if n % 100 == 7 { 90_000 } else { 500 }) });
        run["steps"] = (0..2_500).map(step).collect();
        write(&org, &[runs::document(&run)]).await;
        let RunDetail { steps, steps_total, .. } = detail(&org, &run).await;
        assert_eq!((steps.len(), steps_total), (1_000, 2_500));
        let id = RunId(runs::id(1, 1));
        for (offset, limit) in [(0, 1), (106, 3), (999, 1_000), (2_400, 1_000), (2_499, 1), (2_500, 10), (u64::MAX, 10)]
        {
            let (steps, total) = org.snapshot().await.unwrap().steps(id, offset, limit).await.unwrap();
            let ids: Vec<_> = steps.into_iter().map(|step| step.id).collect();
            let wanted = (offset..2_500).take(limit).map(|n| format!("s{n}"));
            assert_eq!((ids, total), (wanted.collect(), 2_500), "{}: {offset}, {limit}", database.kind);
        }
        let step = org.snapshot().await.unwrap().step(id, "s2407").await.unwrap().unwrap();
        assert_eq!(step.output.unwrap().as_str().len(), 90_002);
        assert_eq!(org.snapshot().await.unwrap().step(id, "s2500").await.unwrap(), None);
    }
}

/// What a reader is told after a position, by the numbers of the runs.
async fn told(org: &OrgDb, filter: &RunFilter, from: Position, most: u64) -> (Vec<String>, Position) {
    let number = |id: RunId| id.0.as_u64_pair().0 & 0xffff;
    let changes = run_changes::after(org, filter, from, most).await.unwrap();
    let said = changes.runs.into_iter().filter_map(|(_, change)| {
        Some(match change? {
            Told::Created(event) => format!("{} created", number(event.run.id)),
            Told::Updated(event) => format!("{} updated", number(event.run.id)),
            Told::Left(run) => format!("{} left: {}", number(run.id), run.status),
        })
    });
    (said.collect(), changes.to)
}

fn run_of(n: u64, status: &str) -> alloy_logs::domain::document::RunDocument {
    runs::document(
        &json!({ "id": runs::id(1, n), "workflow_id": runs::id(2, 1), "status": status, "created_at": runs::at(1) }),
    )
}

#[tokio::test]
async fn every_write_is_told_once_in_order_and_to_its_own_organization() {
    for database in both().await {
        let org = organization(&database.db).await;
        let other = organization(&database.db).await;
        let all = RunFilter::default();
        let running = RunFilter { status: Some(RunStatus::Running), ..all.clone() };
        assert_eq!(told(&org, &all, Position::after(0), 100).await, (vec![], Position::after(0)));

        write(&org, &[run_of(2, "running"), run_of(1, "running"), run_of(3, "pending")]).await;
        assert_eq!(org.last_change().await.unwrap(), 1);
        let (said, first) = told(&org, &all, Position::after(0), 100).await;
        assert_eq!(
            (said, first),
            (["1 created", "2 created", "3 created"].map(str::to_owned).to_vec(), Position::after(1))
        );
        // A run that never fitted is not spoken of.
        assert_eq!(told(&org, &running, Position::after(0), 100).await.0, ["1 created", "2 created"]);

        write(&org, &[run_of(1, "completed")]).await;
        write(&org, &[run_of(4, "running")]).await;
        write(&org, &[run_of(4, "running")]).await;
        let (said, last) = told(&org, &all, first, 100).await;
        assert_eq!((said, last), (["1 updated", "4 created"].map(str::to_owned).to_vec(), Position::after(4)));
        assert_eq!(told(&org, &running, first, 100).await.0, ["1 left: completed", "4 created"]);
        assert_eq!(told(&org, &all, last, 100).await, (vec![], last));

        // What changes nothing is no change.
        assert_eq!(write(&org, &[run_of(1, "running")]).await, [WriteOutcome::Stale]);
        assert_eq!(org.last_change().await.unwrap(), 4);
        assert_eq!(told(&other, &all, Position::after(0), 100).await, (vec![], Position::after(0)));
    }
}

#[tokio::test]
async fn a_write_of_many_runs_is_told_in_parts() {
    for database in both().await {
        let org = organization(&database.db).await;
        write(&org, &(0..7).map(|n| run_of(n, "running")).collect::<Vec<_>>()).await;
        write(&org, &[run_of(9, "running"), run_of(3, "running")]).await;
        let (mut said, mut from) = (Vec::new(), Position::after(0));
        loop {
            let (part, to) = told(&org, &RunFilter::default(), from, 3).await;
            assert_eq!(to.to_string().parse(), Ok(to));
            if to == from {
                break;
            }
            said.extend(part);
            from = to;
        }
        // The one that was written again comes where it was written last, and came before what had been told by then.
        let expected =
            ["0 created", "1 created", "2 created", "4 created", "5 created", "6 created", "3 updated", "9 created"];
        assert_eq!((said, from), (expected.map(str::to_owned).to_vec(), Position::after(2)), "{}", database.kind);
    }
}

#[tokio::test]
async fn a_run_whose_source_follows_its_conversation_has_changed() {
    for database in both().await {
        let org = organization(&database.db).await;
        let mut early = runs::full_run(1);
        early["conversation_channel"] = json!(null);
        write(&org, &[runs::document(&early)]).await;
        let mut late = runs::full_run(2);
        late["conversation_channel"] = json!("ally_chat");
        write(&org, &[runs::document(&late)]).await;
        let said = told(&org, &RunFilter::default(), Position::after(1), 100).await.0;
        assert_eq!(said, ["1 updated", "2 created"], "{}", database.kind);
    }
}

#[tokio::test]
async fn a_write_is_heard_of_here_and_on_another_server() {
    for database in both().await {
        let org = organization(&database.db).await;
        let elsewhere = OrgDb::new(open(&database.url).await, org.organization_id());
        let others = tokio::spawn({
            let db = database.db.clone();
            async move { db.hear_others().await }
        });
        let (mut here, mut there) = (org.listen(), elsewhere.listen());
        write(&org, &[run_of(1, "running")]).await;
        here.heard().await;
        write(&elsewhere, &[run_of(2, "running")]).await;
        there.heard().await;
        if database.kind == "PostgreSQL" {
            // Until it listens it may miss one; then it hears the next.
            while tokio::time::timeout(Duration::from_millis(100), here.heard()).await.is_err() {
                write(&elsewhere, &[run_of(3, "running")]).await;
            }
        }
        assert!(org.last_change().await.unwrap() >= 2);
        others.abort();
    }
}

/// A span that is sent: its number, that of its parent or 0, its end, and an attribute.
type Sent<'a> = (u8, u8, Option<u64>, (&'a str, &'a str));

/// Spans of one trace, as a client sends them at this moment.
fn spans_of(trace: u8, at: Timestamp, spans: &[Sent<'_>]) -> Vec<Span> {
    let span = |(id, parent, end, (key, value)): &Sent<'_>| {
        let nanos = |seconds: u64| (1_790_000_000_000_000_000 + seconds * 1_000_000_000).to_string();
        json!({
            "traceId": format!("{trace:032x}"), "spanId": format!("{id:016x}"), "name": format!("span {id}"),
            "parentSpanId": if *parent == 0 { String::new() } else { format!("{parent:016x}") },
            "startTimeUnixNano": nanos(1), "endTimeUnixNano": end.map(nanos),
            "attributes": [{ "key": key, "value": { "stringValue": value } }],
        })
    };
    let spans: Vec<_> = spans.iter().map(span).collect();
    let body = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": spans }] }] }).to_string();
    receive::traces(body.as_bytes(), Encoding::Json, at).unwrap().spans
}

#[tokio::test]
async fn traces_that_stop_are_given_up_and_those_of_no_run_forgotten() {
    let (chat, agent) = (("gen_ai.operation.name", "chat"), ("gen_ai.operation.name", "invoke_agent"));
    let stale_after = chrono::TimeDelta::minutes(30);
    for database in both().await {
        let org = organization(&database.db).await;
        let now: Timestamp = runs::at(0).parse().unwrap();
        let later = |minutes| now.plus(chrono::TimeDelta::minutes(minutes));
        let status = async || {
            let page = list_runs::summaries(&org, &RunFilter::default(), PageRequest::default()).await.unwrap();
            page.rows.iter().map(|run| (run.status, run.error_message.clone().unwrap_or_default())).collect::<Vec<_>>()
        };
        let look_after = async |minutes| Box::pin(traces::look_after(&org, later(minutes), stale_after)).await.unwrap();
        org.write_spans(spans_of(1, now, &[(2, 1, Some(3), chat)]), 1).await.unwrap();
        org.write_spans(spans_of(2, now, &[(1, 0, Some(3), ("http.method", "GET"))]), 1).await.unwrap();
        assert_eq!(status().await, [(RunStatus::Running, String::new())]);
        look_after(29).await;
        assert_eq!(status().await[0].0, RunStatus::Running);
        look_after(31).await;
        let [(given_up, why)] = status().await.try_into().unwrap();
        assert!(given_up == RunStatus::Failed && why.starts_with("no sign of life since"), "{given_up}: {why}");
        // Its end comes after all.
        org.write_spans(spans_of(1, later(40), &[(1, 0, Some(9), agent)]), 1).await.unwrap();
        assert_eq!(status().await, [(RunStatus::Completed, String::new())]);
        assert_eq!(traces::remap_all(&org, later(90), stale_after).await.unwrap(), 2);
        assert_eq!(status().await, [(RunStatus::Completed, String::new())]);

        let batches = || database.number("SELECT count(*) FROM trace_batches".to_owned());
        look_after(6 * 24 * 60).await;
        assert_eq!(batches().await, 3);
        look_after(8 * 24 * 60).await;
        assert_eq!(batches().await, 2, "{}", database.kind);
        database.assert_kept().await;
    }
}

#[tokio::test]
async fn spans_that_turn_out_to_be_of_another_run_leave_nothing_behind() {
    let (chat, named) = (("gen_ai.operation.name", "chat"), ("alloy.run.id", "a team at work"));
    for database in both().await {
        let org = organization(&database.db).await;
        let now: Timestamp = runs::at(0).parse().unwrap();
        let listed =
            async || list_runs::summaries(&org, &RunFilter::default(), PageRequest::default()).await.unwrap().rows;
        for trace in [1, 2] {
            org.write_spans(spans_of(trace, now, &[(2, 1, Some(3), chat)]), 1).await.unwrap();
        }
        assert_eq!(listed().await.len(), 2);
        for trace in [1, 2] {
            org.write_spans(spans_of(trace, now, &[(1, 0, Some(4), named)]), 1).await.unwrap();
        }
        let [team] = listed().await.try_into().unwrap();
        let detail = get_run(&org, team.id.into()).await.unwrap().unwrap();
        assert_eq!(detail.steps_total, 4, "{}", database.kind);
        database.assert_kept().await;
    }
}

#[tokio::test]
async fn a_run_that_an_engine_wrote_is_not_its_traces() {
    let (chat, plain) = (("gen_ai.operation.name", "chat"), ("http.method", "GET"));
    for database in both().await {
        let org = organization(&database.db).await;
        let now: Timestamp = runs::at(0).parse().unwrap();
        let mut document = runs::full_run(1);
        document["id"] = json!(uuid::Uuid::from_u128(1));
        write(&org, &[runs::document(&document)]).await;
        let before = detail(&org, &document).await;
        for attribute in [plain, chat] {
            org.write_spans(spans_of(1, now, &[(2, 0, Some(3), attribute)]), 1).await.unwrap();
            org.write_spans(spans_of(1, now, &[(3, 2, None, attribute)]), 1).await.unwrap();
            assert_eq!(detail(&org, &document).await, before, "{}", database.kind);
        }
        assert_eq!(traces::remap_all(&org, now, chrono::TimeDelta::minutes(30)).await.unwrap(), 1);
        assert_eq!(detail(&org, &document).await, before);

        // One that its traces made is the engine's from when it writes it.
        org.write_spans(spans_of(2, now, &[(2, 0, Some(3), chat)]), 1).await.unwrap();
        document["id"] = json!(uuid::Uuid::from_u128(2));
        let [made] = list_runs::summaries(
            &org,
            &RunFilter { run_id: Some(RunId(uuid::Uuid::from_u128(2))), ..RunFilter::default() },
            PageRequest::default(),
        )
        .await
        .unwrap()
        .rows
        .try_into()
        .unwrap();
        assert_eq!(made.status, RunStatus::Completed);
        document["workflow_id"] = json!(get_run(&org, made.id.into()).await.unwrap().unwrap().run.workflow_id);
        assert_eq!(write(&org, &[runs::document(&document)]).await, [WriteOutcome::Replaced]);
        org.write_spans(spans_of(2, now, &[(4, 2, Some(5), chat)]), 1).await.unwrap();
        assert_eq!(detail(&org, &document).await.steps_total, 2, "{}", database.kind);
        database.assert_kept().await;
    }
}

//! The query layer on both databases, against what a plain program over plain values answers.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

#[path = "../support/mod.rs"]
mod support;

mod changes;
mod copy;
mod expiry;
mod export;
mod folds;
mod lists;
mod parts;
mod repack;
mod search;
mod search_pages;
mod spans;

use alloy_logs::{
    domain::{
        change::Position,
        cost::Usd,
        filter::RunFilter,
        ids::{AttachmentId, ConversationId, OrganizationId, RunId, WorkflowId},
        json::Json,
        page::{Limit, PageRequest, Total},
        posted::{Part, Posted},
        range::Range,
        removal::Removal,
        retention::RetentionDays,
        run::{Flow, RunDetail},
        run_edit::{Change, RunEdit},
        run_write::RunWrite,
        status::RunStatus,
        step::Attachment,
        time::Timestamp,
    },
    server::{
        clock,
        files::Files,
        otlp::{
            receive::{self, Encoding},
            span::Span,
        },
        query::{
            filter_options,
            get_run::get_run,
            ingest, list_runs, retention,
            run_changes::{self, Change as Told},
            summary, traces,
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
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use support::{
    database::{self, both, open, organization},
    oracle, runs,
};
use tempfile::TempDir;

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

/// An empty place for files, gone with its folder.
fn files() -> (TempDir, Files) {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::in_folder(folder.path()).unwrap();
    (folder, files)
}

/// The next value of a strategy.
fn any<S: Strategy>(strategy: &S, runner: &mut TestRunner) -> S::Value {
    strategy.new_tree(runner).unwrap().current()
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
        assert_eq!((&detail.related_runs, detail.related_runs.len()), (&document.related_runs, 1));
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
async fn readers_wait_for_no_writer() {
    for database in both().await {
        let org = organization(&database.db).await;
        write(&org, &[runs::document(&runs::full_run(1))]).await;
        let writer = database.db.begin_alone(org.organization_id()).await.unwrap();
        // Each has a connection, so that all but the first have to be opened.
        let mut readers = Vec::new();
        for _ in 0..3 {
            let mut reader = org.snapshot().await.expect(database.kind);
            assert_eq!(reader.count_runs(&RunFilter::default()).await.unwrap(), 1, "{}", database.kind);
            readers.push(reader);
        }
        drop(writer);
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

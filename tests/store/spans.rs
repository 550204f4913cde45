//! Runs that are made of spans.

use super::*;
use alloy_logs::server::query::{search_index, search_runs};

/// A span that is sent: its number, that of its parent or 0, its end, and an attribute.
pub(super) type Sent<'a> = (u8, u8, Option<u64>, (&'a str, &'a str));

/// Spans of one trace, as a client sends them at this moment.
pub(super) fn spans_of(trace: u8, at: Timestamp, spans: &[Sent<'_>]) -> Vec<Span> {
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
    let (_folder, files) = files();
    for database in both().await {
        let org = organization(&database.db).await;
        let now: Timestamp = runs::at(0).parse().unwrap();
        let later = |minutes| now.plus(chrono::TimeDelta::minutes(minutes));
        let status = async || {
            let page = list_runs::summaries(&org, &RunFilter::default(), PageRequest::default()).await.unwrap();
            page.rows.iter().map(|run| (run.status, run.error_message.clone().unwrap_or_default())).collect::<Vec<_>>()
        };
        let look_after =
            async |minutes| Box::pin(traces::look_after(&org, &files, later(minutes), stale_after)).await.unwrap();
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
        assert_eq!(traces::remap_all(&org, &files, later(90), stale_after).await.unwrap(), 2);
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
    let (_folder, files) = files();
    for database in both().await {
        let org = organization(&database.db).await;
        let now: Timestamp = runs::at(0).parse().unwrap();
        let of_trace = RunId(uuid::Uuid::from_u128(1));
        // A file of its spans, and one that was posted and waits for its run again.
        let [made, posted] = [5, 6].map(|n| AttachmentId(runs::id(5, n)));
        for id in [made, posted] {
            files.put(org.organization_id(), of_trace, id, "bytes").await.unwrap();
        }
        let file = Attachment { id: posted, name: "a".to_owned(), media_type: "text/plain".to_owned(), size: 5 };
        let part = Posted { part: Part::Attachment(file), updated_at: None };
        let change = Change::Parts(vec![part]);
        ingest::edit(&org, RunEdit { run_id: of_trace, workflow_id: None, change }).await.unwrap();
        let listed =
            async || list_runs::summaries(&org, &RunFilter::default(), PageRequest::default()).await.unwrap().rows;
        for trace in [1, 2] {
            org.write_spans(spans_of(trace, now, &[(2, 1, Some(3), chat)]), 1).await.unwrap();
        }
        assert_eq!(listed().await.len(), 2);
        let gone = listed().await[0].id;
        let found = async || {
            let (query, all) = (gone.to_string().parse().unwrap(), RunFilter::default());
            search_runs::summaries(&org, &query, &all, PageRequest::default()).await.unwrap().page.total.rows
        };
        search_index::catch_up(&org).await.unwrap();
        assert_eq!(found().await, 1);
        for trace in [1, 2] {
            let spans = spans_of(trace, now, &[(1, 0, Some(4), named)]);
            Box::pin(traces::store(&org, &files, spans, 1)).await.unwrap();
        }
        for (id, size) in [(made, None), (posted, Some(5))] {
            assert_eq!(files.size(org.organization_id(), of_trace, id).await.unwrap(), size, "{}", database.kind);
        }
        assert_eq!(org.removed_run(of_trace).await.unwrap().unwrap().removal, Removal::Moved);
        let [team] = listed().await.try_into().unwrap();
        assert_eq!(found().await, 0, "{}", database.kind);
        let detail = get_run(&org, team.id.into()).await.unwrap().unwrap();
        assert_eq!(detail.steps_total, 4, "{}", database.kind);
        database.assert_kept().await;
    }
}

#[tokio::test]
async fn a_run_that_an_engine_wrote_is_not_its_traces() {
    let (chat, plain) = (("gen_ai.operation.name", "chat"), ("http.method", "GET"));
    let (_folder, files) = files();
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
        assert_eq!(traces::remap_all(&org, &files, now, chrono::TimeDelta::minutes(30)).await.unwrap(), 1);
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

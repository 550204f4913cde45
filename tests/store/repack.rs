//! A database of before, opened.

use super::*;

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
        let RunDetail { run, steps, steps_total, attachments, voice_transcripts, related_runs } =
            get_run(&org, id.into()).await.unwrap().unwrap();
        assert_eq!((run.input_message.as_deref(), run.output_message.as_deref()), (Some("short"), Some(long.as_str())));
        assert_eq!((run.duration_ms, run.state.unwrap().as_str()), (Some(3_000), r#"{"n":1.0}"#));
        assert_eq!((run.costs[0].input_tokens, run.costs[0].usd_cost), (3, Some(Usd::from_nanos(500_000_000))));
        let [first, second] = steps.as_slice() else { panic!("{steps:?}") };
        assert_eq!((first.id.as_str(), first.error.as_deref(), steps_total), ("a", Some("e"), 2));
        assert_eq!((second.parent_id.as_deref(), second.duration_ms), (Some("a"), Some(1_000)));
        assert_eq!(second.input.as_ref().unwrap().as_str(), r#"{"order":1.0}"#);
        assert_eq!((second.tool_calls[0].name.as_str(), attachments[0].size), ("t", 7));
        assert_eq!((voice_transcripts[0].turns[0].text.as_str(), related_runs), ("Hello?", Vec::new()));
        let page = list_runs::runs(&org, &RunFilter::default(), PageRequest::default(), Columns::List).await.unwrap();
        assert_eq!(page.rows[0].state.as_ref().unwrap().as_str(), list_state);
        assert_eq!((page.rows[0].output_message.as_deref(), page.total.rows), (Some(long.as_str()), 1));
        database.assert_kept().await;
    }
}

//! Runs that are written in parts, in any order.

use super::*;

/// Something that an engine says of a run.
#[derive(Clone)]
enum Said {
    Document(serde_json::Value),
    Parts(Vec<Part>, Option<i64>),
}

/// What an engine may say of one run: by its clock, each at another time; or without, late accounts of what was before
/// its end among them, and then nothing that contradicts what is as final.
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
        said.push(Said::Document(json!({
            "id": runs::id(1, 1), "workflow_id": runs::id(2, 1), "created_at": runs::at(0),
            "status": if is_final { "failed" } else { "running" }, "failed_at": is_final.then(|| runs::at(61)),
            "updated_at": clock().map(runs::at), "input_message": format!("said {told}"),
            "steps": steps, "token_history": if random.random_bool(0.5) { json!([usage(told)]) } else { json!([]) },
        })));
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

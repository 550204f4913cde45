//! What is told of writes, in their order.

use super::*;

/// What a reader is told after a position, by the numbers of the runs.
async fn told(org: &OrgDb, filter: &RunFilter, from: Position, most: u64) -> (Vec<String>, Position) {
    let number = |id: RunId| id.0.as_u64_pair().0 & 0xffff;
    let changes = run_changes::after(org, filter, from, most).await.unwrap();
    let said = changes.runs.into_iter().filter_map(|(_, change)| {
        Some(match change? {
            Told::Created(event) => format!("{} created", number(event.run.id)),
            Told::Updated(event) => format!("{} updated", number(event.run.id)),
            Told::Left(run) => {
                let status = run.status.map_or("gone", RunStatus::as_str);
                format!("{} left: {status}", number(run.id))
            }
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
async fn a_run_that_is_not_there_any_more_has_left_until_it_comes_again() {
    let (chat, named) = (("gen_ai.operation.name", "chat"), ("alloy.run.id", "a team at work"));
    for database in both().await {
        let org = organization(&database.db).await;
        let now: Timestamp = runs::at(0).parse().unwrap();
        let running = RunFilter { status: Some(RunStatus::Running), ..RunFilter::default() };
        // The id of a trace is that of its run: all of these have the number 0.
        let told = async |filter: &RunFilter, from| told(&org, filter, from, 100).await;
        org.write_spans(spans::spans_of(1, now, &[(2, 1, Some(3), chat)]), 1).await.unwrap();
        let (said, first) = told(&running, Position::after(0)).await;
        assert_eq!(said, ["0 created"]);
        org.write_spans(spans::spans_of(1, now, &[(1, 0, Some(4), named)]), 1).await.unwrap();
        let (said, _) = told(&running, first).await;
        assert_eq!(said, ["0 left: gone"], "{}", database.kind);
        let (said, second) = told(&RunFilter::default(), first).await;
        assert!(said.len() == 2 && said[0] == "0 left: gone" && said[1].ends_with(" created"), "{said:?}");
        // An engine takes the id.
        let mut again = runs::full_run(1);
        again["id"] = json!(uuid::Uuid::from_u128(1));
        write(&org, &[runs::document(&again)]).await;
        assert_eq!(told(&RunFilter::default(), second).await.0, ["0 created"]);
        assert_eq!(org.removed_run(RunId(uuid::Uuid::from_u128(1))).await.unwrap(), None);
        assert_eq!(told(&running, first).await.0, Vec::<String>::new(), "{}", database.kind);
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

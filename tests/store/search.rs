//! Search over all runs: what is found, in which order, by whom, and how the index follows what is written.

use super::*;
use alloy_logs::{
    domain::{document::RunDocument, run_match::MatchField},
    server::query::{
        search_index,
        search_runs::{self, Found},
    },
};

/// Words as they are written, and folded.
const POOL: [(&str, &str); 14] = [
    ("wet", "wet"),
    ("Wetter", "wetter"),
    ("PARCEL", "parcel"),
    ("parcels", "parcels"),
    ("Crème", "creme"),
    ("brûlée", "brulee"),
    ("مُحَمَّد", "محمد"),
    ("أحمد", "احمد"),
    ("Straße", "strasse"),
    ("İzmir", "izmir"),
    ("Привет", "привет"),
    ("order", "order"),
    ("ordered", "ordered"),
    ("88213", "88213"),
];

pub async fn found(
    org: &OrgDb,
    query: &str,
    filter: &RunFilter,
    page: PageRequest,
) -> Found<alloy_logs::domain::run::RunSummary> {
    search_runs::summaries(org, &query.parse().unwrap(), filter, page).await.unwrap()
}

/// The numbers of the runs that a search finds, newest first.
async fn numbers(org: &OrgDb, query: &str) -> Vec<u64> {
    let found = found(org, query, &RunFilter::default(), PageRequest::default()).await;
    found.page.rows.iter().map(|run| run.id.0.as_u64_pair().0 & 0xffff_ffff).collect()
}

/// A run of one step, later than those of lesser numbers.
fn run(n: u64, input: &str) -> RunDocument {
    runs::document(&json!({ "id": runs::id(1, n), "workflow_id": runs::id(2, 1), "status": "completed",
        "created_at": runs::at(i64::try_from(n).unwrap()), "input_message": input,
        "steps": [{ "id": "s", "name": "Look up", "output": "found" }] }))
}

/// A term of a question, what it is in folded words, and whether the last may go on. No beginning is so short that names have
/// it too.
fn any_term() -> impl Strategy<Value = (String, Vec<String>, bool)> {
    (0..POOL.len(), 0..POOL.len(), 0..4_u8, 3..6_usize).prop_map(|(one, other, kind, length)| {
        let ((written, folded), (after, after_folded)) = (POOL[one], POOL[other]);
        let beginning: String = folded.chars().take(length).collect();
        match kind {
            0 => (written.to_uppercase(), vec![folded.to_owned()], true),
            1 => (beginning.clone(), vec![beginning], true),
            2 => (format!("\"{written}\""), vec![folded.to_owned()], false),
            _ => (format!("\"{written} {after}\""), vec![folded.to_owned(), after_folded.to_owned()], false),
        }
    })
}

fn has(text: &[&str], (_, wanted, goes_on): &(String, Vec<String>, bool)) -> bool {
    text.windows(wanted.len()).any(|words| {
        words
            .iter()
            .zip(wanted)
            .all(|(word, wanted)| if *goes_on { word.starts_with(wanted.as_str()) } else { word == wanted })
    })
}

#[tokio::test]
async fn p23_what_is_found_is_what_the_oracle_says() {
    let texts = proptest::collection::vec(proptest::collection::vec(0..POOL.len(), 0..7), 3);
    let questions = proptest::collection::vec(any_term(), 1..3);
    for database in both().await {
        let (mut runner, mut hits) = (TestRunner::deterministic(), 0);
        for set in 0..12_u64 {
            let org = organization(&database.db).await;
            let written: Vec<(RunDocument, Vec<Vec<usize>>)> = (0..[0, 1, 40, 80][usize::try_from(set).unwrap() % 4])
                .map(|n| {
                    let (mut document, texts) = (any(&runs::any_run(n), &mut runner), any(&texts, &mut runner));
                    let text = |of: usize| texts[of].iter().map(|word| POOL[*word].0).collect::<Vec<_>>().join(" ");
                    // Longer than a preview, so that what is whole is searched.
                    document.input_message = Some(format!("{}{}", "- ".repeat(400), text(0)));
                    document.output_message = Some(text(1));
                    document.steps =
                        serde_json::from_value(json!([{ "id": "s", "name": "…", "output": null }])).unwrap();
                    document.steps[0].output = Some(Json::from(&json!({ "-": text(2) })));
                    (document, texts)
                })
                .collect();
            let documents: Vec<_> = written.iter().map(|(document, _)| document.clone()).collect();
            write(&org, &documents).await;
            search_index::catch_up(&org).await.unwrap();
            for case in 0..40_usize {
                let filter = if case % 2 == 0 { RunFilter::default() } else { any(&oracle::any_filter(), &mut runner) };
                let page = PageRequest {
                    page: (case as u64 % 3 + 1).try_into().unwrap(),
                    limit: [25, 10, 3, 100][case % 4].try_into().unwrap(),
                };
                let terms = any(&questions, &mut runner);
                let question: Vec<_> = terms.iter().map(|(text, ..)| text.as_str()).collect();
                let fits = |texts: &[Vec<usize>]| {
                    let texts: Vec<Vec<&str>> =
                        texts.iter().map(|text| text.iter().map(|word| POOL[*word].1).collect()).collect();
                    terms.iter().all(|term| texts.iter().any(|text| has(text, term)))
                };
                let fitting: Vec<_> =
                    written.iter().filter(|(_, texts)| fits(texts)).map(|(document, _)| document.clone()).collect();
                let found = found(&org, &question.join(" "), &filter, page).await;
                let ids: Vec<_> = found.page.rows.iter().map(|run| run.id).collect();
                let expected = oracle::list(&fitting, &filter, page);
                assert_eq!((ids, found.page.total.rows), expected, "{}: {question:?} {filter:?}", database.kind);
                assert_eq!((found.searched.behind, found.page.total.is_capped), (0, false));
                assert!(found.page.rows.iter().all(|run| found.searched.found_in(run.id).is_some()), "{question:?}");
                hits += usize::from(found.page.total.rows > 0);
            }
        }
        assert!(hits > 80, "the questions meet something: {hits}");
    }
}

#[tokio::test]
async fn p23_every_part_of_a_run_is_found_and_says_where() {
    for database in both().await {
        let org = organization(&database.db).await;
        let other = organization(&database.db).await;
        let mut full = runs::full_run(1);
        full["output_message"] = json!("nothing refunded");
        full["steps"][0]["input"] = json!({ "order": 88213, "shelf": "B7" });
        full["steps"][1]["tool_calls"][0]["result"] = json!({ "hint": "reopen it" });
        write(&org, &[runs::document(&full)]).await;
        write(&other, &[runs::document(&runs::full_run(2))]).await;
        for org in [&org, &other] {
            search_index::catch_up(org).await.unwrap();
        }
        let id = runs::id(1, 1).to_string();
        for (query, field, step) in [
            ("refund", MatchField::Skill, None),
            ("re", MatchField::Skill, None),
            ("NORA", MatchField::Teammate, None),
            ("gpt-5", MatchField::Model, None),
            ("shipped twice", MatchField::Input, None),
            ("refunded", MatchField::Output, None),
            ("\"internal chat\"", MatchField::Channel, None),
            ("EMPLOYEE_CHAT", MatchField::Channel, None),
            ("\"the run failed\"", MatchField::Error, None),
            ("look up", MatchField::StepName, Some("s1")),
            ("shelf", MatchField::StepInput, Some("s1")),
            ("found", MatchField::StepOutput, Some("s1")),
            ("\"tool failed\"", MatchField::StepError, Some("s2")),
            ("reopen", MatchField::ToolResult, Some("s2")),
            ("ledger", MatchField::ToolName, Some("s2")),
            ("ledger.create", MatchField::ToolName, Some("s2")),
            ("amount", MatchField::ToolArguments, Some("s2")),
            ("\"period 2026-10\"", MatchField::ToolError, Some("s2")),
            ("hello", MatchField::Transcript, None),
            (&id, MatchField::Id, None),
            (&id[..8], MatchField::Id, None),
            (&id[9..18], MatchField::Id, None),
            (&id[29..], MatchField::Id, None),
            ("' OR 1=1 -- refund \\ * : & | ! ( ) <->", MatchField::Input, None),
        ] {
            if query.starts_with('\'') {
                assert_eq!(numbers(&org, query).await, Vec::<u64>::new(), "{}: {query}", database.kind);
                continue;
            }
            let found = found(&org, query, &RunFilter::default(), PageRequest::default()).await;
            assert_eq!(found.page.total.rows, 1, "{}: {query}", database.kind);
            let run_match = found.searched.found_in(RunId(runs::id(1, 1))).unwrap();
            assert_eq!((run_match.field, run_match.step_id.as_deref()), (field, step), "{query}: {run_match:?}");
        }
        // The other organization has a run of the same words, and of another id.
        assert_eq!(numbers(&org, "refund").await, [1]);
        assert_eq!(numbers(&other, "refund").await, [2]);
        assert_eq!(numbers(&other, &id).await, Vec::<u64>::new());
    }
}

#[tokio::test]
async fn p23_words_of_any_script_are_found() {
    let texts = [
        "退款订单已经发送",
        "注文は二回届きました",
        "ऑर्डर दो बार भेजा गया",
        "주문이 두 번 배송되었습니다",
        "Hộp quà 🎁 đến muộn",
        "טופל על ידי הנציג",
    ];
    for database in both().await {
        let org = organization(&database.db).await;
        write(&org, &(0..).zip(texts).map(|(n, text)| run(n, text)).collect::<Vec<_>>()).await;
        search_index::catch_up(&org).await.unwrap();
        for (query, expected) in [
            ("订单", Some(0)),
            ("已经发送", Some(0)),
            ("款发", None),
            ("届き", Some(1)),
            ("ऑर्डर", Some(2)),
            ("भेज", Some(2)),
            ("배송", Some(3)),
            ("🎁", Some(4)),
            ("hop QUA", Some(4)),
            ("הנציג", Some(5)),
        ] {
            assert_eq!(numbers(&org, query).await, Vec::from_iter(expected), "{}: {query}", database.kind);
        }
    }
}

#[tokio::test]
async fn p23_the_index_follows_what_is_written() {
    for database in both().await {
        let org = organization(&database.db).await;
        let all = RunFilter::default();
        write(&org, &[run(1, "first words"), run(2, "other words")]).await;
        let before = found(&org, "words", &all, PageRequest::default()).await;
        assert_eq!((before.page.total.rows, before.searched.behind), (0, 2), "{}", database.kind);
        assert_eq!(search_index::catch_up(&org).await.unwrap(), 2);
        assert_eq!(numbers(&org, "words").await, [2, 1]);

        write(&org, &[run(1, "second words")]).await;
        assert_eq!(found(&org, "words", &all, PageRequest::default()).await.searched.behind, 1);
        assert_eq!(search_index::catch_up(&org).await.unwrap(), 1);
        assert_eq!((numbers(&org, "first").await, numbers(&org, "second").await), (vec![], vec![1]));

        // A run that moves in time moves among what is found.
        let mut moved = run(1, "third words");
        moved.created_at = runs::at(9).parse().unwrap();
        write(&org, &[moved]).await;
        search_index::catch_up(&org).await.unwrap();
        assert_eq!(numbers(&org, "words").await, [1, 2], "{}", database.kind);

        // Several servers do not get into one another's way.
        let more: Vec<_> = (10..210).map(|n| run(n, "many words")).collect();
        write(&org, &more).await;
        let servers = (0..4).map(|_| {
            tokio::spawn({
                let org = org.clone();
                async move { search_index::catch_up(&org).await.unwrap() }
            })
        });
        for server in servers.collect::<Vec<_>>() {
            server.await.unwrap();
        }
        let many = found(&org, "many", &all, PageRequest::default()).await;
        assert_eq!((many.page.total.rows, many.searched.behind), (200, 0), "{}", database.kind);
        assert_eq!(search_index::make_again(&org).await.unwrap(), 202);
        assert_eq!(found(&org, "words", &all, PageRequest::default()).await.page.total.rows, 202);
        assert_eq!(search_index::catch_up(&org).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn p23_organizations_that_begin_at_once_are_kept_apart() {
    for database in both().await {
        let mut orgs = Vec::new();
        for n in 0..6 {
            orgs.push(organization(&database.db).await);
            write(&orgs[orgs.len() - 1], &[run(n, "same words")]).await;
        }
        let first_turn = |org: OrgDb| async move {
            assert_eq!(search_index::catch_up(&org).await.unwrap(), 1);
            org
        };
        let begun: Vec<_> = orgs.into_iter().map(|org| tokio::spawn(first_turn(org))).collect();
        for (n, org) in (0..).zip(begun) {
            assert_eq!(numbers(&org.await.unwrap(), "words").await, [n], "{}", database.kind);
        }
    }
}

#[tokio::test]
async fn p23_a_run_that_cannot_be_read_keeps_no_other_out() {
    for database in both().await {
        let org = organization(&database.db).await;
        write(&org, &(0..150).map(|n| run(n, "former words")).collect::<Vec<_>>()).await;
        assert_eq!(search_index::catch_up(&org).await.unwrap(), 150);

        write(&org, &(0..150).map(|n| run(n, "present words")).collect::<Vec<_>>()).await;
        let (id, is_sqlite) = (runs::id(1, 90), database.kind == "SQLite");
        let (id, nothing) =
            if is_sqlite { (format!("X'{}'", id.simple()), "X'00'") } else { (format!("'{id}'"), "'\\x00'") };
        database.execute(format!("UPDATE run_contents SET packed_content = {nothing} WHERE run_id = {id}")).await;
        assert_eq!(search_index::catch_up(&org).await.unwrap(), 149, "{}", database.kind);
        let mut snapshot = org.snapshot().await.unwrap();
        for (words, expected) in [("former", 0), ("present", 149)] {
            let question = words.parse().unwrap();
            let hits = snapshot.search(&question, &RunFilter::default(), PageRequest::default()).await.unwrap();
            assert_eq!(hits.total.rows, expected, "{}: {words}", database.kind);
        }
        assert_eq!(snapshot.count_unindexed().await.unwrap(), 0);
        drop(snapshot);

        // Written anew, it can be read.
        write(&org, &[run(90, "present words")]).await;
        assert_eq!(search_index::catch_up(&org).await.unwrap(), 1);
        assert_eq!(found(&org, "present", &RunFilter::default(), PageRequest::default()).await.page.total.rows, 150);
    }
}

//! What the demo has to show, and that it is sound.

use super::*;
use crate::domain::{
    failure,
    source::{self, SourceFacts},
    status::RunStatus,
    step::StepLog,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::LazyLock,
};
use uuid::Uuid;

fn now() -> Timestamp {
    "2026-11-21T03:10:00Z".parse().unwrap()
}

static ALL: LazyLock<Vec<DemoRun>> = LazyLock::new(|| runs(7, 2_000, now()).collect());

fn text(run: &DemoRun) -> String {
    serde_json::to_string(&run.document).unwrap()
}

fn source(document: &RunDocument) -> String {
    let state = document.state.as_ref().unwrap().to_value();
    source::resolve(SourceFacts {
        conversation_channel: document.conversation_channel.as_deref(),
        channel: document.channel.as_deref(),
        in_conversation: document.conversation_id.is_some(),
        is_async: state["runtimeContext"]["isAsync"].as_bool().unwrap(),
    })
    .to_owned()
}

fn counts<T: Ord>(values: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    values.for_each(|value| *counts.entry(value).or_default() += 1);
    counts
}

#[test]
fn the_same_seed_gives_the_same_data() {
    let once: Vec<String> = runs(7, 120, now()).map(|run| text(&run)).collect();
    let again: Vec<String> = runs(7, 120, now()).map(|run| text(&run)).collect();
    assert_eq!(once, again);
    let ids = |seed, count| runs(seed, count, now()).map(|run| run.document.id.unwrap()).collect::<Vec<_>>();
    assert_ne!(ids(7, 10), ids(8, 10));
    assert_eq!(ids(7, 30)[20..], ids(7, 10));
    assert_eq!(ids(7, 0).len(), 0);
}

#[test]
fn documents_are_sound_and_as_the_contract_has_them() {
    let runs = &*ALL;
    let ids: BTreeSet<_> = runs.iter().map(|run| run.document.id.unwrap()).collect();
    assert_eq!(ids.len(), 2_000);
    for run in runs {
        assert_eq!(run.document.faults(), []);
        assert!(run.document.workflow_id.is_some());
        let read = crate::domain::document::parse(text(run).as_bytes()).unwrap();
        assert_eq!(read, run.document);
    }
    let size: usize = runs.iter().map(|run| text(run).len()).sum();
    assert!(size < 25_000_000, "{size}");
}

#[test]
fn no_place_in_a_sentence_is_left_open() {
    let mut draw = draw::Draw::new(1, draw::Stream::Run, 1);
    let case = case::Case::new(&cast::CUSTOMERS[0], cast::colleague(1, &mut draw), now(), &mut draw);
    let texts = skills::SKILLS.iter().flat_map(|skill| [skill.inputs, skill.additions, skill.outputs, skill.thoughts]);
    for template in texts.flatten() {
        for place in template.split('{').skip(1) {
            let place = place.split_once('}').expect("a brace is closed").0;
            assert!(case.word(place).is_some(), "{place} in {template}");
        }
    }
    for run in runs(7, 500, now()) {
        let message = run.document.input_message.unwrap();
        assert!(message.starts_with('{') || !message.contains(['{', '}']), "{message}");
        let error = run.document.error_message.unwrap_or_default();
        assert!(!error.contains(['{', '}']), "{error}");
    }
}

#[test]
fn every_status_channel_teammate_skill_and_model_occurs_in_its_share() {
    let runs = &*ALL;
    let statuses = counts(runs.iter().map(|run| run.document.status));
    assert_eq!(statuses.len(), 6);
    assert!((1_580..1_720).contains(&statuses[&RunStatus::Completed]), "{statuses:?}");
    assert!((140..230).contains(&statuses[&RunStatus::Failed]), "{statuses:?}");
    let sources = counts(runs.iter().map(|run| source(&run.document)));
    for (key, count) in &sources {
        assert!(*count > 40, "{key}");
    }
    let keys: Vec<&str> = sources.keys().map(String::as_str).collect();
    assert_eq!(keys, ["ally_chat", "api", "employee_chat", "phone_line", "skill_chat", "web_chat"]);
    let teammates = counts(runs.iter().map(|run| run.document.ai_employee_name.as_deref().unwrap_or("")));
    assert_eq!(teammates.keys().copied().collect::<Vec<_>>(), ["", "Ivy", "Nora", "Otis", "Sol"]);
    assert_eq!(counts(runs.iter().map(|run| run.document.workflow_name.clone())).len(), 9);
    let models = counts(runs.iter().filter_map(|run| run.document.model.as_deref()));
    assert_eq!(models.keys().copied().collect::<Vec<_>>(), ["claude-haiku-4.5", "claude-sonnet-4.5", "gpt-5-mini"]);
}

#[test]
fn the_first_page_has_something_of_everything() {
    for count in [25, 40, 2_000] {
        let newest = counts(runs(3, count, now()).skip(count - 25).map(|run| run.document.status));
        assert!(newest[&RunStatus::Failed] >= 3 && newest[&RunStatus::Suspended] >= 1, "{count}: {newest:?}");
        assert!(newest[&RunStatus::Running] >= 1, "{count}: {newest:?}");
    }
}

#[test]
fn times_are_in_order_and_within_thirty_days() {
    let mut previous = None;
    for DemoRun { document, .. } in ALL.iter() {
        let age = now().millis_since(document.created_at);
        assert!((60_000..30 * 24 * 3_600_000).contains(&age), "{age}");
        assert!(previous < Some(document.created_at));
        previous = Some(document.created_at);
        let live = matches!(document.status, RunStatus::Pending | RunStatus::Running);
        assert!(!live || age <= 3_600_000);
        let start = document.started_at.unwrap_or(document.created_at);
        let stop = document.finished_at().or(document.suspended_at).unwrap_or_else(now);
        assert!(document.created_at <= start && start <= stop && stop <= now(), "{:?}", document.id);
        assert_eq!(document.finished_at().is_none(), live || document.status == RunStatus::Suspended);
        if let (Some(given), Some(end)) = (document.duration_ms, document.finished_at()) {
            assert_eq!(given, end.millis_since(start));
        }
        let places: HashMap<&str, &StepLog> = document.steps.iter().map(|step| (step.id.as_str(), step)).collect();
        for step in &document.steps {
            let (from, to) = (step.started_at.unwrap(), step.ended_at.unwrap_or(stop));
            assert!(start <= from && from <= to && to <= stop, "{:?} {}", document.id, step.label());
            if let Some(parent) = &step.parent_id {
                let parent = places[parent.as_str()];
                assert!(
                    parent.started_at.unwrap() <= from && to <= parent.ended_at.unwrap_or(stop),
                    "{}",
                    step.label()
                );
            }
            for call in &step.tool_calls {
                let (begin, end) = (call.started_at.unwrap(), call.ended_at.unwrap_or(stop));
                assert!(from <= begin && begin <= end && end <= to, "{} {}", step.label(), call.name);
            }
        }
    }
}

#[test]
fn days_are_busier_than_nights() {
    let hours = counts(ALL.iter().skip(10).map(|run| run.document.created_at.millis() / 3_600_000 % 24));
    let of = |from, to| (from..to).map(|hour| hours.get(&hour).copied().unwrap_or(0)).sum::<usize>();
    assert!(of(8, 16) > 6 * of(0, 6), "{hours:?}");
}

#[test]
fn failures_say_where_and_why() {
    let failures: Vec<_> = ALL
        .iter()
        .filter_map(|DemoRun { document, .. }| {
            failure::explain(document.status, &document.steps, document.error_message.as_deref())
        })
        .collect();
    let signatures: BTreeSet<_> = failures.iter().map(|failure| failure.signature.clone().unwrap()).collect();
    assert!(signatures.len() > 30, "{signatures:#?}");
    let share = |count: usize| count * 100 / failures.len();
    assert!(share(failures.iter().filter(|failure| failure.tool.is_some()).count()) > 50);
    assert!(share(failures.iter().filter(|failure| failure.last_good_step.is_some()).count()) > 75);
    assert!(failures.iter().any(|failure| failure.step_id.is_none()));
}

#[test]
fn files_are_as_large_as_they_say() {
    let mut kinds = BTreeSet::new();
    for run in ALL.iter() {
        assert_eq!(run.document.attachments.len(), run.files.len());
        for (attachment, file) in run.document.attachments.iter().zip(&run.files) {
            assert_eq!((attachment.id, attachment.size), (file.attachment_id, file.bytes.len() as u64));
            assert!(attachment.size > 50 && attachment.size < 45_000, "{}", attachment.name);
            kinds.insert(attachment.media_type.clone());
        }
    }
    assert_eq!(kinds.len(), 5, "{kinds:?}");
}

#[test]
fn every_feature_occurs() {
    let runs = &*ALL;
    let some = |what: &str, test: &dyn Fn(&RunDocument) -> bool| {
        assert!(runs.iter().any(|run| test(&run.document)), "{what}");
    };
    let message = |run: &RunDocument| run.input_message.clone().unwrap_or_default();
    some("markup", &|run| message(run).contains("<script>alert(1)</script>"));
    some("an entity", &|run| message(run).contains("&amp;"));
    some("a long message", &|run| message(run).len() > 20_000);
    for sign in ['م', '日', 'क', 'П', 'π', 'ß', 'é', '您', 'ש', '📈'] {
        let says = |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains(sign));
        some(&sign.to_string(), &|run| says(&run.input_message) || says(&run.output_message));
    }
    some("1,200 steps", &|run| run.steps.len() >= 1_200);
    assert!(runs.iter().filter(|run| (60..200).contains(&run.document.steps.len())).count() > 5);
    let heavy = |step: &StepLog| {
        step.tool_calls.iter().any(|call| call.result.as_ref().is_some_and(|json| json.as_str().len() > 800_000))
    };
    assert_eq!(runs.iter().filter(|run| run.document.steps.iter().any(heavy)).count(), 2);
    some("a recording", &|run| run.voice_transcripts.iter().any(|call| call.attachment_id.is_some()));
    some("a call without recording", &|run| run.voice_transcripts.iter().any(|call| call.attachment_id.is_none()));
    some("no costs", &|run| run.token_history.is_empty() && run.status == RunStatus::Completed);
    some("three rows", &|run| run.token_history.len() == 3);
    some("own key", &|run| run.token_history.iter().any(|row| row.key_type == "own"));
    some("no title", &|run| run.conversation_id.is_some() && run.conversation_title.is_none());
    some("a trigger", &|run| run.trigger_id.as_deref() == Some("order-webhook") && run.trigger_url.is_some());
    some("steps in steps in steps", &|run| run.steps.iter().any(|step| step.step_id.as_deref() == Some("topics")));
    for tokens in [0..100, 100..1_000, 1_000..10_000, 10_000..i64::MAX] {
        let within = |totals: crate::domain::document::TokenTotals| tokens.contains(&(totals.input + totals.output));
        some(&format!("{tokens:?} tokens"), &|run| run.token_totals().is_some_and(within));
    }
    for millis in [0..1_000, 1_000..10_000, 10_000..60_000, 60_000..i64::MAX] {
        some(&format!("{millis:?} ms"), &|run| run.duration().is_some_and(|duration| millis.contains(&duration)));
    }
}

#[test]
fn flows_and_conversations_are_shared() {
    let runs = &*ALL;
    let flows = counts(runs.iter().filter_map(|run| Some(run.document.flow.as_ref()?.as_str().to_owned())));
    assert!((18..=27).contains(&flows.len()), "{}", flows.len());
    let mut titles: BTreeMap<Uuid, BTreeSet<Option<String>>> = BTreeMap::new();
    for run in runs {
        if let Some(id) = run.document.conversation_id {
            titles.entry(id.0).or_default().insert(run.document.conversation_title.clone());
        }
    }
    assert!(titles.len() < 1_000 && titles.values().all(|titles| titles.len() == 1));
}

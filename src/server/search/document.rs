//! The texts of a run that are searched, and the words of all of them in one row.

use super::{
    flat::flat,
    ids::windows,
    options::options_of,
    query::{beginning, beginnings},
    taken::Taken,
    words::Word,
};
use crate::domain::{
    ids::{ConversationId, RunId},
    json::Json,
    run_facts::RunKind,
    run_match::MatchField,
    source,
    step::{StepLog, ToolCall, VoiceTranscript},
};
use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
};

/// Words of one run; PostgreSQL counts no further than 16,383 where their order matters.
const MAX_WORDS: usize = 16_000;
/// … and their bytes; PostgreSQL takes a megabyte.
const MAX_BYTES: usize = 500_000;
/// How often one word is kept; PostgreSQL takes 256 places of each.
const MAX_PLACES: u32 = 255;
/// Different short beginnings of words of one run.
const MAX_BEGINNINGS: usize = 5_000;
/// Different ids of one run.
const MAX_IDS: usize = 100;
/// Bytes of one text that are looked at.
const MAX_TEXT: usize = 64 * 1024;

/// What of a run is searched.
#[derive(Debug, Clone)]
pub struct SearchedRun {
    pub id: RunId,
    pub conversation_id: Option<ConversationId>,
    pub skill: String,
    pub teammate: Option<String>,
    /// Its model and its channel among it.
    pub kind: RunKind,
    /// What came in, what went out, what went wrong.
    pub messages: [Option<String>; 3],
    pub steps: Vec<StepLog>,
    pub voice_transcripts: Vec<VoiceTranscript>,
}

/// One text of a run.
#[derive(Debug)]
pub struct RunText<'a> {
    pub field: MatchField,
    pub step: Option<&'a StepLog>,
    pub call: Option<&'a ToolCall>,
    pub text: Cow<'a, str>,
}

impl<'a> RunText<'a> {
    fn of_run(field: MatchField, text: &'a str) -> Self {
        Self { field, step: None, call: None, text: shortened(text).into() }
    }

    fn of_step(field: MatchField, step: &'a StepLog, text: impl Into<Cow<'a, str>>) -> Self {
        Self { field, step: Some(step), call: None, text: text.into() }
    }

    fn of_call(field: MatchField, (step, call): (&'a StepLog, &'a ToolCall), text: impl Into<Cow<'a, str>>) -> Self {
        Self { field, step: Some(step), call: Some(call), text: text.into() }
    }
}

impl SearchedRun {
    /// The texts, those first that say most of the run.
    pub fn texts(&self) -> impl Iterator<Item = RunText<'_>> {
        let [input, output, error] = &self.messages;
        let of_run = [
            (MatchField::Skill, Some(&self.skill)),
            (MatchField::Teammate, self.teammate.as_ref()),
            (MatchField::Model, self.kind.model.as_ref()),
            (MatchField::Error, error.as_ref()),
            (MatchField::Input, input.as_ref()),
            (MatchField::Output, output.as_ref()),
        ];
        let of_run = of_run.into_iter().filter_map(|(field, text)| Some(RunText::of_run(field, text?)));
        let turns = self.voice_transcripts.iter().flat_map(|call| &call.turns);
        let turns = turns.map(|turn| RunText::of_run(MatchField::Transcript, &turn.text));
        let ids = [Some(self.id.0), self.conversation_id.map(|id| id.0)].into_iter().flatten();
        let ids = ids.map(|id| RunText { field: MatchField::Id, step: None, call: None, text: id.to_string().into() });
        let channel = [source::label(&self.kind.source), self.kind.source.clone()];
        let channel =
            channel.map(|text| RunText { field: MatchField::Channel, step: None, call: None, text: text.into() });
        // Ids and channels are short and few, and have to be among the words that fit.
        let names = self.steps.iter().flat_map(names_of);
        of_run.chain(names).chain(ids).chain(channel).chain(turns).chain(self.steps.iter().flat_map(payloads_of))
    }

    /// The words of all texts in a row; `None` where no phrase goes on. What does not fit is not found. The options that it has
    /// of menus come last.
    pub fn words(&self) -> Vec<Option<String>> {
        let mut row = Row::default();
        let (mut ids, mut short) = (BTreeSet::new(), BTreeSet::<String>::new());
        for text in self.texts() {
            if row.is_full() {
                break;
            }
            let taken = Taken::of(&text.text);
            for word in taken.slots.iter().flatten().chain(&taken.humps) {
                for part in beginnings(&word.text) {
                    if !short.contains(part) {
                        short.insert(part.to_owned());
                    }
                }
            }
            taken.slots.into_iter().for_each(|slot| row.add(slot));
            row.add(None);
            for hump in taken.humps {
                row.add(Some(hump));
                row.add(None);
            }
            for id in taken.ids {
                if ids.len() < MAX_IDS && ids.insert(id.digits.clone()) {
                    windows(&id.digits).for_each(|window| row.push(Some(window)));
                    row.add(None);
                }
            }
        }
        let short = short.iter().take(MAX_BEGINNINGS).map(|word| Some(beginning(word)));
        row.slots.into_iter().chain(short).chain(options_of(&self.kind).map(Some)).collect()
    }
}

/// What a step and its tools are called, and what went wrong.
fn names_of(step: &StepLog) -> impl Iterator<Item = RunText<'_>> {
    let name = RunText::of_step(MatchField::StepName, step, step.label());
    let error = step.error.as_deref().map(|error| RunText::of_step(MatchField::StepError, step, shortened(error)));
    let calls = step.tool_calls.iter().flat_map(move |call| {
        let name = RunText::of_call(MatchField::ToolName, (step, call), call.name.as_str());
        let error = call.error.as_deref();
        let error = error.map(|error| RunText::of_call(MatchField::ToolError, (step, call), shortened(error)));
        std::iter::once(name).chain(error)
    });
    std::iter::once(name).chain(calls).chain(error)
}

/// What went into a step and its tools and what came out. Often a step has what its tool has, so tools come first.
fn payloads_of(step: &StepLog) -> impl Iterator<Item = RunText<'_>> {
    let text = |json: &Json| flat(json, MAX_TEXT);
    let calls = step.tool_calls.iter().flat_map(move |call| {
        let of_call = [(MatchField::ToolArguments, &call.arguments), (MatchField::ToolResult, &call.result)];
        of_call
            .into_iter()
            .filter_map(move |(field, json)| Some(RunText::of_call(field, (step, call), text(json.as_ref()?))))
    });
    let own = [(MatchField::StepInput, &step.input), (MatchField::StepOutput, &step.output)];
    let own =
        own.into_iter().filter_map(move |(field, json)| Some(RunText::of_step(field, step, text(json.as_ref()?))));
    calls.chain(own)
}

fn shortened(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TEXT)]
}

/// The words of a run as they are gathered.
#[derive(Default)]
struct Row {
    slots: Vec<Option<String>>,
    bytes: usize,
    places: HashMap<String, u32>,
}

impl Row {
    fn is_full(&self) -> bool {
        self.slots.len() >= MAX_WORDS || self.bytes >= MAX_BYTES
    }

    fn add(&mut self, word: Option<Word>) {
        self.push(word.map(|word| word.text));
    }

    fn push(&mut self, word: Option<String>) {
        // One gap is as good as several.
        if self.is_full() || (word.is_none() && self.slots.last().is_none_or(Option::is_none)) {
            return;
        }
        let word = word.filter(|word| {
            let places = self.places.entry(word.clone()).or_default();
            *places += 1;
            *places <= MAX_PLACES
        });
        self.bytes += word.as_ref().map_or(0, String::len);
        self.slots.push(word);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::{ids::WorkflowId, status::RunStatus};
    use crate::server::search::query::{SearchQuery, Term};
    use proptest::prelude::*;
    use serde_json::json;
    use uuid::Uuid;

    pub fn run() -> SearchedRun {
        let steps = json!([
            { "id": "s1", "name": "Look up order", "input": { "order": 88213 }, "tool_calls": [
                { "id": "c1", "name": "lookup_order", "arguments": { "id": "A-7" }, "result": { "note": "a wet parcel", "state": ["open"] } }
            ] },
            { "id": "s2", "step_id": "tell", "error": "the period is closed" }
        ]);
        let transcripts = json!([{ "id": "00000000-0000-4000-8000-000000000007", "turns": [{ "speaker": "caller", "text": "Grüß Gott" }] }]);
        SearchedRun {
            id: "7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d".parse().unwrap(),
            conversation_id: None,
            skill: "Refund triage".to_owned(),
            teammate: Some("Nora".to_owned()),
            kind: RunKind {
                status: RunStatus::Failed,
                source: "web_chat".to_owned(),
                model: Some("gpt-5-mini".to_owned()),
                workflow_id: WorkflowId(Uuid::nil()),
                ai_employee_id: None,
                duration: None,
                tokens: None,
            },
            messages: [Some("Where is my parcel?".to_owned()), None, None],
            steps: serde_json::from_str(&steps.to_string()).unwrap(),
            voice_transcripts: serde_json::from_str(&transcripts.to_string()).unwrap(),
        }
    }

    /// Whether a row of words has a term, as both databases have to say.
    pub fn has(row: &[Option<String>], term: &Term) -> bool {
        let is_at = |slots: &[Option<String>], wanted: &[String], goes_on: bool| {
            slots.iter().zip(wanted).enumerate().all(|(at, (slot, wanted))| {
                slot.as_ref().is_some_and(|word| {
                    word == wanted || (goes_on && at + 1 == slots.len() && word.starts_with(wanted.as_str()))
                })
            })
        };
        let phrase = |words: &[String], goes_on| {
            !words.is_empty() && row.windows(words.len()).any(|slots| is_at(slots, words, goes_on))
        };
        term.phrases().iter().any(|any| phrase(&any.words, any.is_prefix))
    }

    #[test]
    fn every_text_of_a_run_is_found() {
        let row = run().words();
        for (query, expected) in [
            ("refund NORA gpt-5", true),
            ("\"where is my parcel\"", true),
            ("lookup", true),
            ("order", true),
            ("lookup_order", true),
            ("\"wet parcel\"", true),
            ("note", true),
            ("88213", true),
            ("closed tell", true),
            ("gruss gott", true),
            ("9b1e52d", true),
            ("7c8d", true),
            ("7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d", true),
            ("\"parcel nora\"", false),
            ("\"mini where\"", false),
            ("\"web chat\"", true),
            ("WEB_CHAT", true),
            ("7f1d", false),
            ("failed", false),
            ("suspended", false),
        ] {
            let parsed = SearchQuery::parse(query).unwrap();
            assert_eq!(parsed.terms().iter().all(|term| has(&row, term)), expected, "{query}");
        }
    }

    #[test]
    fn a_run_has_no_more_words_than_both_databases_take() {
        let mut long = run();
        long.messages[1] = Some("same ".repeat(3_000));
        let result = json!((0..30_000).map(|n| format!("w{n}")).collect::<Vec<_>>());
        let call = json!([{ "id": "c", "name": "t", "result": result }]);
        long.steps[1].tool_calls = serde_json::from_str(&call.to_string()).unwrap();
        let row = long.words();
        assert!(row.len() <= MAX_WORDS + MAX_BEGINNINGS);
        assert_eq!(row.iter().flatten().filter(|word| *word == "same").count(), MAX_PLACES as usize);
    }

    proptest! {
        #[test]
        fn every_word_of_a_text_and_every_beginning_of_it_finds_it(text in "\\PC{0,60}", length in 1..8_usize) {
            let run = SearchedRun { messages: [Some(text.clone()), None, None], ..run() };
            let row = run.words();
            for word in Taken::of(&text).slots.into_iter().flatten() {
                let beginning: String = word.text.chars().take(length).collect();
                // A fraction, ½ for one, is several words in one place.
                let written = Some(&text[word.from..word.to]).filter(|written| Taken::of(written).slots.len() == 1);
                for asked in written.into_iter().chain([word.text.as_str(), &beginning]) {
                    if let Ok(query) = SearchQuery::parse(asked) {
                        prop_assert!(query.terms().iter().all(|term| has(&row, term)), "{asked} in {text}");
                    }
                }
            }
        }

        #[test]
        fn any_stretch_of_an_id_finds_it(from in 0..29_usize, length in 4..33_usize) {
            let digits = "7f1c9b1e52d04b8e9c3a0d4f5a6b7c8d";
            let query = SearchQuery::parse(&digits[from..(from + length).min(32)]).unwrap();
            prop_assert!(has(&run().words(), &query.terms()[0]));
        }
    }
}

//! The payloads of a run one by one. A page carries the short ones; of a long one it has the beginning at most, and asks
//! for the rest when somebody wants to see it.

use super::{
    json::Json,
    run::{Flow, Run, RunDetail},
    step::StepLog,
    text::cut,
};
use postcard_schema::Schema;
use serde::{Deserialize, Serialize};

/// A JSON value longer than this is not carried by a page, in bytes.
pub const CARRIED_JSON: usize = 16 * 1024;
/// What of a text a page carries, in characters.
pub const CARRIED_TEXT: usize = 4_000;
/// What a page carries of all payloads together, in bytes; a text then still has its beginning.
const CARRIED_IN_ALL: usize = 256 * 1024;
/// That beginning, in characters: as much as a line shows.
const CARRIED_AT_LEAST: usize = 300;

/// Names one payload of a run.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PayloadKey {
    /// Of the run itself.
    Run(RunPayload),
    /// Of the step of this id.
    Step(String, StepPayload),
    /// Of a call, by the id of its step and its own.
    Call(String, String, CallPayload),
}

macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($variant),+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in an address.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    )+};
}

payloads! {
    /// What a run has.
    RunPayload {
        Input = "input_message",
        Output = "output_message",
        Error = "error_message",
        State = "state",
        Flow = "flow",
    }
    /// What a step has.
    StepPayload {
        Input = "step_input",
        Output = "step_output",
        Error = "step_error",
    }
    /// What a call of a tool has.
    CallPayload {
        Arguments = "call_arguments",
        Result = "call_result",
        Error = "call_error",
    }
}

impl PayloadKey {
    /// From the words of an address; `None` when they name none.
    pub fn from_words(of: &str, step: Option<String>, call: Option<String>) -> Option<Self> {
        let run = RunPayload::ALL.iter().find(|kind| kind.as_str() == of).map(|kind| Self::Run(*kind));
        let in_step = StepPayload::ALL.iter().find(|kind| kind.as_str() == of);
        let in_call = CallPayload::ALL.iter().find(|kind| kind.as_str() == of);
        match (step, call) {
            (None, None) => run,
            (Some(step), None) => in_step.map(|kind| Self::Step(step, *kind)),
            (Some(step), Some(call)) => in_call.map(|kind| Self::Call(step, call, *kind)),
            (None, Some(_)) => None,
        }
    }

    /// The words of an address, as its parameters.
    pub fn words(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::Run(kind) => vec![("of", kind.as_str())],
            Self::Step(step, kind) => vec![("of", kind.as_str()), ("step", step)],
            Self::Call(step, call, kind) => vec![("of", kind.as_str()), ("step", step), ("call", call)],
        }
    }

    /// The step in which it is.
    pub fn step(&self) -> Option<&str> {
        match self {
            Self::Run(_) => None,
            Self::Step(step, _) | Self::Call(step, ..) => Some(step),
        }
    }
}

/// A payload itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Schema)]
pub enum Payload {
    Text(String),
    Json(Json),
}

/// A payload that a page does not carry whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutPayload {
    pub key: PayloadKey,
    /// Of the whole, as text.
    pub bytes: u64,
}

/// Where a payload stands in a run.
enum Place<'a> {
    Text(&'a mut Option<String>),
    Json(&'a mut Option<Json>),
}

impl Place<'_> {
    /// Takes the payload.
    fn take(self) -> Option<Payload> {
        match self {
            Self::Text(text) => text.take().map(Payload::Text),
            Self::Json(json) => json.take().map(Payload::Json),
        }
    }

    /// Leaves what a page carries while `left` bytes are: how many the whole has when that is not all of it.
    fn lighten(self, left: &mut usize) -> Option<u64> {
        match self {
            Self::Text(Some(text)) => {
                let most = if *left > 0 { CARRIED_TEXT } else { CARRIED_AT_LEAST };
                let (bytes, carried) = (text.len(), cut(text, most).len());
                *left = left.saturating_sub(carried);
                text.truncate(carried);
                (carried < bytes).then_some(bytes as u64)
            }
            Self::Json(place @ Some(_)) => {
                let bytes = place.as_ref().map_or(0, |json| json.as_str().len());
                if bytes <= CARRIED_JSON.min(*left) {
                    *left -= bytes;
                    return None;
                }
                *place = None;
                Some(bytes as u64)
            }
            Self::Text(None) | Self::Json(None) => None,
        }
    }
}

/// Goes over the payloads of a step.
fn of_step(step: &mut StepLog, visit: &mut impl FnMut(PayloadKey, Place<'_>)) {
    let id = &step.id;
    let key = |kind| PayloadKey::Step(id.clone(), kind);
    visit(key(StepPayload::Error), Place::Text(&mut step.error));
    visit(key(StepPayload::Input), Place::Json(&mut step.input));
    visit(key(StepPayload::Output), Place::Json(&mut step.output));
    for call in &mut step.tool_calls {
        let key = |kind| PayloadKey::Call(id.clone(), call.id.clone(), kind);
        visit(key(CallPayload::Error), Place::Text(&mut call.error));
        visit(key(CallPayload::Arguments), Place::Json(&mut call.arguments));
        visit(key(CallPayload::Result), Place::Json(&mut call.result));
    }
}

/// Goes over the payloads of a run outside its steps.
fn of_run(run: &mut Run, visit: &mut impl FnMut(PayloadKey, Place<'_>)) {
    visit(PayloadKey::Run(RunPayload::Error), Place::Text(&mut run.error_message));
    visit(PayloadKey::Run(RunPayload::Input), Place::Text(&mut run.input_message));
    visit(PayloadKey::Run(RunPayload::Output), Place::Text(&mut run.output_message));
    visit(PayloadKey::Run(RunPayload::State), Place::Json(&mut run.state));
    if let Flow::Read(flow) = &mut run.flow {
        visit(PayloadKey::Run(RunPayload::Flow), Place::Json(flow));
    }
}

/// Takes the long payloads out of a run, those of the step that failed last; says which.
pub fn lighten(detail: &mut RunDetail) -> Vec<CutPayload> {
    let mut load = Load::default();
    let failed = detail.run.failure.as_ref().and_then(|failure| failure.step_id.clone());
    let (failed, others): (Vec<_>, Vec<_>) =
        detail.steps.iter_mut().partition(|step| failed.as_ref() == Some(&step.id));
    load.carry_steps(failed);
    of_run(&mut detail.run, &mut |key, place| load.carry(key, place));
    load.carry_steps(others);
    load.cut
}

/// The same for steps that are read by themselves.
pub fn lighten_steps(steps: &mut [StepLog]) -> Vec<CutPayload> {
    let mut load = Load::default();
    load.carry_steps(steps);
    load.cut
}

/// What a page may still carry, and what it does not.
struct Load {
    left: usize,
    cut: Vec<CutPayload>,
}

impl Default for Load {
    fn default() -> Self {
        Self { left: CARRIED_IN_ALL, cut: Vec::new() }
    }
}

impl Load {
    /// Carries steps, or as much of them as is left to carry.
    fn carry_steps<'a>(&mut self, steps: impl IntoIterator<Item = &'a mut StepLog>) {
        for step in steps {
            of_step(step, &mut |key, place| self.carry(key, place));
        }
    }

    /// Carries a payload, or as much of it as is left to carry.
    fn carry(&mut self, key: PayloadKey, place: Place<'_>) {
        self.cut.extend(place.lighten(&mut self.left).map(|bytes| CutPayload { key, bytes }));
    }
}

/// Takes one payload out of a run.
pub fn take_of_run(mut run: Run, wanted: &PayloadKey) -> Option<Payload> {
    let mut found = None;
    of_run(&mut run, &mut |key, place| {
        if key == *wanted {
            found = place.take();
        }
    });
    found
}

/// Takes one payload out of a step. Engines are asked to give each call an id of its own; of several with one id it is
/// the first that has it.
pub fn take_of_step(mut step: StepLog, wanted: &PayloadKey) -> Option<Payload> {
    let mut found = None;
    of_step(&mut step, &mut |key, place| {
        if key == *wanted && found.is_none() {
            found = place.take();
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(id: &str, output: usize) -> StepLog {
        let output = "x".repeat(output);
        serde_json::from_value(serde_json::json!({
            "id": id, "output": output, "error": "e".repeat(5_000),
            "tool_calls": [{ "id": "c", "name": "t", "arguments": { "a": 1 } }]
        }))
        .unwrap()
    }

    #[test]
    fn long_payloads_stay_behind_and_are_named() {
        let mut steps = [step("s", 20_000), step("t", 10)];
        let cut = lighten_steps(&mut steps);
        let cut: Vec<_> = cut.iter().map(|cut| (cut.key.words(), cut.bytes)).collect();
        assert_eq!(
            cut,
            [
                (vec![("of", "step_error"), ("step", "s")], 5_000),
                (vec![("of", "step_output"), ("step", "s")], 20_002),
                (vec![("of", "step_error"), ("step", "t")], 5_000),
            ]
        );
        assert_eq!(steps[0].error.as_ref().unwrap().len(), CARRIED_TEXT);
        assert!(steps[0].output.is_none() && steps[1].output.is_some() && steps[1].tool_calls[0].arguments.is_some());
    }

    #[test]
    fn all_of_them_together_stay_below_what_a_page_carries() {
        let mut steps: Vec<_> = (0..1_000).map(|id| step(&id.to_string(), 15_000)).collect();
        lighten_steps(&mut steps);
        let of_json = |step: &StepLog| step.output.as_ref().map_or(0, |json| json.as_str().len());
        let of_text = |step: &StepLog| step.error.as_ref().map_or(0, String::len);
        let (json, text) = steps.iter().fold((0, 0), |(json, text), step| (json + of_json(step), text + of_text(step)));
        assert!(json > 0 && json + text <= CARRIED_IN_ALL + CARRIED_TEXT + steps.len() * CARRIED_AT_LEAST);
    }

    #[test]
    fn each_is_found_by_its_words() {
        for key in [
            PayloadKey::Run(RunPayload::Flow),
            PayloadKey::Step("s".to_owned(), StepPayload::Output),
            PayloadKey::Call("s".to_owned(), "c".to_owned(), CallPayload::Arguments),
        ] {
            let words = key.words();
            let word = |name: &str| words.iter().find(|(known, _)| *known == name).map(|(_, word)| (*word).to_owned());
            assert_eq!(PayloadKey::from_words(&word("of").unwrap(), word("step"), word("call")), Some(key));
        }
        assert_eq!(PayloadKey::from_words("state", Some("s".to_owned()), None), None);
        assert_eq!(PayloadKey::from_words("call_result", None, Some("c".to_owned())), None);
        let arguments = PayloadKey::Call("s".to_owned(), "c".to_owned(), CallPayload::Arguments);
        assert!(
            matches!(take_of_step(step("s", 1), &arguments), Some(Payload::Json(json)) if json.as_str().contains('1'))
        );
    }
}

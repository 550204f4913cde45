//! What can be wrong with a document beyond its shape.

use super::{Fault, MAX_FAULTS, RunDocument};
use crate::domain::{cost::MAX_DOLLARS, json::Json, step::StepLog};
use std::collections::HashSet;

/// The longest text or JSON member, in bytes.
pub const MAX_MEMBER_BYTES: usize = 1024 * 1024;
/// The longest id of a step log, tool call or token-history row, in characters.
pub const MAX_ID_CHARS: usize = 128;
/// The most steps, token-history rows or files of one run.
pub const MAX_ROWS: usize = 20_000;
/// The most runs that a run names as related.
pub const MAX_RELATED: usize = 100;

impl RunDocument {
    /// Everything that is wrong with the document beyond its shape.
    pub fn faults(&self) -> Vec<Fault> {
        let mut check = Check::default();
        for (name, rows, most) in [
            ("steps", self.steps.len(), MAX_ROWS),
            ("token_history", self.token_history.len(), MAX_ROWS),
            ("attachments", self.attachments.len(), MAX_ROWS),
            ("voice_transcripts", self.voice_transcripts.len(), MAX_ROWS),
            ("related_runs", self.related_runs.len(), MAX_RELATED),
        ] {
            if rows > most {
                check.fault(name, format!("has more than {most} items"));
                return check.faults;
            }
        }
        self.check_texts(&mut check);
        for (name, json) in [("flow", &self.flow), ("state", &self.state)] {
            check.json(name, json.as_ref());
        }
        check.count("duration_ms", self.duration_ms.unwrap_or(0));
        let mut seen = HashSet::new();
        for (index, step) in self.steps.iter().enumerate() {
            let at = format!("steps[{index}]");
            check.unique(&at, &step.id, &mut seen);
            check.step(&at, step);
        }
        self.check_tokens(&mut check);
        self.check_files(&mut check);
        check.faults
    }

    fn check_texts(&self, check: &mut Check) {
        for (name, text) in [
            ("workflow_name", &self.workflow_name),
            ("ai_employee_name", &self.ai_employee_name),
            ("conversation_title", &self.conversation_title),
            ("conversation_channel", &self.conversation_channel),
            ("channel", &self.channel),
            ("trigger_id", &self.trigger_id),
            ("model", &self.model),
        ] {
            check.name(name, text.as_deref());
        }
        for (name, text) in [
            ("trigger_url", &self.trigger_url),
            ("input_message", &self.input_message),
            ("output_message", &self.output_message),
            ("error_message", &self.error_message),
        ] {
            check.text(name, text.as_deref());
        }
    }

    fn check_tokens(&self, check: &mut Check) {
        let sum = self
            .token_history
            .iter()
            .filter_map(|usage| usage.usd_cost)
            .map(|cost| i128::from(cost.nanos()))
            .sum::<i128>();
        if sum > i128::from(MAX_DOLLARS) * 1_000_000_000 {
            check.fault("token_history", format!("costs more than {MAX_DOLLARS} US dollars together"));
        }
        let mut seen = HashSet::new();
        for (index, usage) in self.token_history.iter().enumerate() {
            let at = format!("token_history[{index}]");
            check.unique(&at, &usage.id, &mut seen);
            check.name(&format!("{at}.key_type"), Some(&usage.key_type));
            check.name(&format!("{at}.model"), usage.model.as_deref());
            for (name, count) in [
                ("input_tokens", usage.input_tokens),
                ("output_tokens", usage.output_tokens),
                ("cached_input_tokens", usage.cached_input_tokens),
            ] {
                check.count(&format!("{at}.{name}"), count);
            }
        }
    }

    fn check_files(&self, check: &mut Check) {
        let mut seen = HashSet::new();
        for (index, attachment) in self.attachments.iter().enumerate() {
            let at = format!("attachments[{index}]");
            check.unique(&at, &attachment.id.to_string(), &mut seen);
            check.name(&format!("{at}.name"), Some(&attachment.name));
            check.name(&format!("{at}.media_type"), Some(&attachment.media_type));
            if i64::try_from(attachment.size).is_err() {
                check.fault(&format!("{at}.size"), "is too large");
            }
        }
        let mut seen = HashSet::new();
        for (index, transcript) in self.voice_transcripts.iter().enumerate() {
            let at = format!("voice_transcripts[{index}]");
            check.unique(&at, &transcript.id.to_string(), &mut seen);
            for (turn_index, turn) in transcript.turns.iter().enumerate() {
                check.text(&format!("{at}.turns[{turn_index}].speaker"), Some(&turn.speaker));
                check.text(&format!("{at}.turns[{turn_index}].text"), Some(&turn.text));
                for (name, millis) in [("start_ms", turn.start_ms), ("end_ms", turn.end_ms)] {
                    let millis = i64::try_from(millis.unwrap_or(0)).unwrap_or(i64::MAX);
                    check.count(&format!("{at}.turns[{turn_index}].{name}"), millis);
                }
            }
        }
    }
}

/// Collects faults. A text may not hold U+0000, which PostgreSQL cannot store.
#[derive(Default)]
struct Check {
    faults: Vec<Fault>,
}

/// The longest name, channel or model, in characters: such texts are indexed.
pub const MAX_NAME_CHARS: usize = 400;
/// More tokens or milliseconds than anything has; sums of them stay far inside 64 bits.
pub const MAX_COUNT: i64 = 1_000_000_000_000;

impl Check {
    fn fault(&mut self, at: &str, message: impl Into<String>) {
        // One more says that there may be others.
        if self.faults.len() <= MAX_FAULTS {
            self.faults.push(Fault::new(at, message));
        }
    }

    fn text(&mut self, at: &str, text: Option<&str>) {
        let text = text.unwrap_or_default();
        if text.len() > MAX_MEMBER_BYTES {
            self.fault(at, "is longer than 1 MiB");
        }
        if text.contains('\0') {
            self.fault(at, "must not hold the character U+0000");
        }
    }

    fn name(&mut self, at: &str, text: Option<&str>) {
        self.text(at, text);
        if text.is_some_and(|text| text.chars().count() > MAX_NAME_CHARS) {
            self.fault(at, format!("is longer than {MAX_NAME_CHARS} characters"));
        }
    }

    fn json(&mut self, at: &str, json: Option<&Json>) {
        if json.is_some_and(|json| json.as_str().len() > MAX_MEMBER_BYTES) {
            self.fault(at, "is longer than 1 MiB");
        }
    }

    fn count(&mut self, at: &str, count: i64) {
        if !(0..=MAX_COUNT).contains(&count) {
            self.fault(at, format!("must be from 0 to {MAX_COUNT}"));
        }
    }

    fn id(&mut self, at: &str, id: &str) {
        if id.is_empty() || id.chars().count() > MAX_ID_CHARS || id.contains('\0') {
            self.fault(at, format!("must be a text of 1 to {MAX_ID_CHARS} characters"));
        }
    }

    fn unique(&mut self, at: &str, id: &str, seen: &mut HashSet<String>) {
        let at = format!("{at}.id");
        self.id(&at, id);
        if !seen.insert(id.to_owned()) {
            self.fault(&at, "stands here twice");
        }
    }

    fn step(&mut self, at: &str, step: &StepLog) {
        for (name, text) in
            [("parent_id", &step.parent_id), ("step_id", &step.step_id), ("kind", &step.kind), ("status", &step.status)]
        {
            if let Some(id) = text {
                self.id(&format!("{at}.{name}"), id);
            }
        }
        self.name(&format!("{at}.name"), step.name.as_deref());
        self.text(&format!("{at}.error"), step.error.as_deref());
        self.count(&format!("{at}.duration_ms"), step.duration_ms.unwrap_or(0));
        self.json(&format!("{at}.input"), step.input.as_ref());
        self.json(&format!("{at}.output"), step.output.as_ref());
        for (index, call) in step.tool_calls.iter().enumerate() {
            let at = format!("{at}.tool_calls[{index}]");
            self.id(&format!("{at}.id"), &call.id);
            self.name(&format!("{at}.name"), Some(&call.name));
            self.text(&format!("{at}.error"), call.error.as_deref());
            self.json(&format!("{at}.arguments"), call.arguments.as_ref());
            self.json(&format!("{at}.result"), call.result.as_ref());
        }
    }
}

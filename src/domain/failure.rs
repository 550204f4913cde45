//! Why a run failed, in one plain sentence: worked out from its steps when it is written, never guessed (P-41).

use super::{
    status::RunStatus,
    step::StepLog,
    text::{PREVIEW_CHARS, cut},
};
use postcard_schema::Schema;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::ToSchema;

/// What went wrong first, and what had worked before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Schema, ToSchema)]
pub struct Failure {
    /// The step log that failed; none when the run failed outside its steps.
    pub step_id: Option<String>,
    pub step_name: Option<String>,
    /// The tool whose call failed.
    pub tool: Option<String>,
    /// Its beginning, as lists show it.
    pub message: Option<String>,
    /// The message without what differs from run to run, by which like failures are found.
    pub signature: Option<String>,
    /// The last step before it that did not fail.
    pub last_good_step: Option<String>,
}

impl Failure {
    /// The sentence: `Step “Post credit note” failed`, and why when that is known.
    pub fn headline(&self) -> String {
        self.step_name.as_ref().map_or_else(|| "The run failed".to_owned(), |step| format!("Step “{step}” failed"))
    }

    /// All of it: `Step “Post credit note” failed: ledger.create: period is closed`.
    pub fn sentence(&self) -> String {
        match self.reason() {
            Some(reason) => format!("{}: {reason}", self.headline()),
            None => self.headline(),
        }
    }

    /// What follows the headline: the tool and its error.
    pub fn reason(&self) -> Option<String> {
        match (&self.tool, &self.message) {
            (Some(tool), Some(message)) => Some(format!("{tool}: {message}")),
            (Some(tool), None) => Some(tool.clone()),
            (None, message) => message.clone(),
        }
    }
}

/// Works out the failure of a run; `None` unless it failed.
pub fn explain(status: RunStatus, steps: &[StepLog], error_message: Option<&str>) -> Option<Failure> {
    if status != RunStatus::Failed {
        return None;
    }
    // A parent fails with its child; the child is where it happened.
    let failed_parents: HashSet<&str> =
        steps.iter().filter(|step| step.has_failed()).filter_map(|step| step.parent_id.as_deref()).collect();
    let at = steps.iter().position(|step| step.has_failed() && !failed_parents.contains(step.id.as_str()));
    let step = at.map(|at| &steps[at]);
    let call = step.and_then(|step| step.tool_calls.iter().find(|call| call.error.is_some()));
    let message = call
        .and_then(|call| call.error.as_deref())
        .or_else(|| step.and_then(|step| step.error.as_deref()))
        .or(error_message)
        .map(|message| cut(message, PREVIEW_CHARS));
    let last_good = steps[..at.unwrap_or(steps.len())].iter().rfind(|step| !step.has_failed());
    Some(Failure {
        step_id: step.map(|step| step.id.clone()),
        step_name: step.map(|step| step.label().to_owned()),
        tool: call.map(|call| call.name.clone()),
        message: message.map(str::to_owned),
        signature: message.map(signature),
        last_good_step: last_good.map(|step| step.label().to_owned()),
    })
}

/// An error with every quoted value, number and id taken out, so that two that differ only in these are equal.
pub fn signature(message: &str) -> String {
    let mut normal = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        if let Some((taken, left)) = quoted(first, after, normal.chars().last()) {
            normal.push_str(taken);
            rest = left;
        } else if first.is_alphanumeric() {
            let end = rest.find(|c: char| !c.is_alphanumeric() && !"-_.".contains(c)).unwrap_or(rest.len());
            let word = rest[..end].trim_end_matches(['-', '_', '.']);
            normal.push_str(if word.contains(|c: char| c.is_ascii_digit()) { "#" } else { word });
            rest = &rest[word.len()..];
        } else {
            normal.push(first);
            rest = after;
        }
    }
    normal
}

/// An empty pair of quotes for the quotation that `first` opens, and what comes after it.
fn quoted(first: char, after: &str, before: Option<char>) -> Option<(&'static str, &str)> {
    let (close, empty) = match first {
        '"' => ('"', "\"\""),
        '`' => ('`', "``"),
        '“' => ('”', "“”"),
        // An apostrophe inside a word opens nothing.
        '\'' if !before.is_some_and(char::is_alphanumeric) => ('\'', "''"),
        _ => return None,
    };
    after.split_once(close).map(|(_, left)| (empty, left))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn steps(value: serde_json::Value) -> Vec<StepLog> {
        serde_json::from_value::<Vec<serde_json::Value>>(value)
            .unwrap()
            .iter()
            .map(|step| serde_json::from_str(&step.to_string()).unwrap())
            .collect()
    }

    #[test]
    fn p41_names_the_deepest_first_failing_step_its_tool_and_the_last_that_worked() {
        let steps = steps(json!([
            { "id": "1", "name": "Look up order", "status": "completed" },
            { "id": "2", "name": "Settle", "status": "failed", "error": "a step failed" },
            { "id": "3", "parent_id": "2", "name": "Decide refund", "status": "completed" },
            { "id": "4", "parent_id": "2", "name": "Post credit note", "status": "failed", "tool_calls": [
                { "id": "a", "name": "ledger.read" },
                { "id": "b", "name": "ledger.create_credit_note", "error": "409: period 2026-10 is closed" }
            ] },
            { "id": "5", "name": "Notify", "status": "failed", "error": "too late" }
        ]));
        let failure = explain(RunStatus::Failed, &steps, Some("the run failed")).unwrap();
        assert_eq!(failure.step_id.as_deref(), Some("4"));
        assert_eq!(failure.headline(), "Step “Post credit note” failed");
        assert_eq!(failure.reason().unwrap(), "ledger.create_credit_note: 409: period 2026-10 is closed");
        assert_eq!(
            failure.sentence(),
            "Step “Post credit note” failed: ledger.create_credit_note: 409: period 2026-10 is closed"
        );
        assert_eq!(failure.signature.as_deref(), Some("#: period # is closed"));
        assert_eq!(failure.last_good_step.as_deref(), Some("Decide refund"));
        assert_eq!(explain(RunStatus::Completed, &steps, None), None);
    }

    #[test]
    fn p41_without_steps_the_run_speaks_for_itself() {
        let failure = explain(RunStatus::Failed, &[], Some("no model answered")).unwrap();
        assert_eq!(
            (failure.headline().as_str(), failure.reason().as_deref()),
            ("The run failed", Some("no model answered"))
        );
        assert_eq!(explain(RunStatus::Failed, &[], None).unwrap().reason(), None);
    }

    #[test]
    fn p41_a_signature_leaves_out_what_differs() {
        for (message, normal) in [
            ("timeout after 3000 ms", "timeout after # ms"),
            ("order 'A-17' and \"B\" not found", "order '' and \"\" not found"),
            ("can't open 7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d", "can't open #"),
            ("said “no” twice.", "said “” twice."),
            ("HTTP 502 at 10.0.0.1:8080.", "HTTP # at #:#."),
            ("unbalanced \" stays", "unbalanced \" stays"),
        ] {
            assert_eq!(signature(message), normal);
        }
    }

    proptest! {
        #[test]
        fn a_signature_is_its_own_signature(message in "\\PC{0,60}") {
            let once = signature(&message);
            prop_assert_eq!(signature(&once), once.clone());
            prop_assert!(!once.contains(|c: char| c.is_ascii_digit()));
        }
    }
}

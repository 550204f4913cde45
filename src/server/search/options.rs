//! The options of the menus as words beside a run's own: a search that has filters too finds what has all of them at once,
//! and need not go through all that has the words. They may lag behind as words do, so the runs found are held to the filters.

use crate::{
    domain::{filter::RunFilter, run_facts::RunKind},
    server::run_index::Part,
};
use sha2::{Digest, Sha256};

/// The words of what a run has.
pub fn options_of(kind: &RunKind) -> impl Iterator<Item = String> {
    Part::ALL.into_iter().filter_map(|part| Some(word(part, &part.option(kind)?)))
}

/// The words of what a filter asks for, as far as menus offer it.
pub fn options_asked(filter: &RunFilter) -> impl Iterator<Item = String> {
    Part::ALL.into_iter().filter_map(|part| Some(word(part, &part.asked(filter)?)))
}

/// A word that no text has, and that no short beginning is: see [`super::query::beginning`].
fn word(part: Part, option: &str) -> String {
    let digest = Sha256::new().chain_update([part.bit()]).chain_update(option).finalize();
    digest[..6].iter().fold("_".to_owned(), |word, byte| format!("{word}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        ids::{AiEmployeeId, WorkflowId},
        preset::{DurationPreset, NumberPreset, Preset, TokenPreset},
        status::RunStatus,
    };

    #[test]
    fn what_a_filter_asks_for_is_what_its_runs_have() {
        let workflow_id: WorkflowId = "7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d".parse().unwrap();
        let ai_employee_id: AiEmployeeId = "7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8e".parse().unwrap();
        let kind = RunKind {
            status: RunStatus::Failed,
            source: "web_chat".to_owned(),
            model: Some("failed".to_owned()),
            workflow_id,
            ai_employee_id: Some(ai_employee_id),
            duration: Some(1),
            tokens: Some(1),
        };
        let filter = RunFilter {
            status: Some(RunStatus::Failed),
            source: Some("web_chat".to_owned()),
            model: Some("failed".to_owned()),
            workflow_id: Some(workflow_id),
            ai_employee_id: Some(ai_employee_id),
            duration: Some(DurationPreset::ALL[1].range()),
            tokens: Some(TokenPreset::ALL[1].range()),
            ..RunFilter::default()
        };
        let mut words: Vec<_> = options_of(&kind).collect();
        assert_eq!(options_asked(&filter).collect::<Vec<_>>(), words);
        assert!(words.iter().all(|word| word.len() == 13 && word.starts_with('_')), "{words:?}");
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Part::ALL.len(), "the same text of two menus is two words");
        let free = RunFilter { duration: Some("999..1001".parse().unwrap()), ..RunFilter::default() };
        assert_eq!(options_asked(&free).count(), 0);
    }
}

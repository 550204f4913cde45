//! One made-up run, as the OpenAPI document shows it: as it is written, listed and read.

use crate::domain::{
    cost,
    document::{self, RunDocument},
    engine_state::EngineState,
    exported_run::ExportedRun,
    list_state,
    run::{Flow, Run},
    summary::RunsSummary,
};
use serde_json::Value;

const DOCUMENT: &str = include_str!("examples/run_document.json");
const RUN: &str = include_str!("examples/run.json");
const SUMMARY: &str = include_str!("examples/summary.json");

/// As an engine writes it.
pub fn document() -> RunDocument {
    document::parse(DOCUMENT.as_bytes()).expect("a unit test reads it")
}

/// The text of [`document`], as it was written.
pub fn document_text() -> Value {
    serde_json::from_str(DOCUMENT).expect("a unit test reads it")
}

/// As the API answers it.
pub fn run() -> Run {
    serde_json::from_str(RUN).expect("a unit test reads it")
}

/// As a list with `exclude` answers it.
pub fn listed_run() -> Run {
    let run = run();
    let state = list_state::compress(EngineState::read(run.state.as_ref()), &document().steps);
    Run { flow: Flow::LeftOut, state: Some(state), ..run }
}

/// As an export has it.
pub fn exported_run() -> ExportedRun {
    let Run {
        id,
        created_at,
        started_at,
        completed_at,
        failed_at,
        cancelled_at,
        status,
        workflow_id,
        workflow_name,
        ai_employee_id,
        ai_employee_name,
        source,
        conversation_id,
        trigger_id,
        model,
        duration_ms,
        input_tokens,
        output_tokens,
        total_tokens,
        costs,
        input_message,
        output_message,
        error_message,
        failure,
        ..
    } = run();
    ExportedRun {
        id,
        created_at,
        started_at,
        finished_at: completed_at.or(failed_at).or(cancelled_at),
        status,
        workflow_id,
        workflow_name,
        ai_employee_id,
        ai_employee_name,
        channel: source,
        conversation_id,
        trigger_id,
        model,
        duration_ms,
        input_tokens,
        output_tokens,
        total_tokens,
        usd_cost: cost::total(&costs),
        input_message,
        output_message,
        error_message,
        failure: failure.map(|failure| failure.sentence()),
    }
}

/// What runs come to.
pub fn summary() -> RunsSummary {
    serde_json::from_str(SUMMARY).expect("a unit test reads it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::run_write::RunWrite;

    #[test]
    fn the_examples_are_of_the_types_that_they_show() {
        let written = RunWrite::new(run().id, run().workflow_id, document());
        assert_eq!(run().failure, written.failure);
        assert_eq!(run().duration_ms, written.document.duration());
        assert_eq!(document_text()["status"], "failed");
        let read: Value = serde_json::from_str(RUN).unwrap();
        assert_eq!(serde_json::to_value(run()).unwrap(), read, "no member is missing");
        let read: Value = serde_json::from_str(SUMMARY).unwrap();
        assert_eq!(serde_json::to_value(summary()).unwrap(), read, "no member is missing");
    }
}

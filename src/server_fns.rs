//! What pages ask the server for: one file a function, one line a body.

mod answer;
mod get_filter_options;
mod get_payload;
mod get_run;
mod get_steps;
mod get_summary;
mod list_runs;

pub use answer::{AnswerBytes, AnswerError};
pub use get_filter_options::{GetFilterOptions, get_filter_options};
pub use get_payload::{GetPayload, get_payload};
pub use get_run::{GetRun, get_run};
pub use get_steps::{GetSteps, get_steps};
pub use get_summary::{GetSummary, get_summary};
pub use list_runs::{ListRuns, list_runs};

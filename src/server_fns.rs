//! What pages ask the server for: one file a function, one line a body.

mod get_run;
mod list_runs;

pub use get_run::{GetRun, get_run};
pub use list_runs::{ListRuns, list_runs};

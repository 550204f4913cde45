//! What both faces, pages and API, call. Knows neither HTTP nor pages, and holds no SQL.

pub mod export;
pub mod filter_options;
pub mod get_run;
pub mod ingest;
pub mod list_runs;
pub mod removed;
pub mod retention;
pub mod run_changes;
pub mod run_index;
pub mod run_view;
pub mod search_index;
pub mod search_runs;
pub mod sign_in;
pub mod summary;
pub mod traces;

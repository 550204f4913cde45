//! What both faces, pages and API, call. Knows neither HTTP nor pages, and holds no SQL.

pub mod get_run;
pub mod ingest;
pub mod list_runs;
pub mod sign_in;

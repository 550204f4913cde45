//! What the browser knows and the server does not. The same signatures in both builds; on the server nothing happens.

pub mod clock;
pub mod hydrated;
pub mod page_size;
pub mod workflow_runs;

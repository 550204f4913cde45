//! What the browser knows and the server does not. The same signatures in both builds; on the server nothing happens.

pub mod clock;
pub mod cookie;
pub mod event_stream;
pub mod hydrated;
pub mod landing;
pub mod latest;
pub mod page_size;
pub mod theme;
pub mod visible;
pub mod workflow_runs;

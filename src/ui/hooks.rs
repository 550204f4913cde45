//! What the browser knows and the server does not. The same signatures in both builds; on the server nothing happens.

pub mod asked;
pub mod clock;
pub mod cookie;
pub mod event_stream;
pub mod hydrated;
pub mod landing;
pub mod opened;
pub mod page_size;
pub mod reactive;
pub mod theme;
pub mod visible;
pub mod workflow_runs;

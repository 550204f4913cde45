//! Everything that exists only on the server. A request goes from its handler through `query` to `store`.

pub mod clock;
pub mod demo;
pub mod query;
pub mod store;

//! Alloy Logs: execution logs for AI teammates. One crate built twice, as a server and for the browser;
//! the two feature gates below are all that tells the builds apart.
#![recursion_limit = "512"]

pub mod domain;
pub mod logs_query;
pub mod paths;

#[cfg(feature = "ssr")]
pub mod server;

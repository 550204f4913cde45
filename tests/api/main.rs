//! The REST API over HTTP, by the tree of its URLs: the real program, status and body.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod attachment;
mod detail;
mod events;
mod guard;
mod hostile;
mod list;
mod openapi;
mod otlp;
mod payload;
mod s3;
mod session;
mod steps;
mod summary;
mod write;

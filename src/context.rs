//! What a page knows before it asks for anything, the same on the server and at hydration.

use crate::{
    domain::{frame::Frame, page::PageSize, theme::Theme, time::Timestamp},
    error::AppError,
};
use leptos::prelude::*;
use postcard_schema::Schema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What the server tells a page, and the page's script reads out of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Schema)]
pub struct Boot {
    /// Who is signed in and what stands around the page; or why there is nothing to stand around.
    pub frame: Result<Frame, AppError>,
    /// The page size that the browser's cookie names.
    pub page_size: PageSize,
    /// The theme that the browser's cookie names.
    pub theme: Theme,
    /// The server's clock, by which "4 min ago" is the same text on both sides.
    pub now: Timestamp,
}

/// How a page sets the status of its answer; does nothing in the browser.
#[derive(Clone)]
pub struct SetStatus(Arc<dyn Fn(u16) + Send + Sync>);

impl SetStatus {
    /// With what the server does.
    pub fn new(set: impl Fn(u16) + Send + Sync + 'static) -> Self {
        Self(Arc::new(set))
    }
}

/// Answers the page with another status than 200.
pub fn set_status(status: u16) {
    if let Some(SetStatus(set)) = use_context() {
        set(status);
    }
}

/// What the server told this page.
pub fn use_boot() -> Boot {
    expect_context()
}

/// The frame of a page that is only reached with one.
pub fn use_frame() -> Frame {
    expect_context()
}

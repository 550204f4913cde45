//! How a run went, and when it ended.

use super::tree::{Node, Tree};
use crate::{
    domain::{document::RunDocument, status::RunStatus, time::Timestamp},
    server::otlp::{
        attributes::{self, ERROR_TYPE, RUN_STATUS},
        limits,
        span::{SpanData, StatusCode},
    },
};

/// The status of a run, and what belongs to it.
pub(super) struct Outcome {
    pub(super) status: RunStatus,
    pub(super) duration_ms: Option<i64>,
    pub(super) error: Option<String>,
    at: Timestamp,
}

impl Outcome {
    /// Writes the time of the end, or of the pause, where it belongs.
    pub(super) fn stamp(&self, document: &mut RunDocument) {
        let place = match self.status {
            RunStatus::Pending | RunStatus::Running => return,
            RunStatus::Suspended => &mut document.suspended_at,
            RunStatus::Completed => &mut document.completed_at,
            RunStatus::Failed => &mut document.failed_at,
            RunStatus::Cancelled => &mut document.cancelled_at,
        };
        *place = Some(self.at);
    }
}

/// Works out how a run went: as the engine says, else as its root does. Without an ended root it runs, until it is stale.
pub(super) fn outcome(tree: &Tree, is_stale: bool) -> Outcome {
    // The parent of a run that is called from elsewhere may never be sent here.
    let root = tree.last_root().or_else(|| tree.entry().filter(|_| is_stale)).map(|at| &tree.nodes[at]);
    let ended = root.and_then(|root| Some((root, root.ended_at?)));
    let said = tree.text(RUN_STATUS).and_then(|word| word.to_ascii_lowercase().parse().ok());
    // Of a run that says it goes on, and does not, nothing more is expected either.
    let goes_on = |status: &RunStatus| matches!(status, RunStatus::Pending | RunStatus::Running);
    let said = said.filter(|status| !(is_stale && goes_on(status)));
    let status = said.unwrap_or_else(|| match ended {
        Some((root, _)) if has_failed(root.span) => RunStatus::Failed,
        Some(_) => RunStatus::Completed,
        None if is_stale => RunStatus::Failed,
        None => RunStatus::Running,
    });
    let at = ended.map_or(tree.last_seen_at, |(_, end)| end);
    // A run of several traces takes from the beginning of the first to the end of the last.
    let is_one_trace = tree.first_root() == tree.last_root();
    let began = root.filter(|_| is_one_trace).map_or(tree.started_at, |root| root.started_at);
    Outcome {
        status,
        duration_ms: status.is_final().then(|| limits::count(at.millis_since(began))),
        error: match ended {
            _ if status != RunStatus::Failed => None,
            None if said.is_none() => Some(format!("no sign of life since {}", tree.last_seen_at)),
            _ => run_error(tree, root),
        },
        at,
    }
}

/// Whether a span went wrong.
pub(super) fn has_failed(span: &SpanData) -> bool {
    match span.status.code {
        StatusCode::Error => true,
        StatusCode::Ok => false,
        StatusCode::Unset => attributes::text(span, ERROR_TYPE).is_some(),
    }
}

/// Why a span went wrong; `None` when it did not.
pub(super) fn error(span: &SpanData) -> Option<String> {
    let said = || Some(span.status.message.trim()).filter(|message| !message.is_empty()).map(str::to_owned);
    let reason = || said().or_else(|| exception(span)).or_else(|| attributes::text(span, ERROR_TYPE));
    has_failed(span).then(|| reason().unwrap_or_else(|| "It ended with an error".to_owned()))
}

/// Type and message of the exception that ended a span.
fn exception(span: &SpanData) -> Option<String> {
    let event = span.events.iter().rfind(|event| event.name == "exception")?;
    let text = |name: &str| event.attributes.get(name).and_then(attributes::plain_text);
    match (text("exception.type"), text("exception.message")) {
        (Some(kind), Some(message)) => Some(format!("{kind}: {message}")),
        (kind, message) => message.or(kind),
    }
}

/// What the root says went wrong, else the span deepest inside that did.
fn run_error(tree: &Tree, root: Option<&Node>) -> Option<String> {
    let said = root.map(|root| root.span.status.message.trim()).filter(|message| !message.is_empty());
    let failed = tree.places().rev().filter(|at| has_failed(tree.nodes[*at].span));
    let deepest = || failed.max_by_key(|at| tree.nodes[*at].depth).and_then(|at| error(tree.nodes[at].span));
    said.map(str::to_owned).or_else(deepest)
}

//! The stream as text, as browsers read it.

use crate::{
    domain::change::{Position, RUN_CREATED, RUN_LEFT, RUN_UPDATED},
    server::query::run_changes::{Change, Changes},
};
use axum::body::Bytes;
use serde::Serialize;
use std::fmt::Write;

/// How long a browser waits before it comes again, in milliseconds.
const COME_AGAIN_AFTER: u64 = 2_000;

/// Bytes of one part, after which the rest waits: so much is held for a reader who does not read.
const AT_ONCE: usize = 16 * 1024;

/// The first words. A browser that is cut off before the first event knows from where to go on.
pub fn greeting(position: Position) -> Bytes {
    format!("retry: {COME_AGAIN_AFTER}\nid: {position}\n\n").into()
}

/// Says that there is somebody, and how far all has been told.
pub fn heartbeat(position: Position) -> Bytes {
    format!(":\nid: {position}\n\n").into()
}

/// Changes as events, as many as fit, and where one stands after them.
pub fn of(changes: &Changes) -> (Bytes, Position) {
    let mut text = String::new();
    for (at, (position, change)) in changes.runs.iter().enumerate() {
        match change {
            None => {}
            Some(Change::Created(event)) => push(&mut text, RUN_CREATED, *position, event),
            Some(Change::Updated(event)) => push(&mut text, RUN_UPDATED, *position, event),
            Some(Change::Left(run)) => push(&mut text, RUN_LEFT, *position, run),
        }
        if text.len() >= AT_ONCE && at + 1 < changes.runs.len() {
            return (text.into(), *position);
        }
    }
    (text.into(), changes.to)
}

fn push(text: &mut String, name: &str, position: Position, data: &impl Serialize) {
    // A value in memory has text keys only, so it can always be written; and JSON has no line ends of its own.
    let data = serde_json::to_string(data).unwrap_or_default();
    // Writing to a text does not fail.
    let _ = write!(text, "event: {name}\nid: {position}\ndata: {data}\n\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{change::RunLeft, ids::RunId, status::RunStatus};
    use uuid::Uuid;

    fn left(n: u128) -> Change {
        let id = RunId(Uuid::from_u128(n));
        Change::Left(RunLeft { id, status: Some(RunStatus::Completed), duration_ms: Some(7) })
    }

    #[test]
    fn an_event_is_a_name_an_id_and_a_line_of_json() {
        let runs = vec![(Position::after(3), Some(left(1))), (Position::after(4), None)];
        let (text, to) = of(&Changes { runs, to: Position::after(9) });
        assert_eq!(to, Position::after(9));
        assert_eq!(
            text,
            "event: run-left\nid: 3\ndata: {\"id\":\"00000000-0000-0000-0000-000000000001\",\"status\":\"completed\",\"duration_ms\":7}\n\n"
        );
        assert_eq!(heartbeat(to), ":\nid: 9\n\n");
    }

    #[test]
    fn what_is_too_much_for_one_part_waits() {
        let runs: Vec<_> = (1..1_000).map(|n| (Position::after(n), Some(left(n.into())))).collect();
        let (text, to) = of(&Changes { runs, to: Position::after(1_000) });
        assert!((AT_ONCE..AT_ONCE + 200).contains(&text.len()));
        let events = text.windows(7).filter(|window| window == b"event: ").count();
        assert_eq!(events as u64, to.change);
    }
}

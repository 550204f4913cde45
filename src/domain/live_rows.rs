//! What events make of a page of rows (P-51).

use super::{
    change::{RunEvent, RunLeft},
    ids::RunId,
    page::{Page, PageNumber},
    run::RunSummary,
    text::thousands,
};

/// So many new runs are counted one by one.
const MOST: usize = 1_000;

/// An event of the stream that a page listens to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowEvent {
    /// A run that fits the filters was written.
    Written(Box<RunEvent>),
    /// A run was written, and does not fit them; or is not there any more.
    Left(RunLeft),
}

/// A page of rows, with what has come since it was listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveRows {
    pub page: Page<RunSummary>,
    /// The number of the last write when it was listed.
    as_of: u64,
    /// Whether it is of a list that a run may come into or leave by being written.
    is_narrowed: bool,
    /// Runs that came since, and are not on it.
    new: Vec<RunId>,
    /// Whether it would list others by now, or say another total.
    is_outdated: bool,
}

impl RowEvent {
    /// The run of which it tells.
    pub const fn run_id(&self) -> RunId {
        match self {
            Self::Written(event) => event.run.id,
            Self::Left(run) => run.id,
        }
    }
}

impl LiveRows {
    /// A page as it was listed.
    pub const fn new(page: Page<RunSummary>, as_of: u64, is_narrowed: bool) -> Self {
        Self { page, as_of, is_narrowed, new: Vec::new(), is_outdated: false }
    }

    /// Takes an event in. What is on the page changes where it stands; what is not is counted.
    pub fn take(&mut self, event: RowEvent) {
        let id = event.run_id();
        let row = self.page.rows.iter_mut().find(|row| row.id == id);
        match (event, row) {
            (RowEvent::Written(event), Some(row)) => {
                self.is_outdated |= row.created_at != event.run.created_at;
                *row = event.run;
            }
            (RowEvent::Written(event), None) if event.appeared > self.as_of => self.count(id),
            (RowEvent::Written(_), None) => self.is_outdated |= self.is_narrowed,
            (RowEvent::Left(left), Some(row)) => {
                self.is_outdated = true;
                if let Some(status) = left.status {
                    // Until the page is listed again, it says how the run ended.
                    (row.status, row.duration_ms) = (status, left.duration_ms);
                } else {
                    self.page.rows.retain(|row| row.id != id);
                    self.page.total.rows = self.page.total.rows.saturating_sub(1);
                }
            }
            (RowEvent::Left(_), None) => {
                self.new.retain(|new| *new != id);
                // It may have been on another page.
                self.is_outdated |= self.page.total.rows > self.page.rows.len() as u64;
            }
        }
    }

    fn count(&mut self, id: RunId) {
        if self.new.len() <= MOST && !self.new.contains(&id) {
            self.new.push(id);
        }
    }

    /// Whether it is to be listed again: only the first page, as the rows of any other would move on.
    pub fn wants_listing(&self) -> bool {
        self.page.request.page == PageNumber::FIRST && (self.is_outdated || !self.new.is_empty())
    }

    /// Whether a run that is on the page would be on the next one, if it were listed again.
    pub fn would_push_off(&self, id: RunId) -> bool {
        let place = self.page.rows.iter().position(|row| row.id == id);
        place.is_some_and(|place| (place + self.new.len()) as u64 >= self.page.request.limit.get())
    }

    /// How many runs are new, in words; `None` when none is.
    pub fn news(&self) -> Option<String> {
        match self.new.len() {
            0 => None,
            count @ ..=MOST => Some(format!("{} new", thousands(count as u64))),
            _ => Some(format!("{}+ new", thousands(MOST as u64))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{page::PageRequest, status::RunStatus};
    use serde_json::json;
    use uuid::Uuid;

    fn run(n: u128, status: &str) -> RunSummary {
        serde_json::from_value(json!({
            "id": Uuid::from_u128(n), "workflow_name": "Refund triage", "source": "api", "status": status,
            "created_at": "2026-11-21T14:00:00Z", "costs": []
        }))
        .unwrap()
    }

    fn written(n: u128, status: &str, appeared: u64) -> RowEvent {
        RowEvent::Written(Box::new(RunEvent { appeared, run: run(n, status) }))
    }

    fn left(n: u128, status: RunStatus) -> RowEvent {
        RowEvent::Left(RunLeft { id: RunId(Uuid::from_u128(n)), status: Some(status), duration_ms: Some(7) })
    }

    fn removed(n: u128) -> RowEvent {
        RowEvent::Left(RunLeft { id: RunId(Uuid::from_u128(n)), status: None, duration_ms: None })
    }

    /// Runs 1 and 2 of a list of so many, as of write 10.
    fn rows(page: u64, total: u64, is_narrowed: bool) -> LiveRows {
        let request = PageRequest { page: page.try_into().unwrap(), limit: 10.try_into().unwrap() };
        LiveRows::new(
            Page { rows: vec![run(1, "running"), run(2, "running")], request, total: total.into() },
            10,
            is_narrowed,
        )
    }

    #[test]
    fn p51_events_change_rows_where_they_stand_and_count_what_is_new() {
        let plain = || rows(1, 2, false);
        let narrowed = || rows(1, 2, true);
        for (name, mut rows, events, statuses, news, wants_listing) in [
            ("a row goes on", plain(), vec![written(1, "completed", 3)], "completed running", None, false),
            ("a run comes", plain(), vec![written(3, "running", 11)], "running running", Some("1 new"), true),
            (
                "and goes on",
                plain(),
                vec![written(3, "running", 11), written(3, "failed", 11)],
                "running running",
                Some("1 new"),
                true,
            ),
            ("one of another page", plain(), vec![written(3, "failed", 9)], "running running", None, false),
            ("one that fits by now", narrowed(), vec![written(3, "failed", 9)], "running running", None, true),
            ("a row leaves", narrowed(), vec![left(2, RunStatus::Completed)], "running completed", None, true),
            ("a row is not there any more", plain(), vec![removed(1)], "running", None, true),
            (
                "one comes and is not there any more",
                plain(),
                vec![written(3, "running", 11), removed(3)],
                "running running",
                None,
                false,
            ),
            ("one that is on no page", narrowed(), vec![left(3, RunStatus::Completed)], "running running", None, false),
            (
                "one of another page leaves",
                super::tests::rows(1, 30, true),
                vec![left(3, RunStatus::Failed)],
                "running running",
                None,
                true,
            ),
            (
                "one comes and leaves",
                narrowed(),
                vec![written(3, "running", 11), left(3, RunStatus::Failed)],
                "running running",
                None,
                false,
            ),
            (
                "elsewhere nothing moves",
                super::tests::rows(2, 30, true),
                vec![written(3, "failed", 11), left(1, RunStatus::Failed)],
                "failed running",
                Some("1 new"),
                false,
            ),
        ] {
            for event in events {
                rows.take(event);
            }
            let said: Vec<_> = rows.page.rows.iter().map(|row| row.status.as_str()).collect();
            assert_eq!(said.join(" "), statuses, "{name}");
            assert_eq!(rows.news().as_deref(), news, "{name}");
            assert_eq!(rows.wants_listing(), wants_listing, "{name}");
        }
    }

    #[test]
    fn p51_what_is_too_many_to_count_is_not_counted() {
        let mut rows = rows(3, 30, false);
        for n in 0..1_200_u64 {
            rows.take(written(100 + u128::from(n), "running", 11));
            rows.take(written(100, "running", 11));
            let expected = if n < 1_000 { format!("{} new", thousands(n + 1)) } else { "1,000+ new".to_owned() };
            assert_eq!(rows.news(), Some(expected));
        }
    }

    #[test]
    fn p51_a_run_is_known_to_be_pushed_off_the_page() {
        let mut rows = rows(1, 30, false);
        let last = RunId(Uuid::from_u128(2));
        for n in 0..8 {
            rows.take(written(100 + n, "running", 11));
        }
        assert!(!rows.would_push_off(last) && !rows.would_push_off(RunId(Uuid::nil())));
        rows.take(written(200, "running", 11));
        assert!(rows.would_push_off(last) && !rows.would_push_off(RunId(Uuid::from_u128(1))));
    }
}

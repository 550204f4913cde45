//! What listens to what is written, and makes rows of it.

use super::{Act, Live, Notes};
use crate::{
    domain::{
        change::{RUN_CREATED, RUN_LEFT, RUN_UPDATED},
        ids::RunId,
        live_rows::{LiveRows, RowEvent},
        page::Page,
        run::RunSummary,
        run_view::RunsAnswer,
    },
    logs_query::LogsQuery,
    paths,
    server_fns::list_runs,
    ui::{
        hooks::{
            event_stream::{EventStream, Told},
            reactive::memo,
            visible::use_visible,
            workflow_runs::ListKey,
        },
        logs_table::Shown,
    },
};
use leptos::{prelude::*, task::spawn_local};
use std::{sync::Arc, time::Duration};

/// The page is listed again this often at most.
const REST: Duration = Duration::from_secs(1);
/// How long a page that was refused waits before it asks again, at first and at most.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(2), Duration::from_mins(1));

impl Live {
    /// Keeps a stream of events open for the list that is shown.
    pub(super) fn listen(self) {
        let acts = move |act| match act {
            Act::Settle => self.settle_now(),
            Act::BringIn => {
                self.note(|notes| notes.is_asked_for = true);
                self.list_again();
            }
        };
        // The page may have been left before this was loaded.
        if self.acts.try_set_value(Some(Arc::new(acts))).is_some() {
            return;
        }
        let is_visible = use_visible();
        // What is listened to, once its list has come, and from that answer on.
        let wanted = memo(move |_| {
            let (key, scope) = (self.runs.key.with(ListKey::text), self.runs.scope.get());
            self.shown.with(|shown| {
                // What is found by words is found in the index, which no event tells of.
                let is_there = shown.key.as_ref() == Some(&key) && shown.error.is_none() && shown.searched.is_none();
                let watched = self.runs.query.with(|query| query.watched(scope, shown.found_by));
                is_there.then(|| (shown.origin(), watched))
            })
        });
        let (again, set_again) = signal(false);
        Effect::new(move |open: Option<Option<EventStream>>| {
            drop(open);
            // It may be woken by what takes it away.
            again.try_get()?;
            let (since, parameters) = wanted.try_get()?.filter(|_| is_visible.try_get() == Some(true))?;
            let told = self.note(|notes| {
                if notes.since != since {
                    notes.told = since.1.to_string();
                    notes.since = since;
                }
                notes.told.clone()
            });
            let come_again = move || {
                let refusals = self.note(|notes| {
                    notes.refusals += 1;
                    notes.refusals
                });
                // None when the page was left.
                let Some(refusals) = refusals else { return };
                let wait = PATIENCE.0.saturating_mul(1 << (refusals - 1).min(5)).min(PATIENCE.1);
                set_timeout(move || set_again.update(|again| *again = !*again), wait);
            };
            let address = paths::api_events(self.organization_id, &parameters, &told?);
            EventStream::open(&address, &[RUN_CREATED, RUN_UPDATED, RUN_LEFT], move |told| self.hear(told), come_again)
        });
    }

    /// Takes in what was told.
    fn hear(self, told: Told) {
        let event = if told.name == RUN_LEFT {
            serde_json::from_str(&told.data).map(RowEvent::Left)
        } else {
            serde_json::from_str(&told.data).map(|event| RowEvent::Written(Box::new(event)))
        };
        let is_expanded = |event: &RowEvent| self.runs.expanded.try_get_untracked().flatten() == Some(event.run_id());
        let noted = self.note(|notes| {
            (notes.told, notes.refusals) = (told.id, 0);
            if let Ok(event) = &event {
                notes.run_has_changed |= is_expanded(event);
                if notes.is_listing {
                    notes.meanwhile.push(event.clone());
                }
            }
        });
        // One that cannot be read is of a newer version, perhaps.
        if let (Some(()), Ok(event)) = (noted, event) {
            let answered = self.shown.with_untracked(|shown| Some((shown.origin(), shown.page.clone()?)));
            let Some((origin, page)) = answered else { return };
            self.rows.update(|rows| {
                let current = rows.take().filter(|(of, _)| *of == origin);
                let (_, rows) = rows.insert(current.unwrap_or_else(|| {
                    let rows = self.rows_of(page, origin.1);
                    (origin, rows)
                }));
                rows.take(event);
            });
            self.settle_now();
        }
    }

    fn rows_of(self, page: Page<RunSummary>, as_of: u64) -> LiveRows {
        LiveRows::new(page, as_of, self.runs.query.with_untracked(LogsQuery::is_narrowed))
    }

    /// Brings in what has come, where that moves nothing that somebody is at.
    fn settle_now(self) {
        let holds_run = is_there(".run-detail:focus-within");
        let noted = self.note(|notes| {
            let run_has_changed = !holds_run && std::mem::take(&mut notes.run_has_changed);
            (run_has_changed, notes.is_asked_for)
        });
        let Some((run_has_changed, is_asked_for)) = noted else { return };
        if run_has_changed {
            self.runs.run.refetch();
        }
        if is_asked_for || !is_there(".runs-live:is(:hover, :focus-within)") {
            self.list_again();
        }
    }

    fn list_again(self) {
        let Some(is_asked_for) = self.note(|notes| notes.is_asked_for) else { return };
        let expanded = self.runs.expanded.get_untracked().filter(|_| !is_asked_for);
        let stays = |rows: &LiveRows| expanded.is_none_or(|run| !rows.would_push_off(run));
        let wants_listing =
            self.rows.with_untracked(|rows| rows.as_ref().is_some_and(|(_, rows)| rows.wants_listing() && stays(rows)));
        let is_free = self.note(|notes| {
            let is_free = wants_listing && !notes.is_listing;
            notes.is_asked_for &= wants_listing;
            if is_free {
                notes.is_listing = true;
                notes.meanwhile.clear();
            }
            is_free
        });
        if is_free != Some(true) {
            return;
        }
        let key = self.runs.key.get_untracked();
        spawn_local(async move {
            let (text, (scope, search, size)) = (key.text(), key.parts());
            let answer = list_runs(self.organization_id, scope, search, size).await;
            // The page may have been left meanwhile, or another list asked for.
            let is_wanted = self.runs.key.try_with_untracked(|key| key.text() == text) == Some(true);
            if let (true, Ok(Ok(answer))) = (is_wanted, answer.map(|answer| answer.read())) {
                // It may know of more runs than was heard of when it was asked for.
                let pushes_off = expanded.is_some_and(|run| self.lists(run) && !has_run(&answer.page, run));
                if !pushes_off {
                    self.show(answer);
                }
            }
            set_timeout(move || self.go_on(), REST);
        });
    }

    /// Whether the page that is shown has a run.
    fn lists(self, id: RunId) -> bool {
        self.page.with_untracked(|page| page.as_ref().is_some_and(|page| has_run(page, id)))
    }

    fn show(self, answer: RunsAnswer) {
        let is_new = |id: &RunId| !self.lists(*id);
        let arrived = answer.page.rows.iter().map(|run| run.id).filter(is_new).collect();
        let mut rows = self.rows_of(answer.page, answer.as_of);
        self.note(|notes| {
            (notes.arrived, notes.is_asked_for) = (arrived, false);
            // They may be newer than the answer.
            for event in notes.meanwhile.drain(..) {
                rows.take(event);
            }
        });
        self.rows.set(Some((self.shown.with_untracked(Shown::origin), rows)));
        self.runs.renew();
    }

    /// After a rest, with what came meanwhile.
    fn go_on(self) {
        if self.note(|notes| notes.is_listing = false).is_some() {
            self.settle_now();
        }
    }

    /// Changes the notes; `None` when the page was left.
    fn note<T>(self, change: impl FnOnce(&mut Notes) -> T) -> Option<T> {
        self.notes.try_update_value(change)
    }
}

fn has_run(page: &Page<RunSummary>, id: RunId) -> bool {
    page.rows.iter().any(|run| run.id == id)
}

/// Whether the page has an element like this.
fn is_there(selector: &str) -> bool {
    document().query_selector(selector).is_ok_and(|element| element.is_some())
}

//! Runs by the time of their creation and by how they ended. One drags over some of it to see only these, or does the same
//! with the arrow keys and Enter.

use crate::{
    domain::{
        filters::FilterKind,
        status::RunStatus,
        summary::{Bar, Histogram},
        text::thousands,
        time::Timestamp,
    },
    ui::{
        hooks::{
            clock::use_now,
            reactive::memo,
            workflow_runs::{History, WorkflowRuns},
        },
        kit::moment::local_words,
    },
};
use leptos::{
    ev::{KeyboardEvent, PointerEvent},
    html,
    prelude::*,
};

/// From the ground up.
const ORDER: [RunStatus; 6] = [
    RunStatus::Completed,
    RunStatus::Cancelled,
    RunStatus::Suspended,
    RunStatus::Pending,
    RunStatus::Running,
    RunStatus::Failed,
];
/// A bar is at least so high, of a thousand, that one sees that it is there.
const LEAST: u64 = 24;
const DAY_MS: i64 = 86_400_000;

/// Where one points, and where one began to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pointed {
    at: usize,
    since: Option<usize>,
}

impl Pointed {
    fn has(self, bar: usize) -> bool {
        let since = self.since.unwrap_or(self.at);
        (since.min(self.at)..=since.max(self.at)).contains(&bar)
    }
}

/// How some of the bars are chosen.
#[derive(Clone, Copy)]
struct Choosing {
    runs: WorkflowRuns,
    histogram: Memo<Histogram>,
    /// Whether it is of another filter than what is asked for by now.
    is_old: Memo<bool>,
    now: ReadSignal<Timestamp>,
    place: NodeRef<html::Div>,
    pointed: RwSignal<Option<Pointed>>,
}

impl Choosing {
    fn last(self) -> usize {
        self.histogram.with_untracked(|histogram| histogram.bars.len().saturating_sub(1))
    }

    fn bar_at(self, event: &PointerEvent) -> usize {
        let width = self.place.get().map_or(1, |place| place.client_width()).max(1);
        let bar = i64::from(event.offset_x()) * i64::try_from(self.last() + 1).unwrap_or(1) / i64::from(width);
        usize::try_from(bar).unwrap_or_default().min(self.last())
    }

    fn press(self, event: &PointerEvent) {
        if event.button() != 0 {
            return;
        }
        let at = self.bar_at(event);
        self.pointed.set(Some(Pointed { at, since: Some(at) }));
        if let Some(place) = self.place.get() {
            // Without it, one only cannot drag beyond the edge.
            let _ = place.set_pointer_capture(event.pointer_id());
        }
    }

    fn follow(self, event: &PointerEvent) {
        let since = self.pointed.get_untracked().and_then(|pointed| pointed.since);
        self.pointed.set(Some(Pointed { at: self.bar_at(event), since }));
    }

    fn release(self, event: &PointerEvent) {
        if let Some(Pointed { since: since @ Some(_), .. }) = self.pointed.get_untracked() {
            self.choose(Pointed { at: self.bar_at(event), since });
        }
    }

    /// Nothing is pointed at any more, unless one drags.
    fn leave(self) {
        if self.pointed.get_untracked().is_some_and(|pointed| pointed.since.is_none()) {
            self.pointed.set(None);
        }
    }

    fn key(self, event: &KeyboardEvent) {
        let here = self.pointed.get_untracked();
        let from = here.map_or(self.last(), |pointed| pointed.at);
        let next = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => Some(from.saturating_sub(1)),
            "ArrowRight" | "ArrowUp" => Some((from + 1).min(self.last())),
            "Home" => Some(0),
            "End" => Some(self.last()),
            "Enter" | " " => {
                self.choose(here.unwrap_or(Pointed { at: from, since: None }));
                None
            }
            "Escape" if here.is_some() => {
                self.pointed.set(None);
                None
            }
            _ => return,
        };
        event.prevent_default();
        if let Some(at) = next {
            let since = event.shift_key().then(|| here.and_then(|pointed| pointed.since).unwrap_or(from));
            self.pointed.set(Some(Pointed { at, since }));
        }
    }

    /// Shows only the runs of what is pointed at; the first bar and the last may go beyond the dates that are shown.
    fn choose(self, Pointed { at, since }: Pointed) {
        let range = self.histogram.with_untracked(|histogram| histogram.range(at, since.unwrap_or(at)));
        let range = range.filter(|_| !self.is_old.get_untracked());
        let dates = self.runs.query.with_untracked(|query| query.filters.date);
        let dates = dates.map(|dates| dates.at(self.now.get_untracked())).unwrap_or_default();
        self.pointed.set(None);
        if let Some(range) = range.and_then(|range| range.within(dates)) {
            self.runs.go(History::Push, |query| query.with(FilterKind::Date, &range.to_string()));
        }
    }

    /// What is pointed at, in words; of nothing, the last bar.
    fn words(self) -> String {
        self.histogram.with(|histogram| {
            let last = Pointed { at: histogram.bars.len().saturating_sub(1), since: None };
            let Pointed { at, since } = self.pointed.get().unwrap_or(last);
            words_of(histogram, at, since.unwrap_or(at))
        })
    }
}

/// The histogram; nothing where there are no runs.
#[component]
pub fn RunsOverTime(
    histogram: Memo<Histogram>,
    /// Whether it is of another filter than what is asked for by now.
    is_old: Memo<bool>,
    pointed: RwSignal<Option<Pointed>>,
    runs: WorkflowRuns,
) -> impl IntoView {
    let choosing = Choosing { runs, histogram, is_old, now: use_now(), place: NodeRef::new(), pointed };
    let has_bars = memo(move |_| histogram.with(|histogram| !histogram.bars.is_empty()));
    move || has_bars.get().then(|| view! { <Bars choosing /> }.into_any())
}

/// The bars, on which one chooses. They change under the same element, so that nobody who is on it loses it.
#[component]
fn Bars(choosing: Choosing) -> impl IntoView {
    let Choosing { histogram, place, pointed, .. } = choosing;
    let count = memo(move |_| histogram.with(|histogram| histogram.bars.len()));
    let time = move |which: fn(&Histogram) -> Option<Timestamp>| {
        histogram.with(|histogram| which(histogram).map(|time| time_words(time, histogram.step_ms)))
    };
    let begins = move || time(|histogram| histogram.bars.first().map(|bar| bar.from));
    let ends =
        move || time(|histogram| histogram.range(0, histogram.bars.len().saturating_sub(1)).and_then(|range| range.to));
    let columns = move || {
        histogram.with(|histogram| {
            let most = histogram.bars.iter().map(runs_of).max().unwrap_or_default().max(1);
            let column = |(n, bar): (usize, &Bar)| view! { <Column n bar=bar.clone() most pointed /> }.into_any();
            histogram.bars.iter().enumerate().map(column).collect::<Vec<_>>()
        })
    };
    view! {
        <div class="histogram">
            <div
                class="histogram-bars"
                node_ref=place
                role="slider"
                tabindex="0"
                aria-label="Runs over time"
                aria-orientation="horizontal"
                aria-description="Arrow keys go from bar to bar, with Shift they choose several, and Enter shows only their runs"
                aria-valuemin="1"
                aria-valuemax=move || count.get().to_string()
                aria-valuenow=move || pointed.get().map_or_else(|| count.get(), |pointed| pointed.at + 1).to_string()
                aria-valuetext=move || choosing.words()
                on:pointerdown=move |event| choosing.press(&event)
                on:pointermove=move |event| choosing.follow(&event)
                on:pointerup=move |event| choosing.release(&event)
                on:pointerleave=move |_| choosing.leave()
                on:pointercancel=move |_| pointed.set(None)
                on:blur=move |_| pointed.set(None)
                on:keydown=move |event| choosing.key(&event)
            >
                <svg
                    width="100%"
                    height="100%"
                    viewBox=move || format!("0 0 {} 1000", count.get() * 100)
                    preserveAspectRatio="none"
                    aria-hidden="true"
                >
                    {columns}
                </svg>
            </div>
            <p class="histogram-scale" aria-hidden="true">
                <span>{begins}</span>
                <span class="histogram-words">{move || pointed.get().map(|_| choosing.words())}</span>
                <span>{ends}</span>
            </p>
        </div>
    }
}

/// One bar, from the ground up.
#[component]
fn Column(n: usize, bar: Bar, most: u64, pointed: RwSignal<Option<Pointed>>) -> impl IntoView {
    let total = runs_of(&bar);
    let height = (total * 1_000 / most).max(if total > 0 { LEAST } else { 0 });
    let mut ground = 0;
    let parts = ORDER.into_iter().filter_map(|status| bar.statuses.get(&status).map(|runs| (status, *runs)));
    let parts = parts.map(|(status, runs)| {
        let (from, to) = (ground * height / total, (ground + runs) * height / total);
        ground += runs;
        // What failed is seen, however little it is.
        let part = if status == RunStatus::Failed { (to - from).max(LEAST) } else { to - from };
        let y = 1_000 - (from + part).min(1_000);
        view! { <rect class=format!("histogram-{status}") x=n * 100 + 10 y=y width="80" height=part></rect> }
    });
    view! {
        <g>
            <rect
                class="histogram-back"
                class:histogram-picked=move || pointed.get().is_some_and(|pointed| pointed.has(n))
                x=n * 100
                y="0"
                width="100"
                height="1000"
            ></rect>
            {parts.collect::<Vec<_>>()}
        </g>
    }
}

fn runs_of(bar: &Bar) -> u64 {
    bar.statuses.values().sum()
}

/// `18 Nov, 12:00 – 15:00: 42 runs, 3 failed`.
fn words_of(histogram: &Histogram, one: usize, other: usize) -> String {
    let bars = || histogram.bars.iter().take(one.max(other) + 1).skip(one.min(other));
    let count: u64 = bars().map(runs_of).sum();
    let failed: u64 = bars().filter_map(|bar| bar.statuses.get(&RunStatus::Failed)).sum();
    let range = histogram.range(one, other);
    let word = |time: Option<Timestamp>| time.map(|time| time_words(time, histogram.step_ms)).unwrap_or_default();
    let failed = if failed > 0 { format!(", {} failed", thousands(failed)) } else { String::new() };
    let runs = if count == 1 { "run" } else { "runs" };
    format!(
        "{} – {}: {} {runs}{failed}",
        word(range.and_then(|range| range.from)),
        word(range.and_then(|range| range.to)),
        thousands(count)
    )
}

/// A time as exact as the bars are long.
fn time_words(time: Timestamp, step_ms: i64) -> String {
    let day = [("day", "numeric"), ("month", "short")];
    let hour = [("hour", "2-digit"), ("minute", "2-digit")];
    match step_ms {
        ..60_000 => local_words(time, &[&day[..], &hour[..], &[("second", "2-digit")]].concat()),
        60_000..DAY_MS => local_words(time, &[day, hour].concat()),
        _ => local_words(time, &[&day[..], &[("year", "numeric")]].concat()),
    }
}

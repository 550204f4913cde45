//! The time now as the page shows it: the server's clock, moved on by the browser's.

use super::reactive::effect;
use crate::domain::time::Timestamp;
use chrono::TimeDelta;
use leptos::prelude::*;
use std::time::Duration;

/// "4 min ago" does not need to be finer than this, how long a run has been at it does.
const TICK: Duration = Duration::from_secs(15);
const SECOND: Duration = Duration::from_secs(1);

#[derive(Clone, Copy)]
struct Now {
    now: RwSignal<Timestamp>,
    to_the_second: RwSignal<Timestamp>,
}

/// Provides the time, beginning with the server's.
pub fn provide_clock(start: Timestamp) {
    let (now, to_the_second) = (RwSignal::new(start), RwSignal::new(start));
    provide_context(Now { now, to_the_second });
    effect(move || {
        let began = js_sys::Date::now();
        for (time, every) in [(now, TICK), (to_the_second, SECOND)] {
            let tick = move || {
                #[expect(clippy::cast_possible_truncation, reason = "milliseconds since the page was opened")]
                let elapsed = (js_sys::Date::now() - began) as i64;
                time.set(start.plus(TimeDelta::milliseconds(elapsed)));
            };
            if let Ok(interval) = set_interval_with_handle(tick, every) {
                on_cleanup(move || interval.clear());
            }
        }
    });
}

/// The time now.
pub fn use_now() -> ReadSignal<Timestamp> {
    expect_context::<Now>().now.read_only()
}

/// The same, every second.
pub fn use_seconds() -> ReadSignal<Timestamp> {
    expect_context::<Now>().to_the_second.read_only()
}

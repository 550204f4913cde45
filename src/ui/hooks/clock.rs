//! The time now as the page shows it: the server's clock, moved on by the browser's.

use crate::domain::time::Timestamp;
use chrono::TimeDelta;
use leptos::prelude::*;
use std::time::Duration;

/// "4 min ago" does not need to be finer.
const TICK: Duration = Duration::from_secs(15);

#[derive(Clone, Copy)]
struct Now(RwSignal<Timestamp>);

/// Provides the time, beginning with the server's.
pub fn provide_clock(start: Timestamp) {
    let now = RwSignal::new(start);
    provide_context(Now(now));
    Effect::new(move || {
        let began = js_sys::Date::now();
        let tick = move || {
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds since the page was opened")]
            let elapsed = (js_sys::Date::now() - began) as i64;
            now.set(start.plus(TimeDelta::milliseconds(elapsed)));
        };
        if let Ok(interval) = set_interval_with_handle(tick, TICK) {
            on_cleanup(move || interval.clear());
        }
    });
}

/// The time now.
pub fn use_now() -> Signal<Timestamp> {
    expect_context::<Now>().0.into()
}

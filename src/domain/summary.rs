//! What many runs come to (P-50): how many there are, how they ended, how long they took, what they cost, and when they were.

use super::{
    cost::{self, Usd},
    facets::Facets,
    range::Range,
    status::RunStatus,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Runs by their status. One that is not named has none.
pub type StatusCounts = BTreeMap<RunStatus, u64>;

/// What the runs of a filter come to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunsSummary {
    pub total: u64,
    /// Present and `true` where more runs fit than were looked at: all of this is of the newest ones only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub total_capped: bool,
    pub statuses: StatusCounts,
    /// The share of those that failed among those that came to an end, from 0 to 1; `null` when none did.
    pub failure_rate: Option<f64>,
    /// Half of the runs took no longer, in milliseconds; `null` when none has a duration.
    pub duration_p50_ms: Option<u64>,
    /// 95 of 100 took no longer.
    pub duration_p95_ms: Option<u64>,
    pub total_tokens: u64,
    /// `null` when nobody says what any of them cost.
    #[serde(deserialize_with = "cost::read_sum")]
    #[schema(value_type = Option<f64>, minimum = 0)]
    pub usd_cost: Option<Usd>,
    pub histogram: Histogram,
    pub facets: Facets,
}

/// Runs by the time of their creation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Histogram {
    /// How long one bar is, in milliseconds.
    pub step_ms: i64,
    /// One after the other, without a gap.
    pub bars: Vec<Bar>,
}

/// The runs of one stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bar {
    /// When it begins.
    pub from: Timestamp,
    pub statuses: StatusCounts,
}

/// The share of failures among runs that came to an end; `None` when none did.
#[expect(clippy::cast_precision_loss, reason = "a share of fewer runs than a double can tell apart")]
pub fn failure_rate(statuses: &StatusCounts) -> Option<f64> {
    let ended: u64 = statuses.iter().filter(|(status, _)| status.is_final()).map(|(_, runs)| runs).sum();
    let failed = statuses.get(&RunStatus::Failed).copied().unwrap_or_default();
    (ended > 0).then(|| failed as f64 / ended as f64)
}

/// Bars of equal length that cover a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bars {
    /// When the first begins, in microseconds since 1970.
    pub from: i64,
    /// How long each is, in microseconds.
    pub step: i64,
    pub count: usize,
}

/// No more than fit beside each other.
const MAX_BARS: i64 = 60;

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;

/// Lengths that people think in.
const STEPS: [i64; 17] = [
    SECOND,
    5 * SECOND,
    15 * SECOND,
    60 * SECOND,
    2 * 60 * SECOND,
    5 * 60 * SECOND,
    15 * 60 * SECOND,
    30 * 60 * SECOND,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    7 * DAY,
    28 * DAY,
    91 * DAY,
    364 * DAY,
];

impl Bars {
    /// The shortest steps that cover a stretch with few enough bars.
    pub fn covering(from: Timestamp, to: Timestamp) -> Self {
        let (from, to) = (from.micros(), to.micros().max(from.micros() + 1));
        let count = |step: i64| to.div_euclid(step) - from.div_euclid(step) + i64::from(to.rem_euclid(step) > 0);
        let longest = STEPS[STEPS.len() - 1];
        let fitting = STEPS.into_iter().find(|step| count(*step) <= MAX_BARS);
        // Centuries, which only a wrong clock makes.
        let step = fitting.unwrap_or_else(|| longest * (count(longest) / MAX_BARS + 1));
        Self { from: from.div_euclid(step) * step, step, count: usize::try_from(count(step)).unwrap_or_default() }
    }

    /// When a bar begins.
    pub fn start(&self, bar: usize) -> Timestamp {
        let start = self.from.saturating_add(self.step.saturating_mul(i64::try_from(bar).unwrap_or(i64::MAX)));
        Timestamp::from_micros(start.clamp(Timestamp::MIN.micros(), Timestamp::MAX.micros()))
            .unwrap_or(Timestamp::EPOCH)
    }
}

impl Histogram {
    /// The time from one bar, included, to another, included, whichever comes first; `None` when there are no such bars.
    pub fn range(&self, one: usize, other: usize) -> Option<Range<Timestamp>> {
        let (first, last) = (one.min(other), one.max(other));
        let end = self.bars.get(last)?.from.micros().checked_add(self.step_ms.checked_mul(1_000)?)?;
        Some(Range { from: Some(self.bars.get(first)?.from), to: Timestamp::from_micros(end).ok() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn bars_are_of_lengths_that_people_think_in() {
        for (from, to, step, count, first) in [
            ("2026-11-21T13:30:10Z", "2026-11-21T14:30:10Z", 2 * 60 * SECOND, 31, "2026-11-21T13:30:00Z"),
            ("2026-11-20T14:30:00Z", "2026-11-21T14:30:00Z", 30 * 60 * SECOND, 48, "2026-11-20T14:30:00Z"),
            ("2026-11-14T14:30:00Z", "2026-11-21T14:30:00Z", 3 * HOUR, 57, "2026-11-14T12:00:00Z"),
            ("2026-10-22T14:30:00Z", "2026-11-21T14:30:00Z", DAY, 31, "2026-10-22T00:00:00Z"),
            ("2026-11-21T14:30:00Z", "2026-11-21T14:30:00Z", SECOND, 1, "2026-11-21T14:30:00Z"),
        ] {
            let bars = Bars::covering(time(from), time(to));
            assert_eq!((bars.step, bars.count, bars.start(0)), (step, count, time(first)), "{from} to {to}");
        }
    }

    #[test]
    fn some_bars_are_a_range() {
        let bar = |from: &str| Bar { from: time(from), statuses: StatusCounts::new() };
        let bars = vec![bar("2026-11-21T12:00:00Z"), bar("2026-11-21T13:00:00Z"), bar("2026-11-21T14:00:00Z")];
        let histogram = Histogram { step_ms: 3_600_000, bars };
        let range = |one, other| histogram.range(one, other).map(|range| range.to_string());
        assert_eq!(range(1, 1).unwrap(), "2026-11-21T13:00:00.000Z..2026-11-21T14:00:00.000Z");
        assert_eq!(range(2, 0).unwrap(), "2026-11-21T12:00:00.000Z..2026-11-21T15:00:00.000Z");
        assert_eq!(range(0, 3), None);
    }

    proptest! {
        #[test]
        fn bars_cover_a_stretch_and_no_more(
            from in Timestamp::MIN.micros()..=Timestamp::MAX.micros(),
            length in proptest::sample::select(vec![0, 1, SECOND, HOUR, DAY, 400 * DAY, 40_000 * DAY]),
        ) {
            let to = from.saturating_add(length).min(Timestamp::MAX.micros());
            let bars = Bars::covering(Timestamp::from_micros(from).unwrap(), Timestamp::from_micros(to).unwrap());
            prop_assert!((1..=60).contains(&bars.count));
            let start = |bar: usize| bars.from + bars.step * i64::try_from(bar).unwrap();
            prop_assert!(start(0) <= from && from < start(1));
            prop_assert!(start(bars.count - 1) < to.max(from + 1) && to <= start(bars.count));
        }
    }
}

//! When runs happen: most by day, few by night and at weekends, and some in the last hour.

use super::draw::Draw;
use crate::domain::time::Timestamp;
use chrono::{Datelike, TimeDelta, Timelike, Weekday};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// The newest run is this old at least.
const NEWEST: i64 = MINUTE + 500;
/// The oldest is just younger than thirty days.
const OLDEST: i64 = 30 * 24 * HOUR - MINUTE;
/// Runs younger than this may still be at work.
pub const RECENT: i64 = HOUR - MINUTE;
/// How many of the newest runs are of the last hour, whatever the time of day.
const MOST_RECENT_RUNS: u64 = 10;
const SLOT: i64 = HOUR / 2;
/// How busy each hour of the day is, UTC.
const BUSY: [u64; 24] = [3, 2, 2, 2, 3, 5, 10, 18, 27, 30, 29, 26, 22, 26, 29, 28, 25, 20, 14, 10, 8, 6, 5, 4];

/// The days before `now`, in half hours, with how busy they are.
pub struct Calendar {
    now: Timestamp,
    count: u64,
    recent: u64,
    /// Sums of how busy the slots are, from now into the past.
    busy_until: Vec<u64>,
}

impl Calendar {
    /// For `count` runs before `now`.
    pub fn new(count: u64, now: Timestamp) -> Self {
        let starts = (0..).map(|slot| RECENT + slot * SLOT).take_while(|start| start + SLOT <= OLDEST);
        let busy_until = starts
            .scan(0, |sum, start| {
                *sum += busy(before(now, start + SLOT / 2));
                Some(*sum)
            })
            .collect();
        Self { now, count, recent: MOST_RECENT_RUNS.min(count.div_ceil(3)), busy_until }
    }

    /// When the run was created that has `age` newer ones; always before those.
    pub fn created_at(&self, age: u64, draw: &mut Draw) -> Timestamp {
        let jitter = draw.between(50, 949).unsigned_abs();
        let back = if age < self.recent {
            NEWEST + share(RECENT - NEWEST, age, jitter, self.recent)
        } else {
            self.in_rhythm(age - self.recent, jitter)
        };
        let time = before(self.now, back);
        // Whole milliseconds, as the contract writes them.
        Timestamp::from_micros(time.millis() * 1000).unwrap_or(time)
    }

    /// How long before now, so that as many runs lie in a slot as it is busy.
    fn in_rhythm(&self, age: u64, jitter: u64) -> i64 {
        let whole = self.busy_until.last().copied().unwrap_or(1).cast_signed() * SLOT;
        let target = share(whole, age, jitter, self.count - self.recent).cast_unsigned();
        let slot_ms = SLOT.cast_unsigned();
        let slot = self.busy_until.partition_point(|until| until * slot_ms <= target);
        let sum_before = if slot == 0 { 0 } else { self.busy_until[slot - 1] };
        let busy_here = self.busy_until[slot] - sum_before;
        let inside = (target - sum_before * slot_ms) / busy_here;
        RECENT + i64::try_from(slot).unwrap_or(0) * SLOT + inside.cast_signed()
    }
}

/// The part of `whole` that lies before run `age`, moved by `jitter` thousandths, when `count` runs share it.
fn share(whole: i64, age: u64, jitter: u64, count: u64) -> i64 {
    let place = i128::from(whole) * i128::from(age * 1000 + jitter) / i128::from(count * 1000);
    i64::try_from(place).unwrap_or(whole)
}

fn before(now: Timestamp, millis: i64) -> Timestamp {
    now.plus(TimeDelta::milliseconds(-millis))
}

fn busy(time: Timestamp) -> u64 {
    let time = time.to_datetime();
    let weekend = matches!(time.weekday(), Weekday::Sat | Weekday::Sun);
    let hour = BUSY[usize::try_from(time.hour()).unwrap_or(0)];
    // No day is quite like another: from 70 to 130 percent.
    let day = 70 + u64::from(time.ordinal()) * 37 % 61;
    day * if weekend { hour / 4 + 1 } else { hour }
}

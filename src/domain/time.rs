//! Points in time, as the contract has them: RFC 3339 in UTC, written with milliseconds.

use chrono::{DateTime, Datelike, SecondsFormat, TimeDelta, Timelike, Utc};
use postcard_schema::{Schema, schema::NamedType};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{fmt, str::FromStr};
use utoipa::ToSchema;

/// Microseconds since 1970-01-01T00:00:00Z, between the years 0 and 9999. Finer digits are cut,
/// because PostgreSQL and `SQLite` would otherwise keep different ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-21T14:02:11.000Z")]
pub struct Timestamp(i64);

/// Not a time of the calendar that the contract can print.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be an RFC 3339 time between the years 0 and 9999, like 2026-11-21T14:02:11.500Z")]
pub struct InvalidTimestamp;

const MIN_MICROS: i64 = -62_167_219_200_000_000;
const MAX_MICROS: i64 = 253_402_300_799_999_999;

impl Timestamp {
    /// The first and the last that there are.
    pub const MIN: Self = Self(MIN_MICROS);
    pub const MAX: Self = Self(MAX_MICROS);

    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);

    /// From microseconds since the epoch, if the contract can print them.
    pub fn from_micros(micros: i64) -> Result<Self, InvalidTimestamp> {
        (MIN_MICROS..=MAX_MICROS).contains(&micros).then_some(Self(micros)).ok_or(InvalidTimestamp)
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Whole milliseconds from `earlier` to this; negative when `earlier` is later.
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.millis() - earlier.millis()
    }

    /// This time moved by `delta`, held within the calendar.
    #[must_use]
    pub fn plus(self, delta: TimeDelta) -> Self {
        let micros = delta.num_microseconds().unwrap_or(if delta < TimeDelta::zero() { i64::MIN } else { i64::MAX });
        Self(self.0.saturating_add(micros).clamp(MIN_MICROS, MAX_MICROS))
    }

    /// The same as chrono knows it.
    pub fn to_datetime(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }

    // Written out: the formatter of chrono is a large part of what a browser would have to load.
    /// As people read it where no time zone is known: `21 Nov 2026, 14:02:11 UTC`.
    pub fn to_utc_text(self) -> String {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let time = self.to_datetime();
        let month = MONTHS[time.month0() as usize];
        format!(
            "{} {month} {}, {:02}:{:02}:{:02} UTC",
            time.day(),
            time.year(),
            time.hour(),
            time.minute(),
            time.second()
        )
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.timestamp_micros().clamp(MIN_MICROS, MAX_MICROS))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_datetime().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let time = DateTime::parse_from_rfc3339(text).map_err(|_| InvalidTimestamp)?;
        Self::from_micros(time.timestamp_micros())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// How long ago `then` was at `now`, in the words of a list: `just now`, `4 min ago`, `3 h ago`, `12 d ago`.
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    match now.millis_since(then) / 1000 {
        ..45 => "just now".to_owned(),
        seconds @ 45..3_570 => format!("{} min ago", (seconds + 30) / 60),
        seconds @ 3_570..84_600 => format!("{} h ago", (seconds + 1_800) / 3_600),
        seconds => format!("{} d ago", (seconds + 43_200) / 86_400),
    }
}

impl Schema for Timestamp {
    const SCHEMA: &'static NamedType = <String as Schema>::SCHEMA;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn prints_milliseconds_in_utc() {
        for (given, printed) in [
            ("2026-11-21T14:02:11Z", "2026-11-21T14:02:11.000Z"),
            ("2026-11-21T16:02:11.123456789+02:00", "2026-11-21T14:02:11.123Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"),
            ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(at(given).to_string(), printed);
        }
    }

    #[test]
    fn refuses_what_is_not_a_time() {
        for text in
            ["", "yesterday", "2026-11-21", "2026-11-21T14:02:11", "2026-13-01T00:00:00Z", "9999-12-31T23:59:59-01:00"]
        {
            assert_eq!(text.parse::<Timestamp>(), Err(InvalidTimestamp), "{text}");
        }
    }

    #[test]
    fn says_how_long_ago() {
        let now = at("2026-11-21T14:00:00Z");
        for (then, said) in [
            ("2026-11-21T14:00:09Z", "just now"),
            ("2026-11-21T13:59:30Z", "just now"),
            ("2026-11-21T13:59:00Z", "1 min ago"),
            ("2026-11-21T13:01:00Z", "59 min ago"),
            ("2026-11-21T13:00:00Z", "1 h ago"),
            ("2026-11-20T14:45:00Z", "23 h ago"),
            ("2026-11-20T14:00:00Z", "1 d ago"),
            ("2026-10-22T14:00:00Z", "30 d ago"),
        ] {
            assert_eq!(ago(at(then), now), said, "{then}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back_to_the_millisecond(micros in MIN_MICROS..=MAX_MICROS) {
            let time = Timestamp::from_micros(micros).unwrap();
            prop_assert_eq!(at(&time.to_string()).millis(), time.millis());
        }
    }
}

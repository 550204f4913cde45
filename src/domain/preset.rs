//! The ranges that menus offer for dates, durations and tokens.

use super::{
    range::{Bound, Range},
    time::Timestamp,
};
use chrono::TimeDelta;
use std::fmt;

/// A preset or a range of one's own, as it stands in the URL of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Choice<P, T> {
    Preset(P),
    Custom(Range<T>),
}

impl<P: Preset, T: Bound> Choice<P, T> {
    /// Reads what [`Display`](fmt::Display) prints.
    pub fn parse(text: &str) -> Option<Self> {
        let preset = P::ALL.iter().find(|preset| preset.key() == text).map(|preset| Self::Preset(*preset));
        preset.or_else(|| text.parse().ok().map(Self::Custom))
    }
}

impl Choice<DatePreset, Timestamp> {
    /// The range at a moment.
    pub fn at(self, now: Timestamp) -> Range<Timestamp> {
        match self {
            Self::Preset(preset) => preset.at(now),
            Self::Custom(range) => range,
        }
    }
}

impl<P: NumberPreset> Choice<P, u64> {
    /// The range that is meant.
    pub fn range(self) -> Range<u64> {
        match self {
            Self::Preset(preset) => preset.range(),
            Self::Custom(range) => range,
        }
    }
}

impl<P: Preset, T: fmt::Display> fmt::Display for Choice<P, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preset(preset) => f.write_str(preset.key()),
            Self::Custom(range) => range.fmt(f),
        }
    }
}

/// One of a menu's ranges.
pub trait Preset: Copy + 'static {
    /// All, in the order of the menu.
    const ALL: &'static [Self];
    /// The word in the URL.
    fn key(self) -> &'static str;
    /// The words in the menu.
    fn label(self) -> &'static str;
}

/// The ranges of a menu over whole numbers. Every number lies in exactly one; which one is its *class*.
pub trait NumberPreset: Preset {
    /// The range.
    fn range(self) -> Range<u64>;

    /// The class of a number: the position of its range in [`Preset::ALL`].
    fn class_of(number: u64) -> u8 {
        Self::classes().find(|(_, range)| range.contains(&number)).map_or(0, |(class, _)| class)
    }

    /// The classes of the numbers in a range.
    fn classes_in(wanted: Range<u64>) -> Vec<u8> {
        let meets = |range: &Range<u64>| {
            let from = range.from.max(wanted.from).unwrap_or(0);
            [range.to, wanted.to].into_iter().flatten().all(|to| from < to)
        };
        Self::classes().filter(|(_, range)| meets(range)).map(|(class, _)| class).collect()
    }

    /// The class of which a range is the whole, when it is one preset.
    fn whole_class(wanted: Range<u64>) -> Option<u8> {
        Self::classes().find(|(_, range)| *range == wanted).map(|(class, _)| class)
    }

    /// All classes with their ranges.
    fn classes() -> impl Iterator<Item = (u8, Range<u64>)> {
        (0..).zip(Self::ALL.iter().map(|preset| preset.range()))
    }
}

/// `Date Range`: relative to now, so that a link says the same tomorrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatePreset {
    LastHour,
    LastDay,
    LastWeek,
    LastMonth,
}

impl DatePreset {
    /// The range that this is at `now`; open towards the future, as clocks differ.
    pub fn at(self, now: Timestamp) -> Range<Timestamp> {
        let back = match self {
            Self::LastHour => TimeDelta::hours(1),
            Self::LastDay => TimeDelta::hours(24),
            Self::LastWeek => TimeDelta::days(7),
            Self::LastMonth => TimeDelta::days(30),
        };
        Range { from: Some(now.plus(-back)), to: None }
    }
}

impl Preset for DatePreset {
    const ALL: &'static [Self] = &[Self::LastHour, Self::LastDay, Self::LastWeek, Self::LastMonth];

    fn key(self) -> &'static str {
        match self {
            Self::LastHour => "1h",
            Self::LastDay => "24h",
            Self::LastWeek => "7d",
            Self::LastMonth => "30d",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::LastHour => "Last hour",
            Self::LastDay => "Last 24h",
            Self::LastWeek => "Last 7 days",
            Self::LastMonth => "Last 30 days",
        }
    }
}

/// `Duration`, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DurationPreset {
    UnderSecond,
    UnderTenSeconds,
    UnderMinute,
    OverMinute,
}

impl NumberPreset for DurationPreset {
    fn range(self) -> Range<u64> {
        match self {
            Self::UnderSecond => Range { from: None, to: Some(1_000) },
            Self::UnderTenSeconds => Range { from: Some(1_000), to: Some(10_000) },
            Self::UnderMinute => Range { from: Some(10_000), to: Some(60_000) },
            Self::OverMinute => Range { from: Some(60_000), to: None },
        }
    }
}

impl Preset for DurationPreset {
    const ALL: &'static [Self] = &[Self::UnderSecond, Self::UnderTenSeconds, Self::UnderMinute, Self::OverMinute];

    fn key(self) -> &'static str {
        match self {
            Self::UnderSecond => "lt1s",
            Self::UnderTenSeconds => "1-10s",
            Self::UnderMinute => "10-60s",
            Self::OverMinute => "gt1m",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::UnderSecond => "< 1s",
            Self::UnderTenSeconds => "1–10s",
            Self::UnderMinute => "10–60s",
            Self::OverMinute => "> 1 min",
        }
    }
}

/// `Tokens`, all of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenPreset {
    UnderHundred,
    UnderThousand,
    UnderTenThousand,
    OverTenThousand,
}

impl NumberPreset for TokenPreset {
    /// The range in tokens.
    fn range(self) -> Range<u64> {
        match self {
            Self::UnderHundred => Range { from: None, to: Some(100) },
            Self::UnderThousand => Range { from: Some(100), to: Some(1_000) },
            Self::UnderTenThousand => Range { from: Some(1_000), to: Some(10_000) },
            Self::OverTenThousand => Range { from: Some(10_000), to: None },
        }
    }
}

impl Preset for TokenPreset {
    const ALL: &'static [Self] =
        &[Self::UnderHundred, Self::UnderThousand, Self::UnderTenThousand, Self::OverTenThousand];

    fn key(self) -> &'static str {
        match self {
            Self::UnderHundred => "lt100",
            Self::UnderThousand => "100-1k",
            Self::UnderTenThousand => "1k-10k",
            Self::OverTenThousand => "gt10k",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::UnderHundred => "< 100",
            Self::UnderThousand => "100–1K",
            Self::UnderTenThousand => "1K–10K",
            Self::OverTenThousand => "> 10K",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn p26_presets_of_a_menu_touch_and_do_not_overlap() {
        for millis in [0, 999, 1_000, 9_999, 10_000, 59_999, 60_000, 10_000_000] {
            assert_eq!(DurationPreset::ALL.iter().filter(|preset| preset.range().contains(&millis)).count(), 1);
        }
        for tokens in [0, 99, 100, 999, 1_000, 9_999, 10_000] {
            assert_eq!(TokenPreset::ALL.iter().filter(|preset| preset.range().contains(&tokens)).count(), 1);
        }
    }

    #[test]
    fn p25_a_date_preset_moves_with_the_clock() {
        let now: Timestamp = "2026-11-21T14:00:00Z".parse().unwrap();
        assert_eq!(DatePreset::LastDay.at(now).to_string(), "2026-11-20T14:00:00.000Z..");
    }

    #[test]
    fn a_range_meets_the_classes_of_its_numbers() {
        for (range, classes) in [
            ("0..", vec![0, 1, 2, 3]),
            ("..1000", vec![0]),
            ("1000..10000", vec![1]),
            ("999..1000", vec![0]),
            ("999..1001", vec![0, 1]),
            ("60000..", vec![3]),
            ("5..5", vec![]),
        ] {
            assert_eq!(DurationPreset::classes_in(range.parse().unwrap()), classes, "{range}");
        }
        assert_eq!(DurationPreset::whole_class("..1000".parse().unwrap()), Some(0));
        assert_eq!(DurationPreset::whole_class("0..1000".parse().unwrap()), None);
    }

    proptest! {
        #[test]
        fn a_number_is_found_by_its_class(number in 0..100_000_u64, from in proptest::option::of(0..100_000_u64), to in 0..100_000_u64) {
            let range = Range { from, to: Some(to) };
            if range.contains(&number) {
                prop_assert!(DurationPreset::classes_in(range).contains(&DurationPreset::class_of(number)));
            }
        }

        #[test]
        fn a_choice_is_read_back(from in proptest::option::of(0..1_000_u64), more in 0..1_000_u64, preset in 0..4_usize) {
            let range = Range { from, to: Some(from.unwrap_or(0) + more) };
            let custom: Choice<DurationPreset, u64> = Choice::Custom(range);
            prop_assert_eq!(Choice::parse(&custom.to_string()), Some(custom));
            let preset: Choice<DurationPreset, u64> = Choice::Preset(DurationPreset::ALL[preset]);
            prop_assert_eq!(Choice::parse(&preset.to_string()), Some(preset));
        }
    }
}

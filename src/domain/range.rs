//! Half-open ranges of times and numbers.

use super::time::{InvalidTimestamp, Timestamp};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// From `from`, included, up to `to`, excluded; an open side is `None`. Written `FROM..TO`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Range<T> {
    pub from: Option<T>,
    pub to: Option<T>,
}

/// Everything.
impl<T> Default for Range<T> {
    fn default() -> Self {
        Self { from: None, to: None }
    }
}

/// Why a text is not a range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRange {
    #[error("must be FROM..TO, where one side may be empty")]
    Shape,
    #[error("has a side that {0}")]
    Side(String),
    #[error("ends before it begins")]
    Reversed,
}

impl<T: Ord> Range<T> {
    /// Whether `value` lies in the range.
    pub fn contains(&self, value: &T) -> bool {
        self.from.as_ref().is_none_or(|from| value >= from) && self.to.as_ref().is_none_or(|to| value < to)
    }

    /// What lies in both; `None` when nothing does.
    pub fn within(self, other: Self) -> Option<Self> {
        let to = match (self.to, other.to) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        // An open side is less than any other.
        let from = self.from.max(other.from);
        let is_empty = from.as_ref().zip(to.as_ref()).is_some_and(|(from, to)| from >= to);
        (!is_empty).then_some(Self { from, to })
    }
}

impl<T: fmt::Display> fmt::Display for Range<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(from) = &self.from {
            from.fmt(f)?;
        }
        f.write_str("..")?;
        if let Some(to) = &self.to {
            to.fmt(f)?;
        }
        Ok(())
    }
}

/// A bound of a range, as text.
pub trait Bound: Ord + Sized {
    /// Reads one side, or says what it must be.
    fn parse(text: &str) -> Result<Self, String>;
}

impl Bound for Timestamp {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: InvalidTimestamp| error.to_string())
    }
}

impl Bound for u64 {
    fn parse(text: &str) -> Result<Self, String> {
        let digits_only = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits_only.then(|| text.parse().ok()).flatten();
        // What a database integer holds; nothing that is counted here comes near it.
        number
            .filter(|number| i64::try_from(*number).is_ok())
            .ok_or_else(|| "must be a whole number, not negative".to_owned())
    }
}

impl<T: Bound> FromStr for Range<T> {
    type Err = InvalidRange;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (from, to) = text.split_once("..").ok_or(InvalidRange::Shape)?;
        let side = |text: &str| (!text.is_empty()).then(|| T::parse(text)).transpose().map_err(InvalidRange::Side);
        let range = Self { from: side(from)?, to: side(to)? };
        match &range {
            Self { from: None, to: None } => Err(InvalidRange::Shape),
            Self { from: Some(from), to: Some(to) } if from > to => Err(InvalidRange::Reversed),
            Self { .. } => Ok(range),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_its_start_and_not_its_end() {
        let range: Range<u64> = "1000..10000".parse().unwrap();
        assert!(!range.contains(&999));
        assert!(range.contains(&1_000));
        assert!(range.contains(&9_999));
        assert!(!range.contains(&10_000));
        assert!("..5".parse::<Range<u64>>().unwrap().contains(&0));
        assert!(!"5..5".parse::<Range<u64>>().unwrap().contains(&5));
    }

    #[test]
    fn a_bad_range_says_what_is_wrong() {
        for (text, error) in [
            ("", InvalidRange::Shape),
            ("..", InvalidRange::Shape),
            ("5", InvalidRange::Shape),
            ("9..5", InvalidRange::Reversed),
            ("-1..5", InvalidRange::Side("must be a whole number, not negative".into())),
            ("+1..5", InvalidRange::Side("must be a whole number, not negative".into())),
            ("1..18446744073709551615", InvalidRange::Side("must be a whole number, not negative".into())),
        ] {
            assert_eq!(text.parse::<Range<u64>>(), Err(error), "{text}");
        }
        assert!(matches!("2026..".parse::<Range<Timestamp>>(), Err(InvalidRange::Side(_))));
    }

    #[test]
    fn two_ranges_have_what_lies_in_both() {
        for (one, other, both) in [
            ("1..9", "5..", Some("5..9")),
            ("..5", "3..9", Some("3..5")),
            ("2..4", "1..9", Some("2..4")),
            ("1..5", "5..9", None),
            ("..5", "7..", None),
        ] {
            let [one, other]: [Range<u64>; 2] = [one, other].map(|range| range.parse().unwrap());
            let expected = both.map(|range| range.parse().unwrap());
            assert_eq!((one.within(other), other.within(one)), (expected, expected), "{one} and {other}");
            assert_eq!(one.within(Range::default()), Some(one));
        }
    }
}

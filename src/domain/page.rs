//! Pages of a list: which one, how long, and what came back.

use super::text::thousands;
use postcard_schema::{Schema, schema::NamedType};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The number of a page, from 1 to 1,000,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct PageNumber(u64);

/// Not a page number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 1 to 1000000000")]
pub struct InvalidPageNumber;

impl PageNumber {
    pub const FIRST: Self = Self(1);
    pub const MAX: u64 = 1_000_000_000;

    /// The number itself.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl Default for PageNumber {
    fn default() -> Self {
        Self::FIRST
    }
}

impl fmt::Display for PageNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<u64> for PageNumber {
    type Error = InvalidPageNumber;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        (1..=Self::MAX).contains(&number).then_some(Self(number)).ok_or(InvalidPageNumber)
    }
}

impl From<PageNumber> for u64 {
    fn from(number: PageNumber) -> Self {
        number.0
    }
}

impl FromStr for PageNumber {
    type Err = InvalidPageNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<u64>().ok()).flatten().ok_or(InvalidPageNumber)?.try_into()
    }
}

/// How many rows the API puts on a page: 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Limit(u64);

/// Not a limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 1 to 100")]
pub struct InvalidLimit;

impl Limit {
    pub const MAX: u64 = 100;

    /// The number of rows.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        PageSize::default().into()
    }
}

impl TryFrom<u64> for Limit {
    type Error = InvalidLimit;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        (1..=Self::MAX).contains(&number).then_some(Self(number)).ok_or(InvalidLimit)
    }
}

impl From<Limit> for u64 {
    fn from(limit: Limit) -> Self {
        limit.0
    }
}

impl FromStr for Limit {
    type Err = InvalidLimit;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<u64>().ok()).flatten().ok_or(InvalidLimit)?.try_into()
    }
}

/// The page sizes that a person can choose (P-7).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Schema)]
pub enum PageSize {
    Ten,
    #[default]
    TwentyFive,
    Fifty,
    Hundred,
}

impl PageSize {
    pub const ALL: [Self; 4] = [Self::Ten, Self::TwentyFive, Self::Fifty, Self::Hundred];

    /// The number of rows.
    pub const fn get(self) -> u64 {
        match self {
            Self::Ten => 10,
            Self::TwentyFive => 25,
            Self::Fifty => 50,
            Self::Hundred => 100,
        }
    }

    /// What was stored in a browser; anything missing, foreign or broken means the default.
    pub fn from_stored(text: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|size| text == Some(size.to_string().as_str())).unwrap_or_default()
    }
}

impl fmt::Display for PageSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl From<PageSize> for Limit {
    fn from(size: PageSize) -> Self {
        Self(size.get())
    }
}

/// Which rows of a list are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Schema)]
pub struct PageRequest {
    pub page: PageNumber,
    pub limit: Limit,
}

impl PageRequest {
    /// How many rows come before the page; at most 10¹¹, by the two limits.
    pub const fn offset(self) -> u64 {
        (self.page.0 - 1) * self.limit.0
    }
}

/// How many rows a list has on all pages together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Schema)]
pub struct Total {
    pub rows: u64,
    /// Whether there may be more.
    pub is_capped: bool,
}

impl Total {
    /// What is only counted one by one is counted up to here.
    pub const COUNTED: u64 = 10_000;

    /// Of rows that were counted until there was one too many.
    pub fn counted(rows: u64) -> Self {
        Self { rows: rows.min(Self::COUNTED), is_capped: rows > Self::COUNTED }
    }

    /// Whether a page can have no rows: it comes after all that were counted, and these were not cut at [`Self::COUNTED`].
    pub const fn is_before(self, page: PageRequest) -> bool {
        page.offset() >= self.rows && !(self.is_capped && self.rows >= Self::COUNTED)
    }
}

impl From<u64> for Total {
    fn from(rows: u64) -> Self {
        Self { rows, is_capped: false }
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", thousands(self.rows), if self.is_capped { "+" } else { "" })
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Schema)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub request: PageRequest,
    pub total: Total,
}

impl<T> Page<T> {
    /// How many pages there are; none when there are no rows.
    pub const fn total_pages(&self) -> u64 {
        self.total.rows.div_ceil(self.request.limit.0)
    }

    /// The last page that has rows; the first when none has.
    pub fn last_page(&self) -> PageNumber {
        PageNumber(self.total_pages().clamp(1, PageNumber::MAX))
    }

    /// The page before, of newer rows.
    pub fn newer(&self) -> Option<PageNumber> {
        (self.request.page > PageNumber::FIRST).then(|| PageNumber(self.request.page.0 - 1).min(self.last_page()))
    }

    /// The page after, of older rows.
    pub fn older(&self) -> Option<PageNumber> {
        (self.request.page < self.last_page()).then(|| PageNumber(self.request.page.0 + 1))
    }

    /// The first and last row of this page, counted from 1; `None` when it has none.
    pub const fn positions(&self) -> Option<(u64, u64)> {
        let before = self.request.offset();
        if self.rows.is_empty() { None } else { Some((before + 1, before + self.rows.len() as u64)) }
    }
}

impl Schema for PageNumber {
    const SCHEMA: &'static NamedType = <u64 as Schema>::SCHEMA;
}

impl Schema for Limit {
    const SCHEMA: &'static NamedType = <u64 as Schema>::SCHEMA;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(number: u64, rows: usize, total: u64) -> Page<()> {
        let request = PageRequest { page: number.try_into().unwrap(), limit: Limit::default() };
        Page { rows: vec![(); rows], request, total: total.into() }
    }

    #[test]
    fn p7_only_a_known_page_size_is_taken_from_a_browser() {
        for (stored, size) in [
            (Some("10"), PageSize::Ten),
            (Some("100"), PageSize::Hundred),
            (Some("11"), PageSize::TwentyFive),
            (Some("\"50\""), PageSize::TwentyFive),
            (Some(""), PageSize::TwentyFive),
            (None, PageSize::TwentyFive),
        ] {
            assert_eq!(PageSize::from_stored(stored), size, "{stored:?}");
        }
    }

    #[test]
    fn numbers_out_of_bounds_are_refused() {
        for text in ["", "0", "-1", "+1", "1.5", "1000000001", "99999999999999999999", "one", " 1"] {
            assert_eq!(text.parse::<PageNumber>(), Err(InvalidPageNumber), "{text}");
        }
        assert_eq!("101".parse::<Limit>(), Err(InvalidLimit));
        assert_eq!("100".parse::<Limit>().map(Limit::get), Ok(100));
    }

    #[test]
    fn a_total_says_when_there_may_be_more() {
        assert_eq!(Total::counted(10_000).to_string(), "10,000");
        assert_eq!(Total::counted(10_001).to_string(), "10,000+");
        assert_eq!(Total::from(12_481).to_string(), "12,481");
        let beyond = PageRequest { page: 401.try_into().unwrap(), limit: 25.try_into().unwrap() };
        for (total, has_none) in [
            (Total::counted(10_000), true),
            (Total::counted(10_001), false),
            (Total { rows: 9_990, is_capped: true }, true),
            (Total::from(10_001), false),
        ] {
            assert_eq!(total.is_before(beyond), has_none, "{total}");
        }
    }

    #[test]
    fn p8_a_page_knows_its_neighbours_and_positions() {
        let first = page(1, 25, 2_000);
        assert_eq!((first.newer(), first.older()), (None, 2.try_into().ok()));
        assert_eq!((first.positions(), first.total_pages()), (Some((1, 25)), 80));
        let last = page(80, 25, 2_000);
        assert_eq!((last.newer(), last.older()), (79.try_into().ok(), None));
        let past = page(81, 0, 2_000);
        assert_eq!((past.positions(), past.newer(), past.older()), (None, 80.try_into().ok(), None));
        let none = page(1, 0, 0);
        assert_eq!((none.total_pages(), none.last_page(), none.newer()), (0, PageNumber::FIRST, None));
    }
}

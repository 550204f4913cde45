//! Money, and what a run cost per kind of key.

use postcard_schema::{Schema, schema::NamedType};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::ops::Add;
use utoipa::ToSchema;

/// US dollars in billionths, so that sums are exact and the same in every database.
/// On the wire a decimal number of dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = f64, minimum = 0, maximum = 1_000_000, example = 0.0192)]
pub struct Usd(i64);

const NANOS_PER_DOLLAR: f64 = 1e9;
/// The most that one amount or one run may be. Sums end at nine billion dollars, where 64 bits do.
pub const MAX_DOLLARS: i64 = 1_000_000;

impl Usd {
    /// From billionths of a dollar.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// Billionths of a dollar.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// As a list shows it: `$0`, `$0.0002`, `$0.019`, `$12.40`; never rounded to nothing.
    pub fn label(self) -> String {
        match self.0.unsigned_abs() {
            0 => "$0".to_owned(),
            1..100_000 => "<$0.0001".to_owned(),
            100_000..1_000_000 => format!("${}", self.decimal(4)),
            1_000_000..1_000_000_000 => format!("${}", self.decimal(3)),
            _ => format!("${}", self.decimal(2)),
        }
    }

    /// As a sum shows it, to the ten-thousandth of a dollar: `0.0192`.
    pub fn exact_label(self) -> String {
        self.decimal(4)
    }

    /// With so many places, rounded; by whole numbers, as a browser that shows no other fraction need not know how.
    fn decimal(self, places: u32) -> String {
        let (unit, one) = (10_u64.pow(9 - places), 10_u64.pow(places));
        let rounded = (self.0.unsigned_abs() + unit / 2) / unit;
        let sign = if self.0 < 0 && rounded > 0 { "-" } else { "" };
        format!("{sign}{}.{:0width$}", rounded / one, rounded % one, width = places as usize)
    }

    #[expect(clippy::cast_precision_loss, reason = "a wire number is a double; exact below nine million dollars")]
    fn dollars(self) -> f64 {
        self.0 as f64 / NANOS_PER_DOLLAR
    }
}

impl Add for Usd {
    type Output = Self;

    fn add(self, more: Self) -> Self {
        Self(self.0.saturating_add(more.0))
    }
}

/// Both amounts together; what is not known of one is left out, and of both not known.
pub fn add(one: Option<Usd>, other: Option<Usd>) -> Option<Usd> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one + other),
        (known, None) | (None, known) => known,
    }
}

impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.dollars())
    }
}

impl<'de> Deserialize<'de> for Usd {
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "the range was checked")]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let dollars = f64::deserialize(deserializer)?;
        if (0.0..=MAX_DOLLARS as f64).contains(&dollars) {
            Ok(Self((dollars * NANOS_PER_DOLLAR).round() as i64))
        } else {
            Err(D::Error::custom(format_args!("must be a number of US dollars from 0 to {MAX_DOLLARS}")))
        }
    }
}

/// Reads a sum over runs, which may be more than any of them.
#[expect(clippy::cast_possible_truncation, reason = "beyond the most it is the most")]
pub fn read_sum<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Usd>, D::Error> {
    let dollars = Option::<f64>::deserialize(deserializer)?;
    Ok(dollars.map(|dollars| Usd((dollars * NANOS_PER_DOLLAR).round() as i64)))
}

/// The token history of a run, summed for one kind of key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Schema, ToSchema)]
pub struct CostLine {
    pub key_type: String,
    pub input_tokens: i64,
    pub output_tokens: i64,
    pub cached_input_tokens: i64,
    /// `null` where no row says what it cost.
    pub usd_cost: Option<Usd>,
}

impl CostLine {
    /// Nothing, for one kind of key.
    pub fn none(key_type: &str) -> Self {
        Self {
            key_type: key_type.to_owned(),
            input_tokens: 0,
            output_tokens: 0,
            cached_input_tokens: 0,
            usd_cost: None,
        }
    }

    /// Several lines as one.
    pub fn sum(lines: &[Self], key_type: &str) -> Self {
        Self {
            key_type: key_type.to_owned(),
            input_tokens: lines.iter().map(|line| line.input_tokens).sum(),
            output_tokens: lines.iter().map(|line| line.output_tokens).sum(),
            cached_input_tokens: lines.iter().map(|line| line.cached_input_tokens).sum(),
            usd_cost: total(lines),
        }
    }
}

/// What all lines cost together; `None` when nothing is known.
pub fn total(lines: &[CostLine]) -> Option<Usd> {
    lines.iter().map(|line| line.usd_cost).fold(None, add)
}

impl Schema for Usd {
    const SCHEMA: &'static NamedType = <f64 as Schema>::SCHEMA;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_amounts_stay_visible() {
        for (nanos, text) in
            [(0, "$0"), (150, "<$0.0001"), (200_000, "$0.0002"), (19_200_000, "$0.019"), (12_400_000_000, "$12.40")]
        {
            assert_eq!(Usd::from_nanos(nanos).label(), text);
        }
    }

    #[test]
    fn a_cost_is_a_plain_number_on_the_wire() {
        assert_eq!(serde_json::to_string(&Usd::from_nanos(19_200_000)).unwrap(), "0.0192");
        assert_eq!(serde_json::from_str::<Usd>("0.0192").unwrap(), Usd::from_nanos(19_200_000));
        assert!(serde_json::from_str::<Usd>("1e300").is_err());
        assert!(serde_json::from_str::<Usd>("-0.1").is_err());
        assert!(serde_json::from_str::<Usd>("\"0.1\"").is_err());
    }

    proptest! {
        #[test]
        fn the_wire_keeps_every_amount_up_to_a_million_dollars(nanos in 0..1_000_000_000_000_000_i64) {
            let amount = Usd::from_nanos(nanos);
            let wire = serde_json::to_string(&amount).unwrap();
            prop_assert_eq!(serde_json::from_str::<Usd>(&wire).unwrap(), amount);
        }
    }
}

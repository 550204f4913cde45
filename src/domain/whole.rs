//! Whole numbers as JSON may write them: `7`, and also `7.0`, which is the same number to many an engine.

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Number;

/// Reads a number that is there.
pub fn number<'de, D: Deserializer<'de>, T: TryFrom<i128>>(deserializer: D) -> Result<T, D::Error> {
    whole(&Number::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("must be a whole number"))
}

/// Reads a number that may be `null`.
pub fn optional<'de, D: Deserializer<'de>, T: TryFrom<i128>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let number = Option::<Number>::deserialize(deserializer)?;
    number.map(|number| whole(&number).ok_or_else(|| D::Error::custom("must be a whole number"))).transpose()
}

fn whole<T: TryFrom<i128>>(number: &Number) -> Option<T> {
    /// Up to here, doubles have every whole number.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole, and within what is exact")]
    let from_double = |double: f64| (double.fract() == 0.0 && double.abs() <= EXACT).then_some(double as i128);
    let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    whole.or_else(|| number.as_f64().and_then(from_double))?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Numbers {
        #[serde(deserialize_with = "number")]
        a: i64,
        #[serde(default, deserialize_with = "optional")]
        b: Option<u64>,
    }

    #[test]
    fn a_whole_number_is_read_however_it_is_written() {
        let read = |json: &str| serde_json::from_str::<Numbers>(json).map(|read| (read.a, read.b)).ok();
        for (json, numbers) in [
            (r#"{ "a": 7, "b": null }"#, (7, None)),
            (r#"{ "a": -7.0, "b": 18446744073709551615 }"#, (-7, Some(u64::MAX))),
            (r#"{ "a": 1e3 }"#, (1_000, None)),
        ] {
            assert_eq!(read(json), Some(numbers), "{json}");
        }
        for json in
            [r#"{ "a": 1.5 }"#, r#"{ "a": "7" }"#, r#"{ "a": null }"#, r#"{ "a": 7, "b": -1 }"#, r#"{ "a": 1e300 }"#]
        {
            assert_eq!(read(json), None, "{json}");
        }
    }
}

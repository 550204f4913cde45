//! Ids in texts. They are found by any four of their digits or more, so what is stored of one is each four digits in a
//! row: a fragment is then a phrase of them.

use std::ops::Range;
use uuid::Uuid;

/// Digits of one word of an id, and of the shortest fragment that is looked for.
const WINDOW: usize = 4;
/// Digits of an id.
const DIGITS: usize = 32;
/// … and its characters with dashes.
const WITH_DASHES: usize = 36;

/// An id in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundId {
    /// Where, in bytes.
    pub place: Range<usize>,
    /// Its digits, in lower case and without dashes.
    pub digits: String,
}

/// The ids of a text, with dashes or without, that are not part of something longer.
pub fn ids_in(text: &str) -> Vec<FoundId> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at + DIGITS <= bytes.len() {
        let is_begin = bytes[at].is_ascii_hexdigit() && (at == 0 || !is_part(bytes[at - 1]));
        let length =
            if is_begin { [WITH_DASHES, DIGITS].into_iter().find(|length| is_id(bytes, at, *length)) } else { None };
        if let Some(length) = length {
            let place = at..at + length;
            found.push(FoundId { digits: digits(&text[place.clone()]), place });
        }
        at += length.unwrap_or(1);
    }
    found
}

/// Bytes of other characters are taken for letters.
const fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

fn is_id(bytes: &[u8], at: usize, length: usize) -> bool {
    let Some(id) = bytes.get(at..at + length) else { return false };
    bytes.get(at + length).is_none_or(|next| !is_part(*next)) && Uuid::try_parse_ascii(id).is_ok()
}

fn digits(text: &str) -> String {
    text.bytes().filter(|byte| *byte != b'-').map(|byte| char::from(byte.to_ascii_lowercase())).collect()
}

/// What may be a part of an id: its digits, when there are enough of them and nothing else but dashes.
pub fn fragment(text: &str) -> Option<String> {
    let is_of_id = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    let digits = text.bytes().all(is_of_id).then(|| digits(text))?;
    (WINDOW..=DIGITS).contains(&digits.len()).then_some(digits)
}

/// The words of an id, or of a fragment of one. No text has a word that begins with the mark.
pub fn windows(digits: &str) -> impl Iterator<Item = String> {
    (WINDOW..=digits.len()).map(|end| format!("_{}", &digits[end - WINDOW..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d";
    const SHORT: &str = "7f1c9b1e52d04b8e9c3a0d4f5a6b7c8d";

    #[test]
    fn ids_are_found_in_texts() {
        for (text, expected) in [
            (ID.to_owned(), 1),
            (SHORT.to_uppercase(), 1),
            (format!("run-{ID}, then run_{SHORT}: ü"), 2),
            (format!("/runs/{ID}/steps"), 1),
            (format!("{ID}0"), 0),
            (format!("x{SHORT}"), 0),
            (format!("é{SHORT}"), 0),
            (format!("{SHORT}é"), 0),
            (format!("{SHORT}{SHORT}"), 0),
            ("7f1c9b1e-52d0".to_owned(), 0),
            ("z".repeat(40), 0),
        ] {
            let found = ids_in(&text);
            assert_eq!(found.len(), expected, "{text}");
            assert!(found.iter().all(|found| found.digits == SHORT && digits(&text[found.place.clone()]) == SHORT));
        }
    }

    #[test]
    fn a_fragment_is_some_digits_with_dashes_or_without() {
        for (text, expected) in [
            ("7f1c", Some("7f1c")),
            ("7F1C9B1E-52d0-", Some("7f1c9b1e52d0")),
            (ID, Some(SHORT)),
            ("7f1", None),
            ("7f1c x", None),
            ("order", None),
            ("----", None),
        ] {
            assert_eq!(fragment(text).as_deref(), expected, "{text}");
        }
        assert_eq!(windows("7f1c9b").collect::<Vec<_>>(), ["_7f1c", "_f1c9", "_1c9b"]);
    }
}

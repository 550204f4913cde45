//! Cutting and counting text by characters, never inside one.

/// What of a message stands in a list, in characters.
pub const PREVIEW_CHARS: usize = 500;

/// The first `chars` characters of `text`.
pub fn cut(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).map_or(text, |(end, _)| &text[..end])
}

/// A whole number with thousands separated: `12,481`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_characters() {
        assert_eq!(cut("árbol", 1), "á");
        assert_eq!(cut("日本語", 2), "日本");
        assert_eq!(cut("short", 500), "short");
        assert_eq!(cut("", 3), "");
    }

    #[test]
    fn groups_digits_in_threes() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_481, "12,481"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(number), text);
        }
    }
}

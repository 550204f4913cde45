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

/// About how many, in few characters: `640`, `12.4K`, `1.9M`, `12B`.
pub fn compact(number: u64) -> String {
    let (unit, letter) = match number {
        ..1_000 => return number.to_string(),
        1_000..999_950 => (1_000, "K"),
        999_950..999_950_000 => (1_000_000, "M"),
        _ => (1_000_000_000, "B"),
    };
    let tenths = (number / (unit / 20)).div_ceil(2);
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{}{letter}", thousands(whole)),
        (whole, tenth) => format!("{}.{tenth}{letter}", thousands(whole)),
    }
}

/// How much something is, in bytes, as people read it: `640 bytes`, `12 KB`, `1.5 MB`.
pub fn byte_size(bytes: u64) -> String {
    match bytes {
        ..1_000 => format!("{bytes} bytes"),
        1_000..999_500 => format!("{} KB", (bytes + 500) / 1_000),
        _ => {
            let tenths = (bytes + 50_000) / 100_000;
            format!("{}.{} MB", thousands(tenths / 10), tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_said_in_few_characters() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1K"),
            (12_449, "12.4K"),
            (12_450, "12.5K"),
            (999_949, "999.9K"),
            (999_950, "1M"),
            (1_904_233, "1.9M"),
            (999_949_999, "999.9M"),
            (12_000_000_000, "12B"),
            (1_234_567_890_123_456, "1,234,567.9B"),
        ] {
            assert_eq!(compact(number), text);
        }
    }

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

    #[test]
    fn sizes_read_well() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_000, "1 KB"),
            (48_213, "48 KB"),
            (999_499, "999 KB"),
            (999_500, "1.0 MB"),
            (26_214_400, "26.2 MB"),
        ] {
            assert_eq!(byte_size(bytes), text);
        }
    }
}

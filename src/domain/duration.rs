//! How long something took, in the words of a list.

/// A duration in milliseconds as people read it: `240 ms`, `6.8 s`, `2 m 05 s`, `1 h 04 m`.
pub fn label(millis: i64) -> String {
    let millis = millis.max(0);
    match millis {
        ..1_000 => format!("{millis} ms"),
        1_000..59_950 => {
            let tenths = (millis + 50) / 100;
            format!("{}.{} s", tenths / 10, tenths % 10)
        }
        59_950..3_599_500 => {
            let seconds = (millis + 500) / 1_000;
            format!("{} m {:02} s", seconds / 60, seconds % 60)
        }
        _ => {
            let minutes = (millis + 30_000) / 60_000;
            format!("{} h {:02} m", minutes / 60, minutes % 60)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_well_at_every_size() {
        for (millis, text) in [
            (-5, "0 ms"),
            (0, "0 ms"),
            (999, "999 ms"),
            (1_000, "1.0 s"),
            (6_812, "6.8 s"),
            (59_949, "59.9 s"),
            (59_950, "1 m 00 s"),
            (125_000, "2 m 05 s"),
            (3_599_499, "59 m 59 s"),
            (3_600_000, "1 h 00 m"),
            (90_000_000, "25 h 00 m"),
        ] {
            assert_eq!(label(millis), text, "{millis}");
        }
    }
}

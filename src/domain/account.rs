//! Which of two accounts of one thing stays, in whatever order they arrive.

use super::time::Timestamp;

/// What an account of a run, or of a part of one, says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// The engine's clock when it gave the account.
    pub updated_at: Option<Timestamp>,
    /// Whether it tells of an end, after which nothing is expected.
    pub is_final: bool,
}

impl Account {
    /// Whether this one replaces what is known: by the newer clock; where the clocks do not tell, an end is not undone by
    /// what was before it, and else the last one stays.
    pub fn replaces(self, known: Self) -> bool {
        match (self.updated_at, known.updated_at) {
            (Some(this), Some(known)) if this != known => this > known,
            _ => self.is_final || !known.is_final,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newer_clock_and_then_the_end_stays() {
        let account = |micros: Option<i64>, is_final| Account {
            updated_at: micros.map(|micros| Timestamp::from_micros(micros).unwrap()),
            is_final,
        };
        for (this, known, replaces) in [
            ((Some(2), false), (Some(1), true), true),
            ((Some(1), true), (Some(2), false), false),
            ((Some(1), false), (Some(1), false), true),
            ((Some(1), true), (Some(1), false), true),
            ((Some(1), false), (Some(1), true), false),
            ((None, false), (None, false), true),
            ((None, false), (None, true), false),
            ((None, true), (None, true), true),
            ((None, false), (Some(1), false), true),
            ((None, false), (Some(1), true), false),
            ((Some(1), false), (None, true), false),
            ((Some(1), true), (None, true), true),
        ] {
            let (of_this, of_known) = (account(this.0, this.1), account(known.0, known.1));
            assert_eq!(of_this.replaces(of_known), replaces, "{this:?} after {known:?}");
        }
    }
}

//! How long runs took, told apart in two looks: first about how long, then exactly, of those that took about as long as the one
//! in question.

use super::Entry;

/// The shares of a hundred that are asked for.
pub(super) const PERCENTS: [u64; 2] = [50, 95];

/// For each of these shares, about how long the runs took that it lies among.
pub(super) type InQuestion = [u16; PERCENTS.len()];

/// About how long: in whole milliseconds below 256; above, each doubling is cut into so many equal parts.
const PARTS: u32 = 128;
/// How many durations are told apart at a first look.
const COUNT: usize = 26 * PARTS as usize;

/// The number of a duration at a first look; a longer one has none that is less.
fn about(duration_ms: u32) -> u16 {
    let shift = 24 - duration_ms.leading_zeros().min(24);
    u16::try_from(shift * PARTS + (duration_ms >> shift)).unwrap_or(u16::MAX)
}

/// How many runs took about how long.
#[derive(Debug, Default)]
pub(super) struct Durations(Vec<u32>);

impl Durations {
    pub fn count_one(&mut self, duration_ms: u32) {
        if self.0.is_empty() {
            self.0.resize(COUNT, 0);
        }
        self.0[usize::from(about(duration_ms))] += 1;
    }

    pub fn add(&mut self, other: &Self) {
        self.0.resize(self.0.len().max(other.0.len()), 0);
        self.0.iter_mut().zip(&other.0).for_each(|(runs, more)| *runs += more);
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.iter().copied().map(u64::from).sum()
    }

    /// Each that some took, the shortest first, with how many did.
    pub fn about(&self) -> impl Iterator<Item = (u16, u32)> {
        (0..).zip(self.0.iter().copied()).filter(|(_, runs)| *runs > 0)
    }
}

/// Where the value of a rank lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<T> {
    pub value: T,
    /// Its rank among those that have this value.
    pub rank: u64,
}

impl<T> Place<T> {
    /// The value of a rank, which begins at one, among so many of each value; `None` when there are not so many.
    pub fn of(counts: impl Iterator<Item = (T, u32)>, rank: u64) -> Option<Self> {
        let mut before = 0;
        for (value, count) in counts {
            let count = u64::from(count);
            if before + count >= rank {
                return Some(Self { value, rank: rank - before });
            }
            before += count;
        }
        None
    }
}

/// Durations about as long as those in question, for each of these: exactly, with how many runs took that long.
#[derive(Debug, Default)]
pub(super) struct Near([Vec<(u32, u32)>; PERCENTS.len()]);

impl Near {
    /// Those of some runs.
    pub fn of<'a>(entries: impl Iterator<Item = &'a Entry>, in_question: InQuestion) -> Self {
        let mut near: [Vec<u32>; PERCENTS.len()] = Default::default();
        for duration in entries.filter_map(|entry| entry.duration_ms.get()) {
            let number = about(duration);
            for (near, of_question) in near.iter_mut().zip(in_question) {
                if number == of_question {
                    near.push(duration);
                }
            }
        }
        Self(near.map(|mut durations| {
            durations.sort_unstable();
            // Not more than there are runs.
            let count = |same: &[u32]| (same[0], u32::try_from(same.len()).unwrap_or(u32::MAX));
            durations.chunk_by(u32::eq).map(count).collect()
        }))
    }

    pub fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(near, more)| near.extend_from_slice(more));
    }

    /// The durations of these ranks.
    pub fn at(self, ranks: [u64; PERCENTS.len()]) -> [Option<u64>; PERCENTS.len()] {
        let Self(mut near) = self;
        std::array::from_fn(|n| {
            near[n].sort_by_key(|(duration, _)| *duration);
            Place::of(near[n].iter().copied(), ranks[n]).map(|place| u64::from(place.value))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_duration_has_a_number() {
        assert_eq!([0, 255, 256, 257, 258].map(about), [0, 255, 256, 256, 257]);
        assert_eq!(usize::from(about(u32::MAX)), COUNT - 1);
    }

    proptest! {
        #[test]
        fn a_longer_one_has_no_lesser_number(one in any::<u32>(), shift in 0..32_u32, more in 0..300_u32) {
            let one = one >> shift;
            prop_assert!(about(one) <= about(one.saturating_add(more)));
        }
    }
}

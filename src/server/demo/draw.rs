//! Chance that repeats itself: one stream of draws for each thing of the demo.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use uuid::{Builder, Uuid};

/// What draws are made for. Every thing has a stream of its own, so that none depends on the order of others.
#[derive(Debug, Clone, Copy)]
pub enum Stream {
    Run = 1,
    Conversation = 2,
    Teammate = 3,
    Workflow = 4,
    Colleague = 5,
    Organization = 6,
    Member = 7,
    Live = 8,
}

/// How much longer or shorter than usual something takes, in percent; two of them multiplied have a long tail.
const SKEW: [i64; 9] = [45, 60, 75, 90, 100, 115, 140, 190, 260];

/// The draws for one thing.
pub struct Draw(ChaCha8Rng);

impl Draw {
    /// The draws for thing `number` of its kind.
    pub fn new(seed: u64, stream: Stream, number: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(((stream as u64) << 56) | number);
        Self(rng)
    }

    /// A whole number, both ends included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        self.0.random_range(least..=most)
    }

    /// A share of one, drawn in hundredths.
    pub fn hundredths(&mut self, least: u8, most: u8) -> f64 {
        f64::from(self.0.random_range(least..=most)) / 100.0
    }

    /// Whether something of this many percent happens.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of a list that is not empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.index(items.len())]
    }

    /// One of a list of texts.
    pub fn word(&mut self, words: &[&'static str]) -> &'static str {
        words[self.index(words.len())]
    }

    /// A place in a list of `len` items, of which there is at least one.
    pub fn index(&mut self, len: usize) -> usize {
        self.0.random_range(0..len)
    }

    /// One of a list, each as likely as its weight says.
    pub fn weighted<T: Copy>(&mut self, items: &[(i64, T)]) -> T {
        let mut left = self.between(1, items.iter().map(|(weight, _)| weight).sum());
        let mut at = 0;
        while left > items[at].0 {
            left -= items[at].0;
            at += 1;
        }
        items[at].1
    }

    /// About `typical`, seldom much more: half to twice in most cases, seven times at most.
    pub fn skewed(&mut self, typical: i64) -> i64 {
        let (first, second) = (*self.pick(&SKEW), *self.pick(&SKEW));
        typical * first * second * self.between(90, 110) / 1_000_000
    }

    /// A random id.
    pub fn uuid(&mut self) -> Uuid {
        Builder::from_random_bytes(self.0.random()).into_uuid()
    }

    /// Lower-case hexadecimal digits, at most 16.
    pub fn hex(&mut self, digits: usize) -> String {
        let number: u64 = self.0.random();
        format!("{number:016x}")[..digits.min(16)].to_owned()
    }
}

//! The run index: what is known of every run of an organization, in order of time, so that whatever the menus can ask is
//! counted exactly, told apart by its options and found by its place in the list, without a look at the runs themselves.
//!
//! Runs are few bytes each here, and lie in blocks; every block, and every group of blocks that lie beside
//! each other, also says how many runs it has of each kind. An index does
//! not change: with every write there is another one, which shares with the last all blocks that the write did not touch.
//! All of it is pure; `store/run_index` keeps it in the database.

mod asked;
mod block;
mod blocks;
mod durations;
mod facets;
mod kinds;
pub mod packed;
mod part;
mod remembered;
mod summary;
mod sums;

#[cfg(test)]
mod tests;

pub use asked::{Asked, PagePlace, taken_apart};
pub use block::Block;
pub use blocks::Blocks;
pub(in crate::server) use part::Part;

use crate::domain::{
    cost::Usd,
    run_facts::{RunFacts, RunKind},
};
use kinds::{KindId, Kinds};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};

/// What is known of all runs of an organization at one moment.
#[derive(Debug, Clone, Default)]
pub struct RunIndex {
    kinds: Arc<Kinds>,
    blocks: Blocks,
}

/// A run in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    /// When it was created, in microseconds since 1970.
    at: i64,
    kind: KindId,
    duration_ms: Number,
    tokens: Number,
    cost: Cost,
}

/// A number of a run, in four bytes: nothing, or the number and one, up to [`Number::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Number(u32);

impl Number {
    /// The greatest that can be told from a greater one: 49 days, or four billion tokens.
    const MAX: u64 = u32::MAX as u64 - 2;

    fn new(number: Option<i64>) -> Self {
        let number = number.map(|number| u64::try_from(number).unwrap_or_default().min(Self::MAX + 1) + 1);
        Self(number.and_then(|number| number.try_into().ok()).unwrap_or_default())
    }

    fn get(self) -> Option<u32> {
        self.0.checked_sub(1)
    }

    /// Whether it stands for greater ones, too.
    fn is_beyond(self) -> bool {
        self.get().is_some_and(|number| u64::from(number) > Self::MAX)
    }
}

/// What a run cost in billionths of a dollar, which is never less than nothing; `-1` where nobody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Cost(i64);

impl Cost {
    fn new(cost: Option<Usd>) -> Self {
        Self(cost.map_or(-1, Usd::nanos))
    }

    fn get(self) -> Option<Usd> {
        (self.0 >= 0).then(|| Usd::from_nanos(self.0))
    }
}

/// A run that came, or is not any more as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexChange {
    is_added: bool,
    at: i64,
    kind: RunKind,
    duration_ms: Number,
    tokens: Number,
    cost: Cost,
}

impl IndexChange {
    /// A run that is there now.
    pub fn add(facts: &RunFacts) -> Self {
        Self::new(facts, true)
    }

    /// A run that is not there any more, or not as it was.
    pub fn take(facts: &RunFacts) -> Self {
        Self::new(facts, false)
    }

    fn new(facts: &RunFacts, is_added: bool) -> Self {
        Self {
            is_added,
            at: facts.created_at.micros(),
            kind: facts.kind(),
            duration_ms: Number::new(facts.duration_ms),
            tokens: Number::new(facts.total_tokens),
            cost: Cost::new(facts.cost),
        }
    }

    /// When the run was created, in microseconds since 1970.
    pub const fn at(&self) -> i64 {
        self.at
    }

    /// By how much there are more runs.
    pub const fn sign(&self) -> i64 {
        if self.is_added { 1 } else { -1 }
    }
}

impl RunIndex {
    /// How many runs there are.
    pub fn len(&self) -> u64 {
        self.blocks.kinds().iter().sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The kinds of which there are runs.
    pub fn kinds(&self) -> impl Iterator<Item = &RunKind> {
        self.kinds.iter().zip(self.blocks.kinds()).filter(|(_, runs)| **runs > 0).map(|(kind, _)| kind)
    }

    /// The blocks, each with the time at which it begins.
    pub const fn blocks(&self) -> &Blocks {
        &self.blocks
    }

    /// The same without the block that begins at a time.
    #[must_use]
    pub fn without_block(mut self, from: i64) -> Self {
        self.blocks.remove(from);
        self
    }

    /// The same with a block that was packed; `from` is the time at which it begins.
    #[must_use]
    pub fn with_block(mut self, from: i64, packed: packed::PackedBlock) -> Self {
        let block = packed.unpack(Arc::make_mut(&mut self.kinds));
        self.blocks.insert(from, block);
        self
    }

    /// The same after some changes; with it how many of them took away what was not there, which is none unless the index
    /// is broken.
    #[must_use]
    pub fn after(&self, changes: &[IndexChange]) -> (Self, usize) {
        self.part_after(changes, true)
    }

    /// The same of some blocks of an index; `is_end` says whether the last one is among them.
    #[must_use]
    pub fn part_after(&self, changes: &[IndexChange], is_end: bool) -> (Self, usize) {
        let mut next = self.clone();
        let entries: Vec<(Entry, i32)> = changes
            .iter()
            .map(|change| {
                // Kinds are shared until there is a new one, which is seldom.
                let known = next.kinds.find(&change.kind);
                let entry = Entry {
                    at: change.at,
                    kind: known.unwrap_or_else(|| Arc::make_mut(&mut next.kinds).id_of(&change.kind)),
                    duration_ms: change.duration_ms,
                    tokens: change.tokens,
                    cost: change.cost,
                };
                (entry, if change.is_added { 1 } else { -1 })
            })
            .collect();
        let missing = next.blocks.change(entries, is_end);
        (next, missing)
    }

    /// In how many runs this and another index differ: those that one knows and the other does not.
    pub fn differences(&self, other: &Self) -> u64 {
        let mut changes: HashMap<_, i64> = HashMap::new();
        let (mut ours, mut theirs) = (self.known().peekable(), other.known().peekable());
        let mut differences = 0;
        // Both are in order of time, so that no more than one moment is compared at once.
        while let Some(at) = [ours.peek(), theirs.peek()].into_iter().flatten().map(|(entry, _)| entry.at).min() {
            changes.clear();
            for (runs, sign) in [(&mut ours, 1_i64), (&mut theirs, -1)] {
                while let Some((entry, kind)) = runs.next_if(|(entry, _)| entry.at == at) {
                    *changes.entry((kind, entry.duration_ms, entry.tokens, entry.cost)).or_default() += sign;
                }
            }
            differences += changes.values().map(|change| change.unsigned_abs()).sum::<u64>();
        }
        differences
    }

    fn known(&self) -> impl Iterator<Item = (&Entry, &RunKind)> {
        let entries = self.blocks.in_order().flat_map(|(_, block)| block.entries());
        entries.map(|entry| (entry, self.kinds.get(entry.kind)))
    }
}

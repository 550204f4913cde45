//! Runs that were created one after the other, a bounded number in one block.

use super::{
    Entry, Number,
    durations::{InQuestion, Near},
    kinds::KindId,
    remembered::Remembered,
    sums::Sums,
};
use crate::domain::filter::RunFilter;
use std::{collections::HashMap, sync::Arc};

/// Runs of a block: enough that few blocks are many runs, few enough that one is made anew in no time.
/// Tests cut after a few.
pub(super) const MAX_RUNS: usize = if cfg!(test) { 16 } else { 32_768 };
/// With fewer, an answer is worked out sooner than it is worth its memory: of small organizations there may be many.
const WORTH_REMEMBERING: usize = MAX_RUNS / 4;

/// Some runs in order of time.
#[derive(Debug, Default)]
pub struct Block {
    entries: Vec<Entry>,
    /// How many there are of each kind that is there.
    kinds: Vec<(KindId, u32)>,
    /// The longest duration, and the most tokens.
    longest: Option<Number>,
    most_tokens: Option<Number>,
    sums: Remembered<(Arc<RunFilter>, i64), Sums>,
    near: Remembered<(Arc<RunFilter>, InQuestion), Near>,
}

impl Block {
    /// Of entries in order.
    pub(super) fn new(entries: Vec<Entry>) -> Self {
        let mut kinds: HashMap<KindId, u32> = HashMap::new();
        for entry in &entries {
            *kinds.entry(entry.kind).or_default() += 1;
        }
        let mut kinds: Vec<_> = kinds.into_iter().collect();
        kinds.sort_unstable();
        let longest = entries.iter().map(|entry| entry.duration_ms).max();
        let most_tokens = entries.iter().map(|entry| entry.tokens).max();
        Self { entries, kinds, longest, most_tokens, sums: Remembered::default(), near: Remembered::default() }
    }

    /// Whether it has a duration that cannot be told from a longer one.
    pub(super) fn has_long(&self) -> bool {
        self.longest.is_some_and(Number::is_beyond)
    }

    /// Whether it has a number of tokens that cannot be told from a greater one.
    pub(super) fn has_many_tokens(&self) -> bool {
        self.most_tokens.is_some_and(Number::is_beyond)
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn kinds(&self) -> impl Iterator<Item = (KindId, u32)> {
        self.kinds.iter().copied()
    }

    /// Whether what is worked out of it is worth being remembered.
    pub(super) const fn is_worth_remembering(&self) -> bool {
        self.len() >= WORTH_REMEMBERING
    }

    /// What those of its runs come to that a filter asks for, whose time is left open, in bars of so many microseconds.
    pub(super) const fn sums(&self) -> &Remembered<(Arc<RunFilter>, i64), Sums> {
        &self.sums
    }

    /// Which durations they have that are about as long as these.
    pub(super) const fn near(&self) -> &Remembered<(Arc<RunFilter>, InQuestion), Near> {
        &self.near
    }

    /// How many runs there are.
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// When the first was created, in microseconds since 1970.
    pub fn first_at(&self) -> Option<i64> {
        self.entries.first().map(|entry| entry.at)
    }

    /// When the first and the last were created.
    pub(super) fn span(&self) -> Option<(i64, i64)> {
        Some((self.first_at()?, self.entries.last()?.at))
    }

    /// The entries that were created from one time, included, up to another, excluded.
    pub(super) fn within(&self, from: i64, to: i64) -> &[Entry] {
        let start = self.entries.partition_point(|entry| entry.at < from);
        let end = self.entries.partition_point(|entry| entry.at < to);
        self.entries.get(start..end).unwrap_or_default()
    }
}

/// Both together in order, and how many were to be taken away that are not there.
pub(super) fn merged(entries: &[Entry], changes: &[(Entry, i32)]) -> (Vec<Entry>, usize) {
    let (mut merged, mut rest, mut missing) = (Vec::with_capacity(entries.len() + changes.len()), entries, 0);
    for (entry, change) in changes {
        let (before, from) = rest.split_at(rest.partition_point(|other| other < entry));
        let same = from.partition_point(|other| other == entry);
        merged.extend_from_slice(before);
        rest = &from[same..];
        let wanted = i64::try_from(same).unwrap_or(i64::MAX) + i64::from(*change);
        missing += usize::try_from(-wanted).unwrap_or_default();
        merged.extend(std::iter::repeat_n(*entry, usize::try_from(wanted).unwrap_or_default()));
    }
    merged.extend_from_slice(rest);
    (merged, missing)
}

/// Entries as blocks that are not too long. What was created at one time stays together. The last block of all is filled
/// up, as what comes next most likely is newer; others are cut into equal pieces.
pub(super) fn pieces(mut entries: Vec<Entry>, is_last: bool) -> Vec<Block> {
    let count = entries.len().div_ceil(MAX_RUNS);
    let length = if is_last { MAX_RUNS } else { entries.len().div_ceil(count.max(1)) };
    let mut pieces = Vec::new();
    while entries.len() > MAX_RUNS {
        let at = entries[length].at;
        let before = entries.partition_point(|entry| entry.at < at);
        let cut = if before > 0 { before } else { entries.partition_point(|entry| entry.at <= at) };
        let rest = entries.split_off(cut);
        pieces.push(Block::new(entries));
        entries = rest;
    }
    if !entries.is_empty() {
        pieces.push(Block::new(entries));
    }
    pieces
}

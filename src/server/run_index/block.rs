//! Runs that were created one after the other, a bounded number in one block.

use super::{Entry, kinds::KindId};
use std::{
    collections::{BTreeMap, HashMap, btree_map},
    sync::Arc,
};

/// Runs of a block: enough that few blocks are many runs, few enough that one is made anew in no time.
/// Tests cut after a few.
pub(super) const MAX_RUNS: usize = if cfg!(test) { 16 } else { 32_768 };

/// Some runs in order of time.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Block {
    entries: Vec<Entry>,
    /// How many there are of each kind that is there.
    kinds: Vec<(KindId, u32)>,
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
        Self { entries, kinds }
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn kinds(&self) -> impl Iterator<Item = (KindId, u32)> {
        self.kinds.iter().copied()
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

    pub(super) fn last_at(&self) -> Option<i64> {
        self.entries.last().map(|entry| entry.at)
    }

    /// The entries that were created from one time, included, up to another, excluded.
    pub(super) fn within(&self, from: i64, to: i64) -> &[Entry] {
        let start = self.entries.partition_point(|entry| entry.at < from);
        let end = self.entries.partition_point(|entry| entry.at < to);
        self.entries.get(start..end).unwrap_or_default()
    }
}

/// Blocks by the time at which each begins. It ends where the next one begins; the first has what is older, too.
#[derive(Debug, Clone, Default)]
pub struct Blocks(BTreeMap<i64, Arc<Block>>);

/// By how much there are more runs of some kinds.
pub(super) type KindChanges = Vec<(KindId, i64)>;

impl Blocks {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each with the time at which it begins, oldest first.
    pub fn in_order(&self) -> btree_map::Iter<'_, i64, Arc<Block>> {
        self.0.iter()
    }

    pub(super) fn remove(&mut self, from: i64) -> Option<Arc<Block>> {
        self.0.remove(&from)
    }

    pub(super) fn insert(&mut self, from: i64, block: Arc<Block>) {
        self.0.insert(from, block);
    }

    /// Where the block begins to which a time belongs, among blocks that begin at these times.
    pub fn home(starts: &BTreeMap<i64, impl Sized>, at: i64) -> Option<i64> {
        starts.range(..=at).next_back().or_else(|| starts.iter().next()).map(|(from, _)| *from)
    }

    /// Adds and takes away entries; what was done, and how many could not be taken because they were not there.
    pub(super) fn change(&mut self, mut entries: Vec<(Entry, i32)>) -> (KindChanges, usize) {
        entries.sort_unstable();
        let mut of_blocks: BTreeMap<i64, Vec<(Entry, i32)>> = BTreeMap::new();
        for same in entries.chunk_by(|(one, _), (other, _)| one == other) {
            let (entry, _) = same[0];
            let change = same.iter().map(|(_, change)| change).sum();
            if change != 0 {
                let home = Self::home(&self.0, entry.at).or_else(|| of_blocks.keys().next().copied());
                of_blocks.entry(home.unwrap_or(entry.at)).or_default().push((entry, change));
            }
        }
        let (mut done, mut missing) = (Vec::new(), 0);
        for (from, changes) in of_blocks {
            let block = self.0.remove(&from).unwrap_or_default();
            let is_last = self.0.range(from..).next().is_none();
            let (entries, lost) = merged(block.entries(), &changes);
            missing += lost;
            done.extend(block.kinds().map(|(kind, runs)| (kind, -i64::from(runs))));
            for (n, piece) in pieces(entries, is_last).into_iter().enumerate() {
                done.extend(piece.kinds().map(|(kind, runs)| (kind, i64::from(runs))));
                // The first block of all may begin earlier than it did.
                let begins = piece.first_at().map(|first| if n == 0 { first.min(from) } else { first });
                self.0.extend(begins.map(|begins| (begins, Arc::new(piece))));
            }
        }
        (done, missing)
    }
}

/// Both together in order, and how many were to be taken away that are not there.
fn merged(entries: &[Entry], changes: &[(Entry, i32)]) -> (Vec<Entry>, usize) {
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
fn pieces(mut entries: Vec<Entry>, is_last: bool) -> Vec<Block> {
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

//! All blocks, some that lie beside each other in one group, with how many runs of each kind all of them have: of many blocks
//! a few sums are read.

use super::{
    Entry,
    block::{Block, merged, pieces},
};
use std::{collections::BTreeMap, sync::Arc};

/// Blocks of a group. Tests cut after a few.
const MAX_BLOCKS: usize = if cfg!(test) { 3 } else { 16 };

/// Runs by the number of their kind; of kinds after the last there are none.
#[derive(Debug, Clone, Default)]
struct ByKind(Vec<u64>);

impl ByKind {
    fn add(&mut self, block: &Block) {
        for (kind, runs) in block.kinds() {
            if self.0.len() <= kind.index() {
                self.0.resize(kind.index() + 1, 0);
            }
            self.0[kind.index()] += u64::from(runs);
        }
    }

    fn take(&mut self, block: &Block) {
        for (kind, runs) in block.kinds() {
            self.0[kind.index()] -= u64::from(runs);
        }
    }
}

/// Blocks that lie beside each other, by the time at which each begins.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    blocks: BTreeMap<i64, Arc<Block>>,
    sums: ByKind,
}

impl Group {
    /// The blocks, oldest first.
    pub fn blocks(&self) -> impl DoubleEndedIterator<Item = &Block> {
        self.blocks.values().map(AsRef::as_ref)
    }

    /// Runs by the number of their kind; of kinds after the last there are none.
    pub fn kinds(&self) -> &[u64] {
        &self.sums.0
    }

    /// When the first and the last of its runs were created.
    pub fn span(&self) -> Option<(i64, i64)> {
        let (first, _) = self.blocks.values().next()?.span()?;
        let (_, last) = self.blocks.values().next_back()?.span()?;
        Some((first, last))
    }

    fn put(&mut self, from: i64, block: Arc<Block>) {
        self.sums.add(&block);
        self.blocks.insert(from, block);
    }

    fn take(&mut self, from: i64) -> Option<Arc<Block>> {
        let block = self.blocks.remove(&from)?;
        self.sums.take(&block);
        Some(block)
    }

    /// Those after the first so many.
    fn split_off(&mut self, length: usize) -> Self {
        let froms: Vec<_> = self.blocks.keys().skip(length).copied().collect();
        let mut rest = Self::default();
        for from in froms {
            if let Some(block) = self.take(from) {
                rest.put(from, block);
            }
        }
        rest
    }
}

/// Blocks by the time at which each begins. It ends where the next one begins; the first has what is older, too.
#[derive(Debug, Clone, Default)]
pub struct Blocks {
    /// Each by the time at which its first block begins.
    groups: BTreeMap<i64, Arc<Group>>,
    sums: ByKind,
}

impl Blocks {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Each with the time at which it begins, oldest first.
    pub fn in_order(&self) -> impl DoubleEndedIterator<Item = (&i64, &Arc<Block>)> {
        self.groups.values().flat_map(|group| &group.blocks)
    }

    /// The groups, oldest first.
    pub(super) fn groups(&self) -> impl DoubleEndedIterator<Item = &Group> {
        self.groups.values().map(AsRef::as_ref)
    }

    /// All runs by the number of their kind; of kinds after the last there are none.
    pub(super) fn kinds(&self) -> &[u64] {
        &self.sums.0
    }

    pub(super) fn remove(&mut self, from: i64) {
        let mut group = self.take_group(from);
        if let Some(block) = group.take(from) {
            self.sums.take(&block);
        }
        self.put_group(group);
    }

    pub(super) fn insert(&mut self, from: i64, block: Block) {
        let mut group = self.take_group(from);
        self.sums.add(&block);
        group.put(from, Arc::new(block));
        self.put_group(group);
    }

    /// The group to which a time belongs, taken out.
    fn take_group(&mut self, at: i64) -> Group {
        let group = Self::home(&self.groups, at).and_then(|from| self.groups.remove(&from));
        group.map(Arc::unwrap_or_clone).unwrap_or_default()
    }

    /// Puts a group where it belongs. One that is too long is cut: the last of all is left full, as what comes next most
    /// likely is newer.
    fn put_group(&mut self, mut group: Group) {
        while let Some(first) = group.blocks.keys().next().copied() {
            let length = group.blocks.len();
            let is_last = self.groups.range(first..).next().is_none();
            let kept = if is_last { MAX_BLOCKS } else { length.div_ceil(length.div_ceil(MAX_BLOCKS)) };
            let rest = group.split_off(kept);
            self.groups.insert(first, Arc::new(group));
            group = rest;
        }
    }

    /// Where the block begins to which a time belongs, among blocks that begin at these times.
    pub fn home(starts: &BTreeMap<i64, impl Sized>, at: i64) -> Option<i64> {
        starts.range(..=at).next_back().or_else(|| starts.iter().next()).map(|(from, _)| *from)
    }

    /// The same, of all.
    fn home_of(&self, at: i64) -> Option<i64> {
        Self::home(&self.groups[&Self::home(&self.groups, at)?].blocks, at)
    }

    /// Adds and takes away entries; how many could not be taken because they were not there. `is_end` says that no block
    /// follows, not even one that is not here.
    pub(super) fn change(&mut self, mut entries: Vec<(Entry, i32)>, is_end: bool) -> usize {
        entries.sort_unstable();
        let mut of_blocks: BTreeMap<i64, Vec<(Entry, i32)>> = BTreeMap::new();
        for same in entries.chunk_by(|(one, _), (other, _)| one == other) {
            let (entry, _) = same[0];
            let change = same.iter().map(|(_, change)| change).sum();
            if change != 0 {
                let home = self.home_of(entry.at).or_else(|| of_blocks.keys().next().copied());
                of_blocks.entry(home.unwrap_or(entry.at)).or_default().push((entry, change));
            }
        }
        let mut missing = 0;
        for (from, changes) in of_blocks {
            let is_last = is_end && self.in_order().next_back().is_none_or(|(last, _)| *last <= from);
            let mut group = self.take_group(from);
            let block = group.take(from).unwrap_or_default();
            self.sums.take(&block);
            let (entries, lost) = merged(block.entries(), &changes);
            missing += lost;
            for (n, piece) in pieces(entries, is_last).into_iter().enumerate() {
                // The first block of all may begin earlier than it did.
                let begins = piece.first_at().map(|first| if n == 0 { first.min(from) } else { first });
                self.sums.add(&piece);
                if let Some(begins) = begins {
                    group.put(begins, Arc::new(piece));
                }
            }
            self.put_group(group);
        }
        missing
    }
}

//! The kinds of an organization's runs, numbered as they are met.

use crate::domain::run_facts::RunKind;
use std::collections::HashMap;

/// The number of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct KindId(u32);

impl KindId {
    /// Its place among all.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Every kind that there is or was since the index was read.
#[derive(Debug, Clone, Default)]
pub(super) struct Kinds {
    kinds: Vec<RunKind>,
    ids: HashMap<RunKind, KindId>,
}

impl Kinds {
    /// The number of a kind, if it was met before.
    pub fn find(&self, kind: &RunKind) -> Option<KindId> {
        self.ids.get(kind).copied()
    }

    /// The number of a kind, a new one if need be.
    pub fn id_of(&mut self, kind: &RunKind) -> KindId {
        if let Some(id) = self.find(kind) {
            return id;
        }
        // Not more than there are runs, which are counted in as many bits.
        let id = KindId(u32::try_from(self.kinds.len()).unwrap_or(u32::MAX));
        self.kinds.push(kind.clone());
        self.ids.insert(kind.clone(), id);
        id
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// All of them by their numbers.
    pub fn iter(&self) -> std::slice::Iter<'_, RunKind> {
        self.kinds.iter()
    }

    /// The kind of a number.
    pub fn get(&self, id: KindId) -> &RunKind {
        &self.kinds[id.index()]
    }
}

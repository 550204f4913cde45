//! The kinds of an organization's runs, numbered as they are met.

use super::part::Part;
use crate::domain::{filter::RunFilter, run_facts::RunKind};
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

/// Every kind that there is or was since the index was read. There may be thousands, of a few options of each part: so these
/// are numbered, too, and what is asked of all kinds is asked of each option once.
#[derive(Debug, Clone, Default)]
pub(super) struct Kinds {
    known: Vec<RunKind>,
    ids: HashMap<RunKind, KindId>,
    options: [Options; Part::ALL.len()],
}

/// The options that kinds have of one part.
#[derive(Debug, Clone, Default)]
struct Options {
    /// As the URL writes them, or `None` where a kind has none; each with the first kind that has it.
    named: Vec<(Option<String>, KindId)>,
    numbers: HashMap<Option<String>, u32>,
    /// The number of its option, by the number of the kind.
    of_kinds: Vec<u32>,
}

impl Options {
    fn meet(&mut self, option: Option<String>, kind: KindId) {
        let next = number(self.named.len());
        let number = *self.numbers.entry(option).or_insert_with_key(|option| {
            self.named.push((option.clone(), kind));
            next
        });
        self.of_kinds.push(number);
    }
}

/// Not more than there are runs, which are counted in as many bits.
fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
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
        let id = KindId(number(self.known.len()));
        self.known.push(kind.clone());
        self.ids.insert(kind.clone(), id);
        for (part, options) in Part::ALL.into_iter().zip(&mut self.options) {
            options.meet(part.option(kind), id);
        }
        id
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// All of them by their numbers.
    pub fn iter(&self) -> std::slice::Iter<'_, RunKind> {
        self.known.iter()
    }

    /// The kind of a number.
    pub fn get(&self, id: KindId) -> &RunKind {
        &self.known[id.index()]
    }

    /// Which parts of a filter each kind does not fit, by their bits; by the number of the kind.
    pub fn misfits(&self, filter: &RunFilter) -> Vec<u8> {
        let mut misfits = vec![0; self.len()];
        for (part, options) in Part::ALL.into_iter().zip(&self.options) {
            let is_misfit = |kind: KindId| !part.allows(filter, self.get(kind));
            let of_options: Vec<_> =
                options.named.iter().map(|(_, first)| if is_misfit(*first) { part.bit() } else { 0 }).collect();
            if of_options.iter().any(|misfit| *misfit != 0) {
                for (misfits, option) in misfits.iter_mut().zip(&options.of_kinds) {
                    *misfits |= of_options[*option as usize];
                }
            }
        }
        misfits
    }

    /// Runs by the options of a part, each of which there are some of; `runs` are by the number of their kind.
    pub fn by_option(&self, part: Part, runs: impl Iterator<Item = u64>) -> impl Iterator<Item = (&str, u64)> {
        let options = &self.options[part as usize];
        let mut counts = vec![0; options.named.len()];
        for (runs, option) in runs.zip(&options.of_kinds) {
            counts[*option as usize] += runs;
        }
        let counted = options.named.iter().zip(counts).filter(|(_, runs)| *runs > 0);
        counted.filter_map(|((name, _), runs)| Some((name.as_deref()?, runs)))
    }
}

//! A filter as a question to the index, where it asks nothing that the index does not know.

use super::{Entry, Number, RunIndex, block::Block, blocks::Group, kinds::KindId};
use crate::domain::{
    filter::RunFilter,
    preset::{DurationPreset, NumberPreset, TokenPreset},
    range::Range,
    time::Timestamp,
};

/// Which runs are asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whether runs of each kind are, by its number.
    kinds: Vec<bool>,
    /// From, included, up to, excluded.
    created: (i64, i64),
    durations: Option<(u32, u32)>,
    tokens: Option<(u32, u32)>,
}

/// Where a page of a list lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagePlace {
    /// When its runs were created, each time once, newest first, in microseconds since 1970.
    pub times: Vec<i64>,
    /// How many runs of the first of these times are on the page before.
    pub skip: u64,
}

/// Whether a range can be told from a greater one by what is kept of numbers.
fn is_known(range: Range<u64>) -> bool {
    [range.from, range.to].into_iter().flatten().all(|bound| bound <= Number::MAX)
}

/// A range as far as it can be told: with all that is longer than can be told, if it has any of it.
fn what_is_known(range: Range<u64>) -> Range<u64> {
    Range { from: range.from.map(|from| from.min(Number::MAX + 1)), to: range.to.filter(|to| *to <= Number::MAX) }
}

/// A filter taken apart: what the index does not know of runs, and what it does. All runs of the filter fit both.
pub fn taken_apart(filter: &RunFilter) -> (RunFilter, RunFilter) {
    // Named one by one, so that a new part of a filter cannot be forgotten here.
    let RunFilter {
        run_id,
        conversation_id,
        workflow_id,
        ai_employee_id,
        trigger_id,
        status,
        source,
        model,
        state,
        started,
        ended,
        finished,
        duration,
        tokens,
    } = filter.clone();
    let apart = |range: Option<Range<u64>>| match range {
        Some(range) if !is_known(range) => (Some(range), Some(what_is_known(range))),
        range => (None, range),
    };
    let ((long, duration), (many, tokens)) = (apart(duration), apart(tokens));
    let nothing = RunFilter::default();
    let unknown = RunFilter {
        run_id,
        conversation_id,
        trigger_id,
        state,
        ended,
        finished,
        duration: long,
        tokens: many,
        ..nothing.clone()
    };
    let known = RunFilter { workflow_id, ai_employee_id, status, source, model, started, duration, tokens, ..nothing };
    (unknown, known)
}

/// A range in which numbers are compared one by one; `None` where their class is enough.
fn free<P: NumberPreset>(range: Option<Range<u64>>) -> Option<(u32, u32)> {
    let range = range.filter(|range| P::whole_class(*range).is_none())?;
    let bound = |bound: u64| u32::try_from(bound).unwrap_or(u32::MAX);
    Some((range.from.map_or(0, bound), range.to.map_or(u32::MAX, bound)))
}

impl RunIndex {
    /// A filter as a question; `None` when it asks for more than is known here.
    pub fn ask(&self, filter: &RunFilter) -> Option<Asked> {
        let (unknown, known) = taken_apart(filter);
        let (duration, tokens) = (unknown.duration, unknown.tokens);
        if unknown != (RunFilter { duration, tokens, ..RunFilter::default() }) {
            return None;
        }
        // A range beyond what can be told is known as long as no run is there.
        let has = |is_beyond: fn(&Block) -> bool| self.blocks.groups().flat_map(Group::blocks).any(is_beyond);
        let is_known =
            (duration.is_none() || !has(Block::has_long)) && (tokens.is_none() || !has(Block::has_many_tokens));
        is_known.then(|| self.ask_known(&known))
    }

    /// What is known of a filter, [taken apart](taken_apart), as a question.
    pub fn ask_known(&self, known: &RunFilter) -> Asked {
        Asked {
            kinds: self.kinds.misfits(known).into_iter().map(|misfits| misfits == 0).collect(),
            created: micros(known.started),
            durations: free::<DurationPreset>(known.duration),
            tokens: free::<TokenPreset>(known.tokens),
        }
    }

    /// How many runs are asked for.
    pub fn count(&self, asked: &Asked) -> u64 {
        if asked.created == micros(None) && asked.is_by_kind() {
            return asked.sum(self.blocks.kinds());
        }
        self.blocks.groups().map(|group| asked.count_in_group(group)).sum()
    }

    /// Where the page lies that begins after so many of the runs asked for; `None` when it is empty.
    pub fn page(&self, asked: &Asked, offset: u64, limit: u64) -> Option<PagePlace> {
        let mut page = Page { before: offset, missing: limit, place: None };
        // What has none of it is passed by its kinds, a group or a block at once.
        for group in self.blocks.groups().rev() {
            if page.counts(asked) && page.passes(asked.count_in_group(group)) {
                continue;
            }
            for block in group.blocks().rev() {
                if !page.counts(asked) || !page.passes(asked.count_in(block)) {
                    page.take(asked.entries_in(block).rev());
                }
                if page.missing == 0 {
                    return page.place;
                }
            }
        }
        page.place
    }
}

/// A page that is looked for, from the newest run to the oldest.
struct Page {
    /// How many runs come before it still.
    before: u64,
    /// How many are missing still.
    missing: u64,
    place: Option<PagePlace>,
}

impl Page {
    /// Whether what comes next is worth counting: not where that is to look at each, and all of it belongs to the page.
    const fn counts(&self, asked: &Asked) -> bool {
        self.before > 0 || asked.is_by_kind()
    }

    /// Whether the next so many runs all come before it.
    fn passes(&mut self, runs: u64) -> bool {
        let passes = runs <= self.before;
        if passes {
            self.before -= runs;
        }
        passes
    }

    /// Takes what belongs to it of the runs of a block.
    fn take<'a>(&mut self, entries: impl Iterator<Item = &'a Entry>) {
        // How many of one time there are before the page.
        let (mut at_once, mut time) = (0, None);
        for entry in entries {
            if self.missing == 0 {
                return;
            }
            if time != Some(entry.at) {
                (time, at_once) = (Some(entry.at), 0);
            }
            if self.passes(1) {
                at_once += 1;
                continue;
            }
            let place = self.place.get_or_insert_with(|| PagePlace { times: Vec::new(), skip: at_once });
            if place.times.last() != Some(&entry.at) {
                place.times.push(entry.at);
            }
            self.missing -= 1;
        }
    }
}

/// A range of time in microseconds since 1970.
fn micros(range: Option<Range<Timestamp>>) -> (i64, i64) {
    let range = range.unwrap_or_default();
    (range.from.map_or(i64::MIN, Timestamp::micros), range.to.map_or(i64::MAX, Timestamp::micros))
}

impl Asked {
    /// The same of another time.
    pub(super) fn created_in(&self, range: Range<Timestamp>) -> Self {
        Self { created: micros(Some(range)), ..self.clone() }
    }

    /// The same of runs of any kind.
    pub(super) fn of_all_kinds(mut self) -> Self {
        self.kinds.fill(true);
        self
    }

    /// Whether a range of durations is asked for that is no option of a menu.
    pub(super) const fn has_free_duration(&self) -> bool {
        self.durations.is_some()
    }

    /// … or of tokens.
    pub(super) const fn has_free_tokens(&self) -> bool {
        self.tokens.is_some()
    }

    /// Whether the kind of a run decides, its date aside.
    pub(super) const fn is_by_kind(&self) -> bool {
        self.durations.is_none() && self.tokens.is_none()
    }

    pub(super) fn has_kind(&self, kind: KindId) -> bool {
        self.kinds[kind.index()]
    }

    /// The entries of a block that are asked for, oldest first.
    pub(super) fn entries_in<'a>(&'a self, block: &'a Block) -> impl DoubleEndedIterator<Item = &'a Entry> {
        let (from, to) = self.created;
        block.within(from, to).iter().filter(|entry| {
            let fits = |range: Option<(u32, u32)>, number: Number| {
                range.is_none_or(|(from, to)| number.get().is_some_and(|number| from <= number && number < to))
            };
            self.has_kind(entry.kind) && fits(self.durations, entry.duration_ms) && fits(self.tokens, entry.tokens)
        })
    }

    /// Whether all of what was created from one time to another is asked for, as far as time and free ranges go.
    pub(super) fn is_all_of(&self, span: Option<(i64, i64)>) -> bool {
        self.is_by_kind() && self.covers(span) == Some(true)
    }

    /// Whether all of what was created from one time to another was created within the time asked for; `None` when nothing
    /// was.
    pub(super) fn covers(&self, span: Option<(i64, i64)>) -> Option<bool> {
        let ((from, to), (first, last)) = (self.created, span?);
        (last >= from && first < to).then_some(first >= from && last < to)
    }

    /// Whether some of a group may be asked for, as far as kinds and time go.
    pub(super) fn may_be_in_group(&self, group: &Group) -> bool {
        let mut kinds = self.kinds.iter().zip(group.kinds());
        self.covers(group.span()).is_some() && kinds.any(|(is_asked, runs)| *is_asked && *runs > 0)
    }

    /// … of a block.
    pub(super) fn may_be_in(&self, block: &Block) -> bool {
        self.covers(block.span()).is_some() && block.kinds().any(|(kind, _)| self.has_kind(kind))
    }

    /// How many of these runs, by the number of their kind, are of a kind that is asked for.
    fn sum(&self, runs: &[u64]) -> u64 {
        self.kinds.iter().zip(runs).map(|(is_asked, runs)| if *is_asked { *runs } else { 0 }).sum()
    }

    fn count_in_group(&self, group: &Group) -> u64 {
        match self.covers(group.span()) {
            None => 0,
            Some(true) if self.is_by_kind() => self.sum(group.kinds()),
            Some(_) => group.blocks().map(|block| self.count_in(block)).sum(),
        }
    }

    fn count_in(&self, block: &Block) -> u64 {
        match self.covers(block.span()) {
            None => 0,
            Some(true) if self.is_by_kind() => {
                block.kinds().filter(|(kind, _)| self.has_kind(*kind)).map(|(_, runs)| u64::from(runs)).sum()
            }
            Some(_) => self.entries_in(block).count() as u64,
        }
    }
}
